// What throttled tasks do: at their rate, on time, and honest about a server that stalls.

import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import type { TaskMeasurement } from '../../src/metrics/measurement.ts'
import { absolute, median, type BenchServer, type Measured } from './measure.ts'

const SEARCH = buildOperation('search', { index: 'cities', body: { query: { match_all: {} } } })

interface Load {
  readonly clients: number
  readonly perSecond: number
  readonly seconds: number
}

async function runThrottled(server: BenchServer, load: Load): Promise<TaskMeasurement> {
  const task = buildTask(SEARCH, { clients: load.clients, timePeriod: load.seconds, params: { 'target-throughput': load.perSecond } })
  const { result, measurements } = await runSchedule({ track: buildTrack([task]), target: server })
  const measured = measurements[0]
  if (result.error !== null || measured === undefined) throw result.error ?? new Error('nothing was measured')
  return measured
}

/** Our median against the server's own, at 500 requests a second and 5 ms. */
export async function knownDelay(server: BenchServer, clients: number, budgetMs: number): Promise<Measured> {
  server.delay(5)
  await server.delays()
  const measured = await runThrottled(server, { clients, perSecond: 500, seconds: 8 })
  const theirs = median(await server.delays())
  server.delay(0)
  const ours = measured.normal.serviceTime.percentile(50)
  const result = absolute(
    `5 ms server, 500/s, ${clients} clients: p50 over the server's own`,
    'ms',
    { ours: ours - theirs, peer: theirs },
    budgetMs
  )
  return result
}

/** Share of seconds off by more than one request and one per cent, and of the whole phase; and the driver's own lateness. */
export async function fidelity(server: BenchServer): Promise<Measured[]> {
  const load = { clients: 8, perSecond: 500, seconds: 20 }
  const measured = await runThrottled(server, load)
  const full = measured.seconds.filter((second) => second.second < load.seconds)
  const off = full.filter((second) => Math.abs(second.sent - load.perSecond) > 1 + load.perSecond * 0.01)
  const sent = full.reduce((sum, second) => sum + second.sent, 0)
  const wanted = load.perSecond * load.seconds
  const { sendDelay } = measured.normal
  return [
    absolute('seconds off their rate', '%', { ours: (off.length / load.seconds) * 100, peer: 0 }, 5),
    absolute('whole phase off its rate', '%', { ours: (Math.abs(sent - wanted) / wanted) * 100, peer: 0 }, 0.1),
    absolute('send delay p50, 500/s', 'ms', { ours: sendDelay.percentile(50), peer: 0 }, 0.3),
    absolute('send delay p99, 500/s', 'ms', { ours: sendDelay.percentile(99), peer: 0 }, 5)
  ]
}

/** A stall of 1.4 s at 2,000/s over 30 s: 2,800 of 60,000 requests wait between 0 and 1.4 s, so latency's p99 is 1.10 s, plus the time to drain. */
export async function stall(server: BenchServer): Promise<Measured[]> {
  const capacity = await capacityOf(server)
  const stalled = setTimeout(() => server.stall(1400), 10_000)
  const measured = await runThrottled(server, { clients: 64, perSecond: 2000, seconds: 30 })
  clearTimeout(stalled)
  const p99 = measured.normal.latency.percentile(99)
  const ceilingMs = 1100 + (2800 / capacity) * 1000
  return [
    absolute('1.4 s stall at 2,000/s: latency p99', 'ms', { ours: p99, peer: 1100 }, ceilingMs),
    absolute('1.4 s stall: latency p99 falls short of 1.10 s by', 'ms', { ours: Math.max(0, 1100 - p99), peer: 0 }, 0),
    absolute('1.4 s stall: service time p50', 'ms', { ours: measured.normal.serviceTime.percentile(50), peer: 0 }, 5)
  ]
}

async function capacityOf(server: BenchServer): Promise<number> {
  const task = buildTask(SEARCH, { clients: 64, timePeriod: 3 })
  const { measurements } = await runSchedule({ track: buildTrack([task]), target: server })
  const measured = measurements[0]
  return measured === undefined ? 0 : measured.account.normal.ok / measured.elapsedSeconds
}
