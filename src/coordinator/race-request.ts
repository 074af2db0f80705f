// What a race needs to know, what it tells while it runs, and what it leaves behind.

import type { Config } from '../config/config.ts'
import type { HealthReport, TaskMeasurement } from '../metrics/measurement.ts'
import type { HttpEngine } from '../target/target-options.ts'
import type { Track } from '../track/track.ts'
import type { IdentifiedTarget } from './identify-target.ts'
import type { JsonObject } from '../core/json.ts'

export type OnError = 'continue' | 'continue-on-network' | 'abort'
/** `--on-node-loss`: what the loss of a load driver does once the load has begun. */
export type OnNodeLoss = 'abort' | 'continue'
export type Pipeline = 'embedded' | 'benchmark-only'

export interface RaceRequest {
  readonly raceId: string
  readonly config: Config
  /** Loaded, filtered, test mode applied; the challenge to run is the selected or default one. */
  readonly track: Track
  /** Where data files may stand beside the track; root null: a track of a repository, whose data are only in the cache. */
  readonly trackFolder: { readonly root: string | null; readonly isBundled: boolean }
  readonly trackParams: JsonObject
  readonly trackRevision: string | null
  readonly pipeline: Pipeline
  /** As identify-target found it; null with pipeline `embedded`: not started yet. */
  readonly target: IdentifiedTarget | null
  /** As typed, parsed by config/client-options; secrets in it. */
  readonly clientOptions: Readonly<Record<string, unknown>>
  readonly httpEngine: HttpEngine
  readonly onError: OnError
  readonly onNodeLoss: OnNodeLoss
  readonly seed: string
  readonly testMode: boolean
  readonly offline: boolean
  /** Load drivers get their part of the corpora from here; else each brings its own copy. */
  readonly distributesCorpora: boolean
  readonly userTags: Readonly<Record<string, unknown>>
  readonly enableAssertions: boolean
}

/** The race as it stands; told about four times a second. */
export interface RaceProgress {
  readonly step: number
  readonly steps: number
  /** What the race waits for, when it is not load: `downloading corpus x`, `all clients of step 3`. */
  readonly waitingFor: string | null
  readonly waitingSeconds: number
  readonly tasks: readonly TaskProgress[]
  /** A line for each node that is silent. */
  readonly troubles: readonly string[]
}

export interface TaskProgress {
  readonly task: string
  /** 0…1, or null if it has no known end. */
  readonly completed: number | null
  readonly phase: 'warmup' | 'measure' | 'done'
  /** Work finished in the last full second. */
  readonly throughput: number
  readonly unit: string
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly requests: number
  readonly errors: number
}

export interface RaceObserver {
  progress(progress: RaceProgress): void
  info(line: string): void
  warning(line: string): void
}

export interface RaceOutcome {
  readonly status: 'finished' | 'cancelled' | 'failed'
  /** Ends the race's command: its exit code and words; null if finished. */
  readonly error: Error | null
  /** Its first step was started. */
  readonly hasBegun: boolean
  /** `embedded node 0.1`, `Elasticsearch 9.4.3 at 127.0.0.1:9200`. */
  readonly targetLine: string
  /** race.json as stored (Elastic Rally's keys and ours). */
  readonly race: JsonObject
  readonly measurements: readonly TaskMeasurement[]
  readonly health: HealthReport
  readonly warnings: readonly string[]
}
