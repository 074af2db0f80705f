// What a node does before it can send: bring the data, decide on the workers, deal the clients to them.

import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { parseJson } from '../core/json-parse.ts'
import { systemClock } from '../core/clock.ts'
import { RallyError } from '../core/errors.ts'
import { programRoot } from '../core/version.ts'
import { prepareCorpora } from '../corpus/prepare-corpora.ts'
import { usedCorpora } from '../corpus/used-corpora.ts'
import { assignWorkers } from '../allocation/assignment.ts'
import type { Prepare } from '../protocol/messages.ts'
import type { WorkerStart } from '../protocol/worker-messages.ts'
import { CHUNK_ROWS } from '../sample/columns.ts'
import { httpDownload } from '../target/download.ts'
import type { TargetSecrets } from '../target/target-options.ts'
import { challengeToRun, type ScheduleElement, type Track } from '../track/track.ts'
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

export interface Surroundings {
  readonly node: string
  readonly settings: NodeSettings
  /** In the coordinator's own process. */
  readonly isLocal: boolean
  readonly signal: AbortSignal
  readonly secrets: TargetSecrets
  /** Memory of the lease without which no worker sends. */
  readonly lease: SharedArrayBuffer
  /** What the race waits for. */
  readonly tell: (what: string) => void
  readonly warn: (message: string) => void
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
  for (const warning of preflight(around.node, raceNeeds(track, prepare, groups.length), machineFacts())) around.warn(warning)
  const dataPaths = await bringData(track, prepare, around)
  const { seed, target, facts, onError, enableAssertions } = prepare
  // As many as the samples a worker may hold.
  const maxChunksInFlight = Math.max(1, Math.ceil(around.settings.sampleQueueSize / CHUNK_ROWS))
  const starts = groups.map((clients, worker): WorkerStart => {
    return { worker, seed, track: prepare.track, clients, target, secrets: around.secrets, lease: around.lease, facts, onError, enableAssertions, dataPaths, maxChunksInFlight }
  })
  return { schedule: challenge.schedule, starts }
}

/** Absolute path of every data file by `<corpus>/<file>`. */
async function bringData(track: Track, prepare: Prepare, around: Surroundings): Promise<Readonly<Record<string, string>>> {
  const { isBundled } = prepare.trackFolder
  const telling = new Telling(around.tell)
  const prepared = await prepareCorpora(usedCorpora(track), {
    folders: { trackRoot: trackRoot(prepare, around.isLocal), isBundled, cache: around.settings.dataCacheDir },
    offline: prepare.offline,
    testMode: prepare.testMode,
    download: httpDownload,
    signal: around.signal,
    progress: ({ corpus, file, stage, doneBytes, totalBytes }) => {
      const share = totalBytes === null || totalBytes === 0 ? '' : ` ${Math.floor((doneBytes / totalBytes) * 100)} %`
      telling.tell(`${stage} ${file} of corpus ${corpus}`, share)
    }
  })
  for (const warning of prepared.warnings) around.warn(warning)
  return prepared.dataPaths
}

/** Says at once what is new, and not more than once a second how far it has come. */
class Telling {
  readonly #tell: (what: string) => void
  #what = ''
  #toldAtMs = 0

  constructor(tell: (what: string) => void) {
    this.#tell = tell
  }

  tell(what: string, howFar: string): void {
    const nowMs = systemClock.monotonicMs()
    if (what === this.#what && nowMs - this.#toldAtMs < 1000) return
    this.#what = what
    this.#toldAtMs = nowMs
    this.#tell(what + howFar)
  }
}

/** The coordinator's paths mean nothing on another machine: there, what comes with Rally stands in its own folder. */
function trackRoot({ trackFolder: { root, isBundled } }: Prepare, isLocal: boolean): string | null {
  if (isLocal || root === null) return root
  return isBundled ? join(programRoot(), 'tracks', basename(root)) : null
}

/** `available.cores` if set; else all cores, or all but one where the target needs one of them. */
async function workersFor({ target }: Prepare, settings: NodeSettings): Promise<number> {
  if (settings.availableCores !== null) return settings.availableCores
  const cores = availableParallelism()
  const isHere = await Promise.all(target.hosts.map(({ host }) => isOwnHost(host)))
  return Math.max(1, isHere.includes(true) ? cores - 1 : cores)
}
