// The report of a race out of what its nodes kept: after a crash of the coordinator, or with exact percentiles.

import type { HealthConfig } from '../config/config.ts'
import type { JsonObject } from '../core/json.ts'
import { numberAt, objectAt, objectsAt, textAt } from '../core/json-path.ts'
import { RallyError } from '../core/errors.ts'
import { withResults, type RaceState, type StepStart } from '../metrics/race.ts'
import { measuredResults, unreportedTasks } from '../metrics/results.ts'
import { findResults } from '../results/read-results.ts'
import { challengeToRun, type Track } from '../track/track.ts'
import { exactMeasurements } from './exact-measurements.ts'
import { measurementsOf } from './measurements.ts'
import { replayRace, type Replayed } from './replay-race.ts'

export interface RebuildRequest {
  /** race.json. */
  readonly document: JsonObject
  /** summary.json, where there is one. */
  readonly summary: JsonObject | null
  /** track.json. */
  readonly track: Track
  /** Folders of the race, of each node: its own, or as pulled. */
  readonly folders: readonly string[]
  readonly limits: HealthConfig
  /** What the percentiles are read from. Histograms give the very figures that the race showed. */
  readonly from: 'histograms' | 'samples'
}

export interface RebuiltRace {
  /** To be stored as race.json. */
  readonly document: JsonObject
  /** What is missing in it, a line each. */
  readonly warnings: readonly string[]
}

/** Throws RallyError('race') if the nodes kept no figures of it. */
export async function rebuildRace(request: RebuildRequest): Promise<RebuiltRace> {
  const { document, track, folders, limits } = request
  const warnings: string[] = []
  const problem = (line: string): void => void warnings.push(line)
  const { snapshots, chunks, problems } = await findResults(folders)
  warnings.push(...problems)
  if (snapshots.length === 0) throw new RallyError('race', `nothing is left of what race ${textAt(document, 'race-id')} measured`, { hint: 'its nodes may still have it: see `rally results list`' })
  const schedule = challengeToRun(track)?.schedule ?? []
  const replayed = await replayRace(snapshots, { schedule, limits, stepStarts: stepStartsOf(request), problem })
  warnings.push(...unjoinedLines(replayed))
  let measurements = measurementsOf(schedule, replayed.tasks)
  const health = replayed.health.report(measurements)
  if (request.from === 'samples') {
    const exact = await exactMeasurements(measurements, chunks, problem)
    measurements = [...exact.measurements]
    warnings.push(...exact.incomplete)
  }
  const figures = measuredResults({ track, measurements, telemetry: [] })
  const unreported = unreportedTasks({ track, measurements })
  const source = request.from === 'samples' ? ({ 'percentiles-from': 'samples' } as const) : {}
  const isCrashed = textAt(document, 'status') === 'running'
  const state: Partial<RaceState> = isCrashed ? { ...CRASHED, ...source, health, warnings: [...warnings, NO_TELEMETRY], 'step-starts': stepStartsOf(request) } : source
  const base = isCrashed || request.from === 'samples' ? document : without(document, 'percentiles-from')
  // What the target told of itself is known of a race that came to its end, and of no other.
  const results = isCrashed ? figures : { ...objectAt(document, 'results'), op_metrics: figures['op_metrics'] ?? [] }
  const here = new Set([...snapshots, ...chunks].map(({ header }) => header.node))
  return { document: withNodes(withResults(base, results, { ...state, 'unreported-tasks': unreported }), here), warnings }
}

/** What was brought here need not be pulled any more. */
function withNodes(document: JsonObject, here: ReadonlySet<string>): JsonObject {
  const nodes = objectsAt(document, 'nodes')
  if (nodes.length === 0) return document
  return { ...document, nodes: nodes.map((node) => (here.has(textAt(node, 'name') ?? '') ? { ...node, samples: 'here' } : node)) }
}

const CRASHED = { status: 'failed', error: 'the coordinator ended before the race did; this is what its nodes had kept' } as const
const NO_TELEMETRY = 'what the target tells of itself (merges, garbage collections, sizes …) is missing: the coordinator took it along'

function unjoinedLines({ unjoined }: Replayed): string[] {
  return unjoined.flatMap(({ step, nodes }) => nodes.map((node) => `node ${node} did not tell all that it measured in step ${step + 1}: its figures are those of its last second`))
}

function stepStartsOf({ document, summary }: RebuildRequest): StepStart[] {
  const own = objectsAt(document, 'step-starts')
  const starts = own.length > 0 ? own : objectsAt(summary ?? {}, 'step-starts')
  return starts.map((start) => ({ 'at-ms': numberAt(start, 'at-ms') ?? 0, 'offset-ms': numberAt(start, 'offset-ms') ?? 0 }))
}

function without(document: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([one]) => one !== key))
}
