// Proof 2: a node that takes a known time is measured as taking it, whatever the shape of that time, at 10, 50 and 80 % of what the load generator
// bears by its own judge's word.

import type { HttpEngine } from '../../src/target/target-options.ts'
import { bareLoad, warmUp, type SteadyLoad } from './bare-load.ts'
import { lastTimes, truthTimes, withNode, type CalibratedNode } from './calibrated-node.ts'
import { driverCapacity } from './driver-capacity.ts'
import { measure } from './load.ts'
import { openCapacity } from './open-capacity.ts'
import { atMost, between, timeSlack, type Proven } from './proven.ts'
import { distanceBeyond } from './statistics/kolmogorov-smirnov.ts'
import { ascending, asSamples, quantileOf } from './statistics/quantile.ts'

const FIXED_MS = 40
const DELAYS = [`fixed:${FIXED_MS}`, 'exponential:40', 'bimodal:20,120,0.2', 'lognormal:36,0.5']
/** Of the open load that the driver bears. */
const LOADS = [0.1, 0.5, 0.8]
const SECONDS = 3
const WARM_UP_SECONDS = 1
/** What a machine that others leave alone bears many times over: on one that does not, what follows would be others' figures. */
const LEAST_PER_SECOND = 1001
/** By percentile: how much later than its node even the barest client may see it before the machine is no place for a proof, and how much later than that ours may be. */
const LATE_MS: Readonly<Record<number, { readonly bare: number; readonly ours: number }>> = {
  50: { bare: 1, ours: 0 },
  99: { bare: 5, ours: 1 }
}
/** Nearly four times the mean: later requests of a client are late, which service time does not mind. */
const CLIENT_INTERVAL_SECONDS = 0.15
/** Points at which the distributions are compared: a share of 0.05 % each. */
const POINTS = 2000
const ALLOWED_PERCENT = 1
/** Where even the barest client sees more than that, the machine is no place for a proof. */
const MOST_PERCENT = 10

interface Seen {
  /** What was measured, ascending; of a distribution, points of it. */
  readonly times: Float64Array
  /** What was measured, exactly. */
  readonly percentile: (percentile: number) => number
  /** The same by the node's own clock, ascending. */
  readonly truth: Float64Array
}

interface Both {
  readonly ours: Seen
  /** Before and after ours. */
  readonly bare: readonly Seen[]
  /** What loopback, sockets and a busy node add, as the bare client sees it. */
  readonly floorMs: number
}

export async function knownDelays(engine: HttpEngine): Promise<Proven[]> {
  const nodeCapacity = await openCapacity({ delay: DELAYS[0]! }, CLIENT_INTERVAL_SECONDS, timeSlack(FIXED_MS))
  const bounds = { fromPerSecond: nodeCapacity, leastPerSecond: LEAST_PER_SECOND, intervalSeconds: CLIENT_INTERVAL_SECONDS }
  const capacity = await driverCapacity({ delay: DELAYS[0]! }, engine, bounds)
  const proven = [
    atLeast('known delays: open load that node and machine bear', nodeCapacity),
    atLeast('known delays: open load that the driver sends on time', capacity)
  ]
  if (capacity === 0) return proven
  for (const delay of DELAYS) proven.push(...(await withNode({ delay }, (node) => provenOf(node, delay, { engine, capacity }))))
  return proven
}

async function provenOf(
  node: CalibratedNode,
  delay: string,
  { engine, capacity }: { engine: HttpEngine; capacity: number }
): Promise<Proven[]> {
  await warmUp(node)
  const proven: Proven[] = []
  for (const share of LOADS) {
    const perSecond = Math.round(capacity * share)
    const load = { clients: Math.max(8, Math.round(perSecond * CLIENT_INTERVAL_SECONDS)), perSecond, seconds: SECONDS }
    const both = await seeBoth(node, load, engine)
    const name = `${delay} at ${perSecond}/s (${share * 100} %)`
    proven.push(distance(name, both), quantile(name, 50, both), quantile(name, 99, both))
  }
  return proven
}

function atLeast(name: string, perSecond: number): Proven {
  return between(name, '/s', { expected: 4 * LEAST_PER_SECOND, measured: perSecond }, [LEAST_PER_SECOND, Number.POSITIVE_INFINITY])
}

/** Ours between two halves of the bare client's, so that what comes and goes on the machine befalls both. */
async function seeBoth(node: CalibratedNode, load: SteadyLoad, engine: HttpEngine): Promise<Both> {
  const half = { ...load, seconds: load.seconds / 2 }
  const before = await seeBare(node, half)
  const ours = await seeOurs(node, { ...load, engine })
  const after = await seeBare(node, half)
  const floorMs = overMs(seen(merged(before.times, after.times), merged(before.truth, after.truth)))
  return { ours, bare: [before, after], floorMs }
}

async function seeBare(node: CalibratedNode, load: SteadyLoad): Promise<Seen> {
  await node.clearTruth()
  const times = await bareLoad(node, load)
  return seen(times, truthTimes(await node.truth()))
}

/** All times, one by one. */
function seen(times: Float64Array, truth: Float64Array): Seen {
  return { times, percentile: (percentile) => quantileOf(times, percentile), truth }
}

async function seeOurs(node: CalibratedNode, load: SteadyLoad): Promise<Seen> {
  await node.clearTruth()
  const { serviceTime } = (await measure(node, { ...load, warmupSeconds: WARM_UP_SECONDS })).normal
  const truth = lastTimes(await node.truth(), serviceTime.count)
  return { times: asSamples(serviceTime, POINTS), percentile: (percentile) => serviceTime.percentile(percentile), truth }
}

function merged(one: Float64Array, other: Float64Array): Float64Array {
  return ascending([...one, ...other])
}

/** Where few values come often, a shift of a microsecond moves half of all samples past a step: there, what lies beyond the slack counts. */
function distance(name: string, { ours, bare, floorMs }: Both): Proven {
  const isSmooth = /^(exponential|lognormal)/.test(name)
  // Whoever is nearer to the node than the bare client has less to take off.
  const share = (one: Seen): number => {
    const addedMs = Math.min(floorMs, overMs(one))
    return (
      100 *
      distanceBeyond(
        one.times.map((ms) => ms - addedMs),
        one.truth,
        isSmooth ? () => 0 : timeSlack
      )
    )
  }
  const how = isSmooth ? 'distribution distance' : 'share beyond 1 % or 0.3 ms'
  const barest = Math.max(...bare.map(share))
  return atMost(
    `known delay ${name}: ${how}${placeOf(barest, MOST_PERCENT)}`,
    '%',
    share(ours),
    Math.min(MOST_PERCENT, barest + ALLOWED_PERCENT)
  )
}

/** Later than a bare client by no more than the clocks can tell (and what ours may be late besides); earlier than the node itself took is a mistake (the histogram's resolution apart). */
function quantile(name: string, percentile: number, { ours, bare }: Both): Proven {
  const expected = quantileOf(ours.truth, percentile)
  const pair = { expected, measured: ours.percentile(percentile) }
  const late = LATE_MS[percentile]!
  const barest = Math.max(0, ...bare.map((one) => overMs(one, percentile)))
  const mostMs = expected + Math.min(barest, late.bare) + timeSlack(expected) + late.ours
  return between(`known delay ${name}: service time p${percentile}${placeOf(barest, late.bare)}`, 'ms', pair, [expected * 0.999, mostMs])
}

/** What a request took beyond the node's own time, by a quantile of all. */
function overMs(one: Seen, percentile = 50): number {
  return one.percentile(percentile) - quantileOf(one.truth, percentile)
}

/** A row that fails on such a machine tells nothing of the load generator. */
function placeOf(barest: number, most: number): string {
  return barest > most ? ' (too noisy here for a bare client)' : ''
}
