// Proof 2: a node that takes a known time is measured as taking it, whatever the shape of that time and however busy the driver is.

import type { TaskMeasurement } from '../../src/metrics/measurement.ts'
import { truthTimes, withNode } from './calibrated-node.ts'
import { measure, type Load } from './load.ts'
import { atMost, near, timeSlack, type Proven } from './proven.ts'
import { distanceBeyond } from './statistics/kolmogorov-smirnov.ts'
import { asSamples, quantileOf } from './statistics/quantile.ts'

const FIXED = 'fixed:40'
const DELAYS = ['exponential:40', 'bimodal:20,120,0.2', 'lognormal:36,0.5']
const LOADS = [0.1, 0.5, 0.8]
const SECONDS = 4
/** Nearly four times the mean: later requests of a client are late, which service time does not mind. */
const CLIENT_INTERVAL_SECONDS = 0.15
/** Points at which the distributions are compared: a share of 0.05 % each. */
const POINTS = 2000
const ALLOWED_PERCENT = 1

interface Seen {
  readonly normal: TaskMeasurement['normal']
  /** Times by the node's own clock, ascending. */
  readonly truth: Float64Array
}

export async function knownDelays(): Promise<Proven[]> {
  const capacity = await capacityWithDelay()
  const proven: Proven[] = []
  for (const share of LOADS) {
    const perSecond = Math.round(capacity * share)
    const load = { clients: Math.max(8, Math.round(perSecond * CLIENT_INTERVAL_SECONDS)), perSecond, seconds: SECONDS }
    const at = `at ${perSecond}/s (${share * 100} %)`
    const fixed = await see(FIXED, load)
    // What loopback, sockets and both HTTP sides add at this load.
    const floorMs = fixed.normal.serviceTime.percentile(50) - quantileOf(fixed.truth, 50)
    proven.push(distance(`${FIXED} ${at}`, fixed, floorMs))
    for (const delay of DELAYS) {
      const seen = await see(delay, load)
      proven.push(distance(`${delay} ${at}`, seen, floorMs), median(`${delay} ${at}`, seen, floorMs))
    }
  }
  return proven
}

/** Requests per second that driver and node reach together while every answer is delayed. */
async function capacityWithDelay(): Promise<number> {
  const measured = await withNode({ delay: DELAYS[0]! }, (node) => measure(node, { clients: 1000, seconds: 4 }))
  return measured.account.normal.ok / measured.elapsedSeconds
}

async function see(delay: string, load: Load): Promise<Seen> {
  return withNode({ delay }, async (node) => {
    const { normal } = await measure(node, load)
    return { normal, truth: truthTimes(await node.truth()) }
  })
}

/** Where few values come often, a shift of a microsecond moves half of all samples past a step: there, what lies beyond the slack counts. */
function distance(name: string, { normal, truth }: Seen, floorMs: number): Proven {
  const isSmooth = /^(exponential|lognormal)/.test(name)
  const seen = asSamples(normal.serviceTime, POINTS).map((ms) => ms - floorMs)
  const share = distanceBeyond(seen, truth, isSmooth ? () => 0 : timeSlack)
  const how = isSmooth ? 'distribution distance' : 'share beyond 1 % or 0.3 ms'
  return atMost(`known delay ${name}: ${how}`, '%', share * 100, ALLOWED_PERCENT)
}

function median(name: string, { normal, truth }: Seen, floorMs: number): Proven {
  const expected = quantileOf(truth, 50)
  const measured = normal.serviceTime.percentile(50) - floorMs
  return near(`known delay ${name}: service time p50`, 'ms', { expected, measured }, timeSlack(expected))
}
