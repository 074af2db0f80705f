// `--track-params` against what a track's templates take.

import { didYouMean } from '../core/close-match.ts'
import type { JsonObject } from '../core/json.ts'
import { unmentioned } from './mentions.ts'
import { declaredIn, RESERVED_NAMES, TemplateProblem } from './templating.ts'

/** Parameters that no template takes, sorted (Elastic Rally's rule: what only an included file takes does not count). */
export function unusedParams(params: JsonObject, declared: ReadonlySet<string>): string[] {
  return Object.keys(params)
    .filter((name) => !declared.has(name))
    .sort()
}

/** A line for each parameter that Rally sets itself. */
export function reservedProblems(params: JsonObject): string[] {
  const reserved = Object.keys(params).filter((name) => RESERVED_NAMES.includes(name))
  return reserved.sort().map((name) => `track parameter [${name}] is set by Rally and cannot be given`)
}

/** A line for each parameter that surely no template takes, where not all of them could be read: no file even mentions it. */
export function surelyUnusedProblems(params: JsonObject, declared: ReadonlySet<string>, folder: string): string[] {
  const unknown = unusedParams(params, declared).filter((name) => !RESERVED_NAMES.includes(name))
  return unmentioned(folder, unknown).map((name) => `track parameter [${name}] is not used by this track${didYouMean(name, declared)}`)
}

/** A line for each parameter that no template takes, with the nearest one that is taken; the last line names them all. */
export function unusedProblems(params: JsonObject, declared: ReadonlySet<string>, included: ReadonlyMap<string, string>): string[] {
  const unused = unusedParams(params, declared).filter((name) => !RESERVED_NAMES.includes(name))
  const known = [...declared].sort()
  const all = known.length === 0 ? 'this track takes none' : `this track takes: ${known.join(', ')}`
  return unused.map((name, i) => {
    const takers = [...included].filter(([, source]) => takes(source, name)).map(([file]) => file)
    const nearest =
      takers.length === 0 ? didYouMean(name, known) : `: only [${takers.join(', ')}] takes it, and what is included does not count`
    return `track parameter [${name}] is not used by this track${nearest}${i === unused.length - 1 ? ` (${all})` : ''}`
  })
}

function takes(source: string, name: string): boolean {
  try {
    return declaredIn(source).has(name)
  } catch (error) {
    // It was rendered, so it can be read; but a file may be included only when a condition holds.
    if (error instanceof TemplateProblem) return false
    throw error
  }
}
