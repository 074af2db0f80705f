// One task put to a node by the whole engine: coordinator, driver session, worker threads. A step of other requests comes before it, so
// that what is measured is compiled code, as in a race that lasts longer than a few seconds.

import type { TaskMeasurement } from '../../src/metrics/measurement.ts'
import type { HttpEngine } from '../../src/target/target-options.ts'
import type { Task } from '../../src/track/track.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'

export interface Load {
  readonly clients: number
  /** Default: undici. */
  readonly engine?: HttpEngine
  /** Over all clients; absent: unthrottled. */
  readonly perSecond?: number
  readonly schedule?: 'poisson'
  readonly seconds?: number
  readonly warmupSeconds?: number
  /** Of each client. */
  readonly iterations?: number
  readonly workers?: number
  readonly seed?: string
  /** Measured without the step before it: where how long things take does not matter. */
  readonly isCold?: boolean
}

const SEARCH = buildOperation('search', { index: 'cities', body: { query: { match_all: {} } } })
// A question that the embedded node answers at once, whatever its orders, and leaves out of its truth.
const QUESTION = buildOperation('raw-request', { path: '/_cluster/health' }, 'warm')
const WARM_CLIENTS = 8
const WARM = { timePeriod: 1, params: { 'target-throughput': 6000 } }

interface Address {
  readonly host: string
  readonly port: number
}

/** Runs the load to its end; throws what ended it early. */
export async function measure(target: Address, load: Load): Promise<TaskMeasurement> {
  const { result, measurements } = await runSchedule({
    track: buildTrack(load.isCold === true ? [taskOf(load)] : [warmUp(load), taskOf(load)]),
    target,
    ...(load.engine === undefined ? {} : { engine: load.engine }),
    ...(load.workers === undefined ? {} : { workers: load.workers }),
    ...(load.seed === undefined ? {} : { seed: load.seed })
  })
  const measured = measurements.at(-1)
  if (result.error !== null || measured === undefined) throw result.error ?? new Error('nothing was measured')
  return measured
}

function warmUp({ clients }: Load): Task {
  return buildTask(QUESTION, { ...WARM, clients: Math.min(WARM_CLIENTS, clients) })
}

export function taskOf({ clients, perSecond, schedule, seconds, warmupSeconds, iterations }: Load): Task {
  return buildTask(SEARCH, {
    clients,
    schedule: schedule ?? null,
    timePeriod: seconds ?? null,
    warmupTimePeriod: warmupSeconds ?? null,
    iterations: iterations ?? null,
    params: perSecond === undefined ? {} : { 'target-throughput': perSecond }
  })
}

/** Requests per second that the load generator and the node together reach, one worker. */
export async function capacityOf(target: Address, engine: HttpEngine, seconds = 3): Promise<number> {
  const measured = await measure(target, { clients: 64, engine, seconds })
  return measured.account.normal.ok / measured.elapsedSeconds
}
