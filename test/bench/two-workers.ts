// What a request costs when two threads send instead of one; and how much more two reach, where there are cores for them.

import { availableParallelism } from 'node:os'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { atLeast, atMost, cpuSeconds, inTurn, type BenchServer, type Measured } from './measure.ts'

const [CLIENTS, REQUESTS, ROUNDS] = [64, 200_000, 3]
/** Two threads, the server and what is left of the machine. */
const CORES_FOR_SPEED = 4
const SPEED_UP = 1.6

export async function twoWorkers(server: BenchServer, budget: number): Promise<Measured[]> {
  const cost = await inTurn(ROUNDS, () => cpuOf(server, 2), () => cpuOf(server, 1))
  const proven = [atMost('CPU per request, two workers against one', 'CPU-s per 100,000', cost, budget)]
  if (availableParallelism() < CORES_FOR_SPEED) {
    process.stderr.write(`two workers' speed-up: not measured, it needs ${CORES_FOR_SPEED} cores\n`)
    return proven
  }
  const speed = await inTurn(ROUNDS, () => rateOf(server, 2), () => rateOf(server, 1))
  return [...proven, atLeast('requests per second, two workers against one', 'req/s', speed, SPEED_UP)]
}

async function cpuOf(server: BenchServer, workers: number): Promise<number> {
  return (await cpuSeconds(() => run(server, workers))) * (100_000 / REQUESTS)
}

async function rateOf(server: BenchServer, workers: number): Promise<number> {
  const seconds = await run(server, workers)
  return REQUESTS / seconds
}

/** Seconds that the task took. */
async function run(server: BenchServer, workers: number): Promise<number> {
  const operation = buildOperation('search', { index: 'cities', body: { query: { match_all: {} } } })
  const track = buildTrack([buildTask(operation, { clients: CLIENTS, iterations: REQUESTS / CLIENTS })])
  const { result, measurements } = await runSchedule({ track, target: server, workers })
  if (result.error !== null || measurements[0] === undefined) throw result.error ?? new Error('nothing was measured')
  return measurements[0].elapsedSeconds
}
