// Proof 4: a server that does nothing for 1.4 s. 2,800 of 60,000 requests fall due meanwhile and wait between 0 and 1.4 s: latency's p99
// is 1.4 s − 1 % of 30 s = 1.10 s, later by the time in which what piled up is worked off at the most. Service time hardly sees it.

import type { HttpEngine } from '../../src/target/target-options.ts'
import { withNode } from './calibrated-node.ts'
import { capacityOf, measure } from './load.ts'
import { atMost, between, near, type Proven } from './proven.ts'

const PER_SECOND = 2000
const STALL_MS = 1400
const LOAD = { clients: 64, perSecond: PER_SECOND }

export async function stall(engine: HttpEngine): Promise<Proven[]> {
  const [capacity, calm] = await withNode({ delay: 'fixed:0' }, async (node) => {
    const { normal } = await measure(node, { ...LOAD, engine, seconds: 5 })
    return [await capacityOf(node, engine), normal.serviceTime.percentile(50)] as const
  })
  const drainMs = ((PER_SECOND * STALL_MS) / 1000 / capacity) * 1000
  return withNode({ delay: 'fixed:0', faults: [`stall:at=10000,for=${STALL_MS}`] }, async (node) => {
    const { normal } = await measure(node, { ...LOAD, engine, seconds: 30 })
    const { latency, serviceTime } = normal
    return [
      between('stall of 1.4 s at 2,000/s: latency p99', 'ms', { expected: 1100, measured: latency.percentile(99) }, [1100, 1100 + drainMs]),
      between('stall of 1.4 s at 2,000/s: latency max', 'ms', { expected: STALL_MS, measured: latency.max }, [
        STALL_MS - 1,
        STALL_MS + drainMs
      ]),
      near('stall of 1.4 s at 2,000/s: service time p50 as without', 'ms', { expected: calm, measured: serviceTime.percentile(50) }, 0.3),
      // One request of each client was in flight: 64 of 60,000.
      atMost('stall of 1.4 s at 2,000/s: service time p99, which hides it', 'ms', serviceTime.percentile(99), 100)
    ]
  })
}
