// The document race.json: Elastic Rally 2.13's keys in its order, then ours. Elastic Rally ignores keys it does not know.

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { HealthFinding, HealthReport } from './measurement.ts'
import { timestampText } from './race-timestamp.ts'

export type RaceStatus = 'running' | 'finished' | 'cancelled' | 'failed'

/** What identifies a race, known before it starts. */
export interface RaceHeader {
  readonly raceId: string
  /** Start, milliseconds since the epoch. */
  readonly startedAtMs: number
  readonly rallyVersion: string
  readonly rallyRevision: string | null
  /** `env.name`. */
  readonly environment: string
  readonly pipeline: string
  readonly userTags: JsonObject
  readonly track: string
  readonly trackRevision: string | null
  readonly trackParams: JsonObject
  /** null: made from a top-level `schedule`. */
  readonly challenge: string | null
  /** `['external']` where Rally did not set up the target. */
  readonly car: string | readonly string[]
  readonly carParams: JsonObject
  readonly pluginParams: JsonObject
  readonly cluster: ClusterIdentity
}

export interface ClusterIdentity {
  /** Build hash. */
  readonly revision: string | null
  readonly distributionVersion: string | null
  readonly distributionFlavor: string | null
  readonly teamRevision: string | null
}

/** When a step began: by the coordinator's wall clock, and by its monotonic one after the first step's beginning. */
export type StepStart = Readonly<Record<'at-ms' | 'offset-ms', number>>

/** A load driver as race.json tells of it. */
export interface RaceNode {
  readonly name: string
  /** null: the process of the race itself. */
  readonly address: string | null
  readonly version: string
  readonly cores: number
  readonly 'memory-bytes': number
  readonly os: string
  readonly runtime: string
  /** Clients it played, and the threads that did; 0: it was never ready. */
  readonly clients: number
  readonly workers: number
  /** Begun here, warm-up included. */
  readonly requests: number
  /** Its steps began within ± so many milliseconds of the common start. */
  readonly 'start-skew-ms': number
  /** Longest time without a word from it; 0: never long enough to be told. */
  readonly 'silent-ms': number
  /** Whether one of its figures was over its limit for long enough. */
  readonly 'over-limits': boolean
  /** `step` from 1; null: none had begun. */
  readonly lost: { readonly step: number | null; readonly why: string } | null
  /** Where what it measured is: on this machine, on its own disk (of one that was lost: as far as it was written), or nowhere. */
  readonly samples: 'here' | 'node' | 'none'
}

/** What only our races have; stands under these names at the end of the document. The reports read it there. */
export interface RaceState {
  readonly status: RaceStatus
  /** Every random choice came from it. */
  readonly seed?: string
  /** `line`: what was measured, in words. */
  readonly target?: { readonly line: string; readonly distribution: string }
  /** What sent the requests: `undici` or `lean`. */
  readonly 'http-engine'?: string
  readonly 'on-error'?: string
  readonly 'test-mode'?: boolean
  /** From the race's start to its end. */
  readonly 'duration-seconds'?: number
  /** Why it ended before its time; null: it did not. */
  readonly error?: string | null
  /** What the user was warned of while it ran. */
  readonly warnings?: readonly string[]
  readonly health?: HealthReport
  readonly 'step-starts'?: readonly StepStart[]
  /** What the percentiles were read from; absent: histograms. */
  readonly 'percentiles-from'?: 'samples'
  /** Those that sent the load. */
  readonly nodes?: readonly RaceNode[]
  /** Items like those of `results.op_metrics`, of the tasks that the report leaves out. */
  readonly 'unreported-tasks'?: readonly JsonObject[]
}

/**
 * The race as stored: without results as long as there are none, without empty parameters, and with `<hidden>` for
 * every parameter whose name begins with `secret_`.
 */
export function raceDocument(race: RaceHeader, results: JsonObject | null, state: RaceState | null): JsonObject {
  const { cluster } = race
  return {
    'rally-version': race.rallyVersion,
    'rally-revision': race.rallyRevision,
    environment: race.environment,
    'race-id': race.raceId,
    'race-timestamp': timestampText(race.startedAtMs),
    pipeline: race.pipeline,
    'user-tags': race.userTags,
    track: race.track,
    car: race.car,
    cluster: {
      revision: cluster.revision,
      'distribution-version': cluster.distributionVersion,
      'distribution-flavor': cluster.distributionFlavor,
      'team-revision': cluster.teamRevision
    },
    ...(results === null ? {} : { results }),
    ...(race.trackRevision === null ? {} : { 'track-revision': race.trackRevision }),
    ...(race.challenge === null ? {} : { challenge: race.challenge }),
    ...filled('track-params', race.trackParams),
    ...filled('car-params', race.carParams),
    ...filled('plugin-params', race.pluginParams),
    ...(state === null ? {} : stateFields(state))
  }
}

/** A stored race with other results, and another state of ours; all else stays as it was. */
export function withResults(document: JsonObject, results: JsonObject, state: Partial<RaceState>): JsonObject {
  const fields: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries({ ...document, ...stateFields(state) })) {
    if (key === 'results') continue
    fields[key] = value
    // Where Elastic Rally has them.
    if (key === 'cluster') fields['results'] = results
  }
  return 'results' in fields ? fields : { ...fields, results }
}

function stateFields({ health, nodes, ...state }: Partial<RaceState>): JsonObject {
  const fields: JsonObject = { ...(state as JsonObject), ...(nodes === undefined ? {} : { nodes: nodes.map((node) => ({ ...node })) }) }
  if (health === undefined) return fields
  return { ...fields, health: { verdict: health.verdict, findings: health.findings.map(findingFields) } }
}

function findingFields({ warnsOnly, when, ...finding }: HealthFinding): JsonObject {
  const moment = when === null ? null : { step: when.step, tasks: when.tasks, from_second: when.fromSecond, to_second: when.toSecond }
  return { ...finding, warns_only: warnsOnly, when: moment }
}

function filled(key: string, params: JsonObject): JsonObject {
  return Object.keys(params).length === 0 ? {} : { [key]: withoutSecrets(params) }
}

/** The value with `<hidden>` for every member, however deep, whose name begins with `secret_`. */
export function withoutSecrets(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, key.startsWith('secret_') ? '<hidden>' : withoutSecrets(member)])
  )
}
