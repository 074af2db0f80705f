// Proof 2: a node that takes a known time is measured as taking it, whatever the shape of that time and however busy the driver is.

import type { HttpEngine } from '../../src/target/target-options.ts'
import { bareLoad } from './bare-load.ts'
import { truthTimes, withNode, type CalibratedNode } from './calibrated-node.ts'
import { measure } from './load.ts'
import { atMost, near, timeSlack, type Proven } from './proven.ts'
import { distanceBeyond } from './statistics/kolmogorov-smirnov.ts'
import { asSamples, quantileOf } from './statistics/quantile.ts'

const DELAYS = ['fixed:40', 'exponential:40', 'bimodal:20,120,0.2', 'lognormal:36,0.5']
/** Of what driver and node reach together: on two cores, both have one to themselves at most. */
const LOADS = [0.1, 0.5, 0.8]
const SECONDS = 4
/** Nearly four times the mean: later requests of a client are late, which service time does not mind. */
const CLIENT_INTERVAL_SECONDS = 0.15
/** Points at which the distributions are compared: a share of 0.05 % each. */
const POINTS = 2000
const ALLOWED_PERCENT = 1

interface Seen {
  /** What was measured, ascending. */
  readonly times: Float64Array
  /** The same by the node's own clock, ascending. */
  readonly truth: Float64Array
}

export async function knownDelays(engine: HttpEngine): Promise<Proven[]> {
  const capacity = await capacityWithDelay(engine)
  const proven: Proven[] = []
  for (const share of LOADS) {
    const perSecond = Math.round(capacity * share)
    const load = { clients: Math.max(8, Math.round(perSecond * CLIENT_INTERVAL_SECONDS)), perSecond, seconds: SECONDS }
    for (const delay of DELAYS) {
      const bare = await see(delay, (node) => bareLoad(node, load))
      const ours = await see(delay, async (node) => asSamples((await measure(node, { ...load, engine })).normal.serviceTime, POINTS))
      const name = `${delay} at ${perSecond}/s (${share * 100} %)`
      // What loopback, sockets and a busy node add, as the bare client sees it.
      const floorMs = quantileOf(bare.times, 50) - quantileOf(bare.truth, 50)
      proven.push(distance(name, { ours, bare, floorMs }), median(name, ours, floorMs))
    }
  }
  return proven
}

/** Requests per second that driver and node reach together while every answer is delayed. */
async function capacityWithDelay(engine: HttpEngine): Promise<number> {
  const measured = await withNode({ delay: DELAYS[0]! }, (node) => measure(node, { clients: 1000, engine, seconds: 4 }))
  return measured.account.normal.ok / measured.elapsedSeconds
}

async function see(delay: string, times: (node: CalibratedNode) => Promise<Float64Array>): Promise<Seen> {
  return withNode({ delay }, async (node) => ({ times: await times(node), truth: truthTimes(await node.truth()) }))
}

interface Both {
  readonly ours: Seen
  readonly bare: Seen
  readonly floorMs: number
}

/** Where few values come often, a shift of a microsecond moves half of all samples past a step: there, what lies beyond the slack counts. */
function distance(name: string, { ours, bare, floorMs }: Both): Proven {
  const isSmooth = /^(exponential|lognormal)/.test(name)
  const share = ({ times, truth }: Seen): number =>
    100 *
    distanceBeyond(
      times.map((ms) => ms - floorMs),
      truth,
      isSmooth ? () => 0 : timeSlack
    )
  const how = isSmooth ? 'distribution distance' : 'share beyond 1 % or 0.3 ms'
  return atMost(`known delay ${name}: ${how}`, '%', share(ours), share(bare) + ALLOWED_PERCENT)
}

function median(name: string, { times, truth }: Seen, floorMs: number): Proven {
  const expected = quantileOf(truth, 50)
  return near(`known delay ${name}: service time p50`, 'ms', { expected, measured: quantileOf(times, 50) - floorMs }, timeSlack(expected))
}
