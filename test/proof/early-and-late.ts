// Proof 5, twins: a driver that is early adds nothing, a driver that is late hides nothing. Both mistakes come from where a clock is
// read: before a wait, or after a queue.

import { spawn } from 'node:child_process'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { bareRoundTripMs } from './bare-round-trip.ts'
import { truthTimes, withNode, type Truth } from './calibrated-node.ts'
import { measure } from './load.ts'
import { between, near, timeSlack, type Proven } from './proven.ts'
import { ascending, quantileOf } from './statistics/quantile.ts'

const DELAY_MS = 20

export async function earlyAndLate(engine: HttpEngine): Promise<Proven[]> {
  return [...(await early(engine)), ...(await clientLate(engine)), ...(await driverLate(engine))]
}

/** Ten requests a second of 20 ms each: four fifths of the time the client waits for the next one to fall due. */
async function early(engine: HttpEngine): Promise<Proven[]> {
  return withNode({ delay: `fixed:${DELAY_MS}` }, async (node) => {
    const { normal } = await measure(node, { clients: 1, engine, perSecond: 10, seconds: 4 })
    const pair = { expected: normal.serviceTime.percentile(50), measured: normal.latency.percentile(50) }
    return [near('early twin, 20 ms at 10/s: latency p50 is service time p50', 'ms', pair, timeSlack(pair.expected))]
  })
}

/** One client asked for 100 requests a second of 20 ms each: the i-th is done at 20·(i + 1) ms and was due at 10·i ms. */
async function clientLate(engine: HttpEngine): Promise<Proven[]> {
  const iterations = 200
  const floorMs = await bareRoundTripMs(`fixed:${DELAY_MS}`, 100)
  return withNode({ delay: `fixed:${DELAY_MS}` }, async (node) => {
    const { normal } = await measure(node, { clients: 1, engine, perSecond: 100, iterations })
    const truth = await node.truth()
    const expected = lateness(truth, 10)
    const calm = { expected: quantileOf(truthTimes(truth), 50) + floorMs, measured: normal.serviceTime.percentile(50) }
    return [
      ...[50, 99, 100].map((percentile) => {
        const pair = { expected: quantileOf(expected, percentile), measured: normal.latency.percentile(percentile) }
        return near(`late twin, one client of 20 ms at 100/s: latency p${percentile}`, 'ms', pair, timeSlack(pair.expected))
      }),
      // Less than a bare client sees is no mistake; less than the node itself took is.
      between('late twin, one client of 20 ms at 100/s: service time p50', 'ms', calm, [
        calm.expected - floorMs,
        calm.expected + timeSlack(calm.expected)
      ])
    ]
  })
}

/** The whole driver is stopped by a signal for half a second: of 1,200 requests 100 fall due meanwhile, so p99 is 0.5 s − 60 ms. */
async function driverLate(engine: HttpEngine): Promise<Proven[]> {
  const [perSecond, seconds] = [200, 6]
  return withNode({ delay: 'fixed:5' }, async (node) => {
    const stopped = stopMyself(4, 0.5)
    const { normal } = await measure(node, { clients: 32, engine, perSecond, seconds })
    await stopped
    const { arrivals } = await node.truth()
    const stopMs = Math.max(...arrivals.slice(1).map((arrival, index) => arrival - arrivals[index]!))
    const expected = stopMs - seconds * 10
    return (['latency', 'sendDelay'] as const).map((time) => {
      const name = `late twin, driver stopped for ${(stopMs / 1000).toFixed(2)} s: ${time === 'latency' ? 'latency' : 'send delay'} p99`
      // Not less than two requests' distance, not more than it takes to send what has piled up.
      return between(name, 'ms', { expected, measured: normal[time].percentile(99) }, [expected - 2000 / perSecond, expected + 100])
    })
  })
}

/** Expected latency of each request of a single client, ascending: its answer, by the node's clock, less when it was due. */
function lateness({ arrivals, answers }: Truth, intervalMs: number): Float64Array {
  const origin = arrivals[0] ?? 0
  return ascending(Array.from(answers, (answer, index) => answer - origin - index * intervalMs))
}

/** A process cannot start itself again: a shell does it. */
async function stopMyself(afterSeconds: number, forSeconds: number): Promise<void> {
  const script = `sleep ${afterSeconds}; kill -STOP ${process.pid}; sleep ${forSeconds}; kill -CONT ${process.pid}`
  const shell = spawn('sh', ['-c', script], { stdio: 'ignore' })
  await new Promise<void>((resolve, reject) => {
    shell.on('error', reject)
    shell.on('close', () => resolve())
  })
}
