// Proof 3: a server with one queue. What its requests wait for follows from when they were due and how long each took to serve; a tool
// that waits with them (coordinated omission) sees a fifth of it.

import { seededRandom } from '../../src/core/random.ts'
import { schedulerFor } from '../../src/scheduler/scheduler.ts'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { bareRoundTripMs } from './bare-round-trip.ts'
import { withNode, type Truth } from './calibrated-node.ts'
import { measure, taskOf, type Load } from './load.ts'
import { between, near, timeSlack, type Proven } from './proven.ts'
import { quantileOf } from './statistics/quantile.ts'
import { simulatedBand, sojournTimes, theoreticalQuantile } from './statistics/single-queue.ts'

const RATES = { arrivals: 200, services: 250 }
/** So many that hardly one is still busy when its next request is due. */
const LOAD = { clients: 512, perSecond: RATES.arrivals, schedule: 'poisson', seconds: 40, seed: 'single queue' } as const
const PERCENTILES = [50, 75, 90, 95, 99, 99.9]

export async function singleQueue(engine: HttpEngine): Promise<Proven[]> {
  // On its way a request costs what any does here: the recursion knows nothing of that.
  const floorMs = await bareRoundTripMs(`fixed:${1000 / RATES.services}`, RATES.arrivals)
  return withNode({ delay: `exponential:${1000 / RATES.services}`, queue: 'fifo' }, async (node) => {
    const { normal } = await measure(node, { ...LOAD, engine })
    const due = dueTimes(LOAD)
    const expected = sojournTimes(due, servedFor(await node.truth())).sort()
    const random = seededRandom('simulated band')
    return [
      near('one queue: requests sent, of those due', '', { expected: due.length, measured: normal.latency.count }, 0),
      ...PERCENTILES.map((percentile) => {
        const pair = { expected: quantileOf(expected, percentile) + floorMs, measured: normal.latency.percentile(percentile) }
        return near(`one queue: latency p${percentile} against Lindley's recursion`, 'ms', pair, timeSlack(pair.expected))
      }),
      ...[50, 90].map((percentile) => {
        const [low, high] = simulatedBand(RATES, due.length, percentile, random)
        const pair = { expected: theoreticalQuantile(RATES, percentile) * 1000, measured: normal.latency.percentile(percentile) }
        return between(`one queue: latency p${percentile} against theory, 95 % band`, 'ms', pair, [low * 1000, high * 1000])
      })
    ]
  })
}

/** How long the node's one place was taken by each request, ms: its drawn time, and what its timer and its own work added. */
function servedFor({ arrivals, answers }: Truth): Float64Array {
  return answers.map((answer, index) => answer - Math.max(arrivals[index]!, index === 0 ? 0 : answers[index - 1]!))
}

/** When the requests of all clients are due, from the race's seed alone; ms, ascending. */
export function dueTimes(load: Load & { readonly seconds: number; readonly seed: string }): Float64Array {
  const task = taskOf(load)
  const all: number[] = []
  for (let clientIndex = 0; clientIndex < load.clients; clientIndex++) {
    const random = seededRandom(load.seed, task.name, clientIndex)
    const scheduler = schedulerFor(task, { clientIndex, random, expectedWeight: null })
    for (let dueMs = scheduler.nextDueMs(); dueMs < load.seconds * 1000; dueMs = scheduler.nextDueMs()) all.push(dueMs)
  }
  return Float64Array.from(all).sort()
}
