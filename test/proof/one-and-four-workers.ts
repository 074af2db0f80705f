// Proof 9: the same load from one worker and from four gives the same counts and the same figures.

import type { HttpEngine } from '../../src/target/target-options.ts'
import { withNode } from './calibrated-node.ts'
import { measure } from './load.ts'
import { near, timeSlack, type Proven } from './proven.ts'
import { sameRequests } from './same-requests.ts'

// Many clients that rarely send: which of them gets which delay hangs by who comes first, and decides only who queues behind whom. A slow
// server: a thread that sends every 20 ms instead of every 5 is some 0.1 ms later at each end, which is not what this is about.
const LOAD = { clients: 512, perSecond: 200, seconds: 12, schedule: 'poisson', seed: 'workers' } as const
const PERCENTILES = [50, 90, 99]

export async function oneAndFourWorkers(engine: HttpEngine): Promise<Proven[]> {
  // The node draws its delays in the order of arrival from its own seed: the same ones for both.
  const run = (workers: number) => withNode({ delay: 'lognormal:60,0.4' }, (node) => measure(node, { ...LOAD, engine, workers }))
  const one = await run(1)
  const four = await run(4)
  const count = { expected: one.account.normal.ok, measured: four.account.normal.ok }
  return [
    ...(await sameRequests(engine)),
    near('four workers as one: requests', '', count, 0),
    ...(['serviceTime', 'latency'] as const).flatMap((time) =>
      PERCENTILES.map((percentile) => {
        const pair = { expected: one.normal[time].percentile(percentile), measured: four.normal[time].percentile(percentile) }
        return near(
          `four workers as one: ${time === 'latency' ? 'latency' : 'service time'} p${percentile}`,
          'ms',
          pair,
          timeSlack(pair.expected)
        )
      })
    )
  ]
}
