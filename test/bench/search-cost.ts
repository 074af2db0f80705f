// CPU of small searches with everything on, against a bare undici dispatch loop in the same run.

import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { runBare } from './bare.ts'
import { atLeast, atMost, cpuSeconds, inTurn, type BenchServer, type Measured } from './measure.ts'

// So many that the start of a race, half a second of CPU, is a small part of it, as in any race worth its figures.
const REQUESTS = 600_000
const ROUNDS = 3
const QUERY = { query: { match_all: {} } }

/** `gzip`: answers come compressed; neither side needs more of them than their head. */
export async function searchCost(server: BenchServer, clients: number, budget: number, gzip = false): Promise<Measured> {
  server.gzip(gzip)
  const per100k = 100_000 / REQUESTS
  const operation = buildOperation('search', { index: 'cities', body: QUERY })
  const track = buildTrack([buildTask(operation, { clients, iterations: Math.floor(REQUESTS / clients) })])
  const body = Buffer.from(JSON.stringify(QUERY))
  const both = await inTurn(
    ROUNDS,
    async () => (await cpuSeconds(() => runOurs(track, server, gzip))) * per100k,
    async () => (await cpuSeconds(() => runBare({ ...SEARCH, port: server.port, clients, requests: REQUESTS, body: () => body }))) * per100k
  )
  return atMost(`search, ${clients} clients${gzip ? ', gzip answers' : ''}`, 'CPU-s per 100,000', both, budget)
}

/** The same races with the lean engine (peer): how much cheaper it is. */
export async function leanGain(server: BenchServer, clients: number, budget: number): Promise<Measured> {
  const per100k = 100_000 / REQUESTS
  const operation = buildOperation('search', { index: 'cities', body: QUERY })
  const track = buildTrack([buildTask(operation, { clients, iterations: Math.floor(REQUESTS / clients) })])
  const cost = async (engine: 'undici' | 'lean'): Promise<number> => (await cpuSeconds(() => runSchedule({ track, target: server, engine }))) * per100k
  const both = await inTurn(
    ROUNDS,
    () => cost('undici'),
    () => cost('lean')
  )
  return atLeast(`search, ${clients} clients: undici against lean`, 'CPU-s per 100,000', both, budget)
}

/** Median service time of an unthrottled load on a server that takes `delayMs`, ours against bare. */
export async function searchServiceTime(server: BenchServer, { clients, delayMs }: { clients: number; delayMs: number }, budget: number): Promise<Measured> {
  server.delay(delayMs)
  const requests = clients * (delayMs === 0 ? 5000 : 500)
  const operation = buildOperation('search', { index: 'cities', body: QUERY })
  const track = buildTrack([buildTask(operation, { clients, iterations: Math.floor(requests / clients) })])
  const body = Buffer.from(JSON.stringify(QUERY))
  const both = await inTurn(
    ROUNDS,
    async () => (await runOurs(track, server)).normal.serviceTime.percentile(50),
    async () => {
      const times: number[] = []
      await runBare({ ...SEARCH, port: server.port, clients, requests, body: () => body, times })
      return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
    }
  )
  return atMost(`${delayMs} ms server, unthrottled, ${clients} clients: service time p50`, 'ms', both, budget)
}

const SEARCH = { method: 'GET', path: '/cities/_search', contentType: 'application/json' } as const

async function runOurs(track: ReturnType<typeof buildTrack>, server: BenchServer, gzip = false) {
  const { result, measurements } = await runSchedule({ track, target: server, ...(gzip ? { acceptEncoding: 'gzip' } : {}) })
  const measured = measurements[0]
  if (result.error !== null || measured === undefined) throw result.error ?? new Error('nothing was measured')
  return measured
}
