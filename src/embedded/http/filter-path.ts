// `filter_path`: only those parts of an answer, and `pretty`.

import { parseJson } from '../../core/json-parse.ts'
import { printJson } from '../../core/json-print.ts'
import { isObject, type JsonValue } from '../../core/json.ts'
import { matchesWildcard } from '../store/index-store.ts'

/** Reshapes a JSON text; `paths` as `took,hits.total.*,-hits.hits` (null: all). */
export function reshape(body: string, paths: string | null, pretty: boolean): string {
  let value: JsonValue = parseJson(body)
  if (paths !== null && paths !== '') {
    const all = paths.split(',')
    const excludes = all.filter((path) => path.startsWith('-')).map((path) => path.slice(1).split('.'))
    const includes = all.filter((path) => !path.startsWith('-')).map((path) => path.split('.'))
    if (includes.length > 0) value = pick(value, includes) ?? {}
    if (excludes.length > 0) value = drop(value, excludes) ?? {}
  }
  return printJson(value, { indent: pretty ? 2 : 0 })
}

type Path = readonly string[]

/** The patterns that still apply below `key`; `**` stays for any depth. */
function descend(patterns: readonly Path[], key: string): Path[] {
  const below: Path[] = []
  for (const path of patterns) {
    const [name, ...rest] = path
    if (name === undefined) continue
    if (name === '**') below.push(path, ...descend([rest], key))
    else if (matchesWildcard(name, key)) below.push(rest)
  }
  return below
}

function isComplete(patterns: readonly Path[]): boolean {
  return patterns.some((path) => path.length === 0 || (path.length === 1 && path[0] === '**'))
}

function pick(value: JsonValue, patterns: readonly Path[]): JsonValue | undefined {
  if (isComplete(patterns)) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => pick(item as JsonValue, patterns)).filter((item) => item !== undefined)
    return items.length > 0 ? items : undefined
  }
  if (!isObject(value)) return undefined
  const kept = Object.entries(value).flatMap(([key, child]) => {
    const below = descend(patterns, key)
    const part = below.length === 0 ? undefined : pick(child, below)
    return part === undefined ? [] : [[key, part] as const]
  })
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

function drop(value: JsonValue, patterns: readonly Path[]): JsonValue | undefined {
  if (isComplete(patterns)) return undefined
  if (Array.isArray(value)) return value.map((item) => drop(item as JsonValue, patterns)).filter((item) => item !== undefined)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => {
      const part = drop(child, descend(patterns, key))
      return part === undefined ? [] : [[key, part] as const]
    })
  )
}
