// Proof 2: a node that takes a known time is measured as taking it, whatever the shape of that time and however busy the driver is.

import type { TaskMeasurement } from '../../src/metrics/measurement.ts'
import { startCalibrated, truthTimes, withNode } from './calibrated-node.ts'
import { capacityOf, measure, type Load } from './load.ts'
import { atMost, near, timeSlack, type Proven } from './proven.ts'
import { distanceBeyond } from './statistics/kolmogorov-smirnov.ts'
import { asSamples, quantileOf } from './statistics/quantile.ts'

const DELAYS = ['fixed:40', 'exponential:40', 'bimodal:20,120,0.2', 'lognormal:36,0.5']
const LOADS = [0.1, 0.5, 0.8]
const SECONDS = 5
/** Long enough for 99.8 % of the longest delays: later requests of a client are late, which service time does not mind. */
const CLIENT_INTERVAL_SECONDS = 0.15
/** Points at which the distributions are compared: a share of 0.05 % each. */
const POINTS = 2000
const ALLOWED_PERCENT = 1

export async function knownDelays(): Promise<Proven[]> {
  const capacity = await withNode({ delay: 'fixed:0' }, (node) => capacityOf(node))
  const proven: Proven[] = []
  for (const share of LOADS) {
    const perSecond = Math.round(capacity * share)
    const load = { clients: Math.max(8, Math.round(perSecond * CLIENT_INTERVAL_SECONDS)), perSecond, seconds: SECONDS }
    const floorMs = await floorAt(load)
    for (const delay of DELAYS) proven.push(...(await distances(delay, load, floorMs)))
  }
  return proven
}

/** What loopback, sockets and both HTTP sides add at this load: the median of what we see beyond the node's own time. */
export async function floorAt(load: Load): Promise<number> {
  return withNode({ delay: 'fixed:0' }, async (node) => {
    const { normal } = await measure(node, load)
    return normal.serviceTime.percentile(50) - quantileOf(truthTimes(await node.truth()), 50)
  })
}

async function distances(delay: string, load: Load & { readonly perSecond: number }, floorMs: number): Promise<Proven[]> {
  const node = await startCalibrated({ delay })
  try {
    const { normal } = await measure(node, load)
    const truth = truthTimes(await node.truth())
    const name = `${delay} at ${load.perSecond}/s`
    return [distance(name, { normal, truth, floorMs, isSmooth: /^(exponential|lognormal)/.test(delay) }), median(name, normal, truth, floorMs)]
  } finally {
    await node.stop()
  }
}

interface Seen {
  readonly normal: TaskMeasurement['normal']
  readonly truth: Float64Array
  readonly floorMs: number
  /** No value comes often: then the distance needs no slack. */
  readonly isSmooth: boolean
}

function distance(name: string, { normal, truth, floorMs, isSmooth }: Seen): Proven {
  const seen = asSamples(normal.serviceTime, POINTS).map((ms) => ms - floorMs)
  const share = distanceBeyond(seen, truth, isSmooth ? () => 0 : timeSlack)
  const how = isSmooth ? 'distribution distance' : 'share beyond 1 % or 0.3 ms'
  return atMost(`known delay ${name}: ${how}`, '%', share * 100, ALLOWED_PERCENT)
}

function median(name: string, normal: TaskMeasurement['normal'], truth: Float64Array, floorMs: number): Proven {
  const expected = quantileOf(truth, 50)
  const measured = normal.serviceTime.percentile(50) - floorMs
  return near(`known delay ${name}: service time p50`, 'ms', { expected, measured }, timeSlack(expected))
}
