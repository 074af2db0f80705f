// The door through which a track comes in: found, rendered, checked as a whole, filtered.

import { systemClock } from '../core/clock.ts'
import type { JsonObject } from '../core/json.ts'
import { reservedProblems, surelyUnusedProblems, unusedProblems } from './check-params.ts'
import { findTrack, type FoundTrack, type TrackSource } from './find-track.ts'
import { TrackError, type Mistake } from './mistake.ts'
import { readTrackFiles, type ReadTrack } from './read-track-files.ts'
import { excludeTasks, idleFilters, includeTasks, selectForServerless, taskFilter, type TaskFilter } from './select-tasks.ts'
import type { Templating } from './templating.ts'
import { inTestMode } from './test-mode.ts'
import type { Track } from './track.ts'

export interface TemplateOptions {
  /** `--track-params` */
  readonly params?: JsonObject
  /** Of the cluster; `default` if left out, Python's None if null. */
  readonly buildFlavor?: string | null
  readonly serverlessOperator?: boolean
  /** Seconds since the epoch for `now`; by default the wall clock's. */
  readonly nowSeconds?: number
}

export interface LoadTrackRequest extends TemplateOptions {
  readonly source: TrackSource
  /** `--challenge`; null: the default one. */
  readonly challenge?: string | null
  readonly includeTasks?: readonly string[]
  /** Counts only without `includeTasks`. */
  readonly excludeTasks?: readonly string[]
  /** Whether the cluster is serverless. */
  readonly isServerless?: boolean
  readonly testMode?: boolean
  /** Unused parameters are told as warnings then. */
  readonly ignoreUnusedParams?: boolean
  /** Looks for more mistakes in the filtered track, so that they are told together with the others (missing data files …). */
  readonly moreChecks?: (track: Track) => readonly Mistake[]
}

export interface LoadedTrack {
  /** Filtered; in test mode if asked for. */
  readonly track: Track
  /** The commit, if the track came from a repository. */
  readonly revision: string | null
  readonly origin: FoundTrack['origin']
  readonly warnings: readonly string[]
  /** What was left out of the challenge to run, because the cluster is serverless. */
  readonly serverlessLines: readonly { readonly challenge: string; readonly text: string }[]
}

/** Throws TrackError (a RallyError('track')) with all mistakes at once; RallyError('track' or 'usage') if there is no such track. */
export async function loadTrack(request: LoadTrackRequest): Promise<LoadedTrack> {
  const found = await findTrack(request.source)
  const read = readTrackFiles({ found, templating: templatingOf(request), challenge: nonEmpty(request.challenge) })
  const mistakes = [...read.mistakes]
  const warnings = [...found.warnings, ...read.warnings]
  const report = (kind: Mistake['kind'], message: string): void => void mistakes.push({ kind, file: null, line: null, path: [], message })
  checkParams(request, found, read, { mistake: (message) => report('params', message), warning: (message) => void warnings.push(message) })
  const filters = readFilters(request, (message) => report('filter', message))
  let track = read.track
  let serverlessLines: LoadedTrack['serverlessLines'] = []
  if (track !== null) {
    warnings.push(...idleFilters(track, filters.all))
    track = filters.including ? includeTasks(track, filters.all) : excludeTasks(track, filters.all)
    if (request.isServerless === true) {
      const selection = selectForServerless(track, request.serverlessOperator ?? false)
      track = selection.track
      serverlessLines = selection.lines
    }
    if (request.testMode === true) track = inTestMode(track, (task, problem) => report('track', `task [${task.name}]: ${problem}`))
    for (const mistake of request.moreChecks?.(track) ?? [])
      mistakes.push(mistake.file === null ? { ...mistake, ...read.placeOf(mistake.path) } : mistake)
  }
  if (mistakes.length > 0 || track === null) throw new TrackError(found.name, mistakes, warnings)
  return { track, revision: found.revision, origin: found.origin, warnings, serverlessLines }
}

export function templatingOf(options: TemplateOptions): Templating {
  return {
    params: options.params ?? {},
    buildFlavor: options.buildFlavor === undefined ? 'default' : options.buildFlavor,
    serverlessOperator: options.serverlessOperator ?? false,
    nowSeconds: options.nowSeconds ?? systemClock.wallMs() / 1000
  }
}

function nonEmpty(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text
}

interface Tell {
  readonly mistake: (message: string) => void
  readonly warning: (message: string) => void
}

function checkParams(request: LoadTrackRequest, found: FoundTrack, read: ReadTrack, tell: Tell): void {
  const params = request.params ?? {}
  reservedProblems(params).forEach(tell.mistake)
  const unused = read.isDeclaredWhole
    ? unusedProblems(params, read.declared, read.included)
    : surelyUnusedProblems(params, read.declared, found.dir)
  unused.forEach(request.ignoreUnusedParams === true ? tell.warning : tell.mistake)
}

function readFilters(
  request: LoadTrackRequest,
  report: (message: string) => void
): { readonly including: boolean; readonly all: readonly TaskFilter[] } {
  const including = (request.includeTasks ?? []).length > 0
  const texts = (including ? request.includeTasks : request.excludeTasks) ?? []
  const all = texts.flatMap((text) => {
    const filter = taskFilter(text)
    if (!('problem' in filter)) return [filter]
    report(`${including ? '--include-tasks' : '--exclude-tasks'}: ${filter.problem}`)
    return []
  })
  return { including: including && all.length > 0, all }
}
