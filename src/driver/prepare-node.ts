// What a node does before it can send: bring the data, decide on the workers, deal the clients to them.

import { availableParallelism } from 'node:os'
import { parseJson } from '../core/json-parse.ts'
import { RallyError } from '../core/errors.ts'
import { assignWorkers } from '../allocation/assignment.ts'
import type { Prepare } from '../protocol/messages.ts'
import type { WorkerStart } from '../protocol/worker-messages.ts'
import { CHUNK_ROWS } from '../sample/columns.ts'
import type { TargetSecrets } from '../target/target-options.ts'
import { challengeToRun, type ScheduleElement, type Track } from '../track/track.ts'
import { bringData, type DataSurroundings } from './bring-data.ts'
import type { ResultsSettings } from './chunk-relay.ts'
import { isOwnHost } from './own-host.ts'
import { preflight } from './preflight.ts'
import { machineFacts, raceNeeds } from './race-needs.ts'

/** The part of the configuration that is this machine's own. */
export interface NodeSettings {
  /** `available.cores`, or null. */
  readonly availableCores: number | null
  /** `local.dataset.cache`, absolute. */
  readonly dataCacheDir: string
  /** `sample.queue.size`. */
  readonly sampleQueueSize: number
  readonly results: ResultsSettings
  /** For what nobody must see at once. */
  readonly log: (line: string) => void
}

export interface Surroundings extends DataSurroundings {
  readonly settings: NodeSettings
  readonly secrets: TargetSecrets
  /** Memory of the lease without which no worker sends. */
  readonly lease: SharedArrayBuffer
}

export interface PreparedNode {
  readonly schedule: readonly ScheduleElement[]
  readonly starts: readonly WorkerStart[]
}

/** Asks whether this machine can do it, brings the corpora that this race's tasks read and deals the clients to workers; throws RallyError. */
export async function prepareNode(prepare: Prepare, around: Surroundings): Promise<PreparedNode> {
  const track = parseJson(prepare.track) as unknown as Track
  const challenge = challengeToRun(track)
  if (challenge === null) throw new RallyError('track', `track ${track.name} has no challenge to run`)
  const groups = assignWorkers(prepare.clients, await workersFor(prepare, around.settings))
  const needs = await raceNeeds(track, prepare, groups.length)
  for (const warning of preflight(around.node, needs, machineFacts())) around.warn(warning)
  const dataPaths = await bringData(track, prepare, around)
  const { seed, target, facts, onError, enableAssertions } = prepare
  // As many as the samples a worker may hold.
  const maxChunksInFlight = Math.max(1, Math.ceil(around.settings.sampleQueueSize / CHUNK_ROWS))
  const starts = groups.map((clients, worker): WorkerStart => {
    return { worker, seed, track: prepare.track, clients, target, secrets: around.secrets, lease: around.lease, facts, onError, enableAssertions, dataPaths, maxChunksInFlight }
  })
  return { schedule: challenge.schedule, starts }
}

/** `available.cores` if set; else all cores, or all but one where the target needs one of them. */
async function workersFor({ target }: Prepare, settings: NodeSettings): Promise<number> {
  if (settings.availableCores !== null) return settings.availableCores
  const cores = availableParallelism()
  const isHere = await Promise.all(target.hosts.map(({ host }) => isOwnHost(host)))
  return Math.max(1, isHere.includes(true) ? cores - 1 : cores)
}
