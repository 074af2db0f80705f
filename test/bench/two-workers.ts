// What a request costs when two threads send instead of one, ours and bare; and how much more two reach, where there are cores for them.

import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { atLeast, atMost, cpuSeconds, inTurn, type BenchServer, type Measured } from './measure.ts'

const [CLIENTS, ROUNDS] = [64, 3]
/** Starting a thread and compiling what it runs takes near a second of CPU, whatever it sends then: the difference of the two is the requests'. */
const [FEW, MANY] = [19_200, 211_200]
const QUERY = { query: { match_all: {} } }
/** Two threads, the server and what is left of the machine. */
const CORES_FOR_SPEED = 4
const SPEED_UP = 1.6
const [TWICE, UNIT] = ['two workers against one', 'CPU-s per 100,000']

/** What a bare loop pays for its second thread (caches, memory and the kernel's sockets are shared) nobody can save. */
export async function twoWorkers(server: BenchServer, budget: number): Promise<Measured[]> {
  const ours = await inTurn(
    ROUNDS,
    () => cpuOf((requests) => run(server, 2, requests)),
    () => cpuOf((requests) => run(server, 1, requests))
  )
  const bare = await inTurn(
    ROUNDS,
    () => cpuOf((requests) => runBareThreads(server, 2, requests)),
    () => cpuOf((requests) => runBareThreads(server, 1, requests))
  )
  const proven = [
    atMost(`CPU per request, ${TWICE}`, UNIT, ours, budget),
    // To compare with: no budget of ours.
    atMost(`CPU per request of a bare loop, two threads against one`, UNIT, bare, Number.POSITIVE_INFINITY)
  ]
  if (availableParallelism() < CORES_FOR_SPEED) {
    process.stderr.write(`two workers' speed-up: not measured, it needs ${CORES_FOR_SPEED} cores\n`)
    return proven
  }
  const speed = await inTurn(
    ROUNDS,
    () => rateOf(server, 2),
    () => rateOf(server, 1)
  )
  return [...proven, atLeast(`requests per second, ${TWICE}`, 'req/s', speed, SPEED_UP)]
}

async function cpuOf(send: (requests: number) => Promise<unknown>): Promise<number> {
  const few = await cpuSeconds(() => send(FEW))
  const many = await cpuSeconds(() => send(MANY))
  return ((many - few) / (MANY - FEW)) * 100_000
}

async function rateOf(server: BenchServer, workers: number): Promise<number> {
  return MANY / (await run(server, workers, MANY))
}

/** Seconds that the task took. */
async function run(server: BenchServer, workers: number, requests: number): Promise<number> {
  const operation = buildOperation('search', { index: 'cities', body: QUERY })
  const track = buildTrack([buildTask(operation, { clients: CLIENTS, iterations: requests / CLIENTS })])
  const { result, measurements } = await runSchedule({ track, target: server, workers })
  if (result.error !== null || measurements[0] === undefined) throw result.error ?? new Error('nothing was measured')
  return measurements[0].elapsedSeconds
}

async function runBareThreads({ port }: BenchServer, threads: number, requests: number): Promise<void> {
  const question = { method: 'GET', path: '/cities/_search', contentType: 'application/json', body: JSON.stringify(QUERY) }
  const load = { ...question, port, clients: CLIENTS / threads, requests: requests / threads }
  const all = Array.from({ length: threads }, () => new Worker(new URL('./bare-thread.js', import.meta.url), { workerData: load }))
  await Promise.all(all.map((thread) => once(thread, 'exit')))
}
