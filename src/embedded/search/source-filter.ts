// `_source`: which part of a document a hit shows.

import { parseJson } from '../../core/json-parse.ts'
import { printJson } from '../../core/json-print.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { illegalArgument, parsingError } from '../api-error.ts'

export interface SourceFilter {
  readonly isShown: boolean
  /** Empty: all. */
  readonly includes: readonly string[]
  readonly excludes: readonly string[]
}

export const WHOLE_SOURCE: SourceFilter = { isShown: true, includes: [], excludes: [] }

/** `true`, `false`, `"a.*"`, `["a", "b"]`, `{includes, excludes}`; throws ApiError. */
export function parseSourceFilter(value: unknown): SourceFilter {
  if (value === undefined || value === true || value === 'true') return WHOLE_SOURCE
  if (value === false || value === 'false') return { ...WHOLE_SOURCE, isShown: false }
  if (typeof value === 'string' || Array.isArray(value)) return { ...WHOLE_SOURCE, includes: patterns(value) }
  if (!isObject(value)) throw parsingError('Expected one of [VALUE_BOOLEAN, START_OBJECT, START_ARRAY, VALUE_STRING] for [_source]')
  for (const key of Object.keys(value)) {
    if (!['include', 'includes', 'exclude', 'excludes'].includes(key)) throw parsingError(`Unknown key for a VALUE_STRING in [${key}].`)
  }
  return {
    isShown: true,
    includes: patterns(value['includes'] ?? value['include'] ?? []),
    excludes: patterns(value['excludes'] ?? value['exclude'] ?? [])
  }
}

export function patterns(value: unknown): string[] {
  const list = typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(list) || list.some((item) => typeof item !== 'string')) throw illegalArgument('source filters must be texts')
  return list as string[]
}

/** The source as the filter leaves it, numbers as they were written. */
export function filterSource(filter: SourceFilter, source: string): string {
  if (filter.includes.length === 0 && filter.excludes.length === 0) return source
  const document = parseJson(source)
  const includes = filter.includes.map(toRegExp)
  const excludes = filter.excludes.map(toRegExp)
  return printJson(isObject(document) ? keep(document, '', { includes, excludes }) : document)
}

interface Patterns {
  readonly includes: readonly PathPattern[]
  readonly excludes: readonly PathPattern[]
}

interface PathPattern {
  /** The path, or anything below it. */
  readonly covers: RegExp
  /** A path that may lead to what the pattern names. */
  readonly leadsTo: RegExp
}

function toRegExp(pattern: string): PathPattern {
  const names = pattern.split('.').map((name) => name.replace(/[\\^$+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*'))
  const covers = new RegExp(`^${names.join('\\.')}(?:\\..*)?$`)
  const heads = names.map((_, i) => names.slice(0, i + 1).join('\\.'))
  return { covers, leadsTo: new RegExp(`^(?:${heads.join('|')})$`) }
}

function keep(object: JsonObject, path: string, filter: Patterns): JsonObject {
  const kept: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(object)) {
    const childPath = path === '' ? key : `${path}.${key}`
    if (filter.excludes.some(({ covers }) => covers.test(childPath))) continue
    const isIncluded = filter.includes.length === 0 || filter.includes.some(({ covers }) => covers.test(childPath))
    const child = keepValue(value, childPath, isIncluded ? { ...filter, includes: [] } : filter)
    if (child !== undefined) Object.defineProperty(kept, key, { value: child, enumerable: true, configurable: true, writable: true })
  }
  return kept
}

function keepValue(value: JsonValue, path: string, filter: Patterns): JsonValue | undefined {
  const isIncluded = filter.includes.length === 0
  if (!isIncluded && !filter.includes.some(({ leadsTo }) => leadsTo.test(path))) return undefined
  if (isObject(value)) {
    const child = keep(value, path, filter)
    return isIncluded || Object.keys(child).length > 0 ? child : undefined
  }
  if (Array.isArray(value) && value.some(isObject)) {
    const items = value.map((item) => keepValue(item as JsonValue, path, filter)).filter((item) => item !== undefined)
    return isIncluded || items.length > 0 ? items : undefined
  }
  return isIncluded ? value : undefined
}
