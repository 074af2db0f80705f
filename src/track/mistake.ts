// What is wrong with a track: every mistake with its place. A track is loaded only if there is none.

import { closestMatch } from '../core/close-match.ts'
import { RallyError } from '../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import { pathText, type DocumentPath } from './document-path.ts'

/** The stage that noticed it; the order is the order of the stages. */
export type MistakeKind = 'setup' | 'template' | 'json' | 'version' | 'schema' | 'track' | 'body' | 'params' | 'filter' | 'corpus'

export interface Mistake {
  readonly kind: MistakeKind
  /** Relative to the track's folder; null: not in a file (a flag, a parameter). */
  readonly file: string | null
  /** From 1; null: unknown. */
  readonly line: number | null
  /** In the rendered document or body. */
  readonly path: DocumentPath
  /** The fact, with the value and the nearest right word. */
  readonly message: string
  /** Which rule of the format was broken, in the notation of JSON schema; only of kind `schema`. */
  readonly schemaPath?: DocumentPath
}

/** `track.json:12: challenges[0].schedule[3].clients: must be at least 1 but is [0]`. */
export function mistakeText(mistake: Mistake): string {
  const file = mistake.file === null ? '' : mistake.line === null ? `${mistake.file}: ` : `${mistake.file}:${mistake.line}: `
  const path = pathText(mistake.path)
  return `${file}${path === '' ? '' : `${path}: `}${mistake.message}`
}

/** All mistakes of a track at once. */
export class TrackError extends RallyError {
  readonly mistakes: readonly Mistake[]
  /** What would have been warned of, had the track been sound. */
  readonly warnings: readonly string[]

  constructor(trackName: string, mistakes: readonly Mistake[], warnings: readonly string[] = []) {
    const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`
    super('track', `track [${trackName}] has ${count}`, {
      // A misspelt name may be what the mistakes come from.
      problems: [...problemLines(mistakes), ...warnings.map((warning) => `warning: ${warning}`)],
      hint: 'correct the track or its parameters; `rally render-track` shows the rendered document'
    })
    this.name = 'TrackError'
    this.mistakes = mistakes
    this.warnings = warnings
  }
}

/** More of them nobody reads. */
const MAX_PROBLEMS = 100

function problemLines(mistakes: readonly Mistake[]): string[] {
  const lines = mistakes.slice(0, MAX_PROBLEMS).map(mistakeText)
  return mistakes.length > MAX_PROBLEMS ? [...lines, `… and ${mistakes.length - MAX_PROBLEMS} more`] : lines
}

const MAX_SHOWN = 80

/** A value as messages show it: `[0]`, `["2"]`; of a long one the beginning. */
export function shown(value: JsonValue | undefined): string {
  if (value === undefined) return '[nothing]'
  const text = printJson(beginningOf(value, { items: MAX_SHOWN }))
  return `[${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}]`
}

/** As much of a value as `left` allows, so that showing a huge one costs nothing. */
function beginningOf(value: JsonValue, left: { items: number }): JsonValue {
  if (typeof value === 'string') return value.slice(0, MAX_SHOWN + 1)
  if (Array.isArray(value)) return takeWhileLeft(value as readonly JsonValue[], left).map((item) => beginningOf(item, left))
  if (!isObject(value)) return value
  return Object.fromEntries(takeWhileLeft(Object.entries(value), left).map(([key, member]) => [key, beginningOf(member, left)]))
}

function takeWhileLeft<T>(items: readonly T[], left: { items: number }): readonly T[] {
  const taken = items.slice(0, Math.max(0, left.items))
  left.items -= taken.length
  return taken
}

/** `; is [operationx] meant to be it?` where a key of an object looks like the one that is missing. */
export function slipOf(missing: string, object: JsonObject, isMeant: (key: string) => boolean = () => false): string {
  const slip = closestMatch(
    missing,
    Object.keys(object).filter((key) => !isMeant(key))
  )
  return slip === null ? '' : `; is [${slip}] meant to be it?`
}
