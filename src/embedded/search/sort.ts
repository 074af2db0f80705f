// `sort`: what hits are ordered by. Each clause gives every document of a segment a number to compare by, and for hits that
// are kept, a value that compares across segments.

import { isObject, type JsonObject } from '../../core/json.ts'
import { ApiError, illegalArgument, parsingError, unsupported } from '../api-error.ts'
import { distanceMeters, type GeoPoint } from '../columns/geo-column.ts'
import { codePointOrder, lowerBound } from '../columns/string-order.ts'
import { convertPoint } from '../store/convert-value.ts'
import { parseDate } from '../store/date-format.ts'
import { COLUMN_OF_TYPE, type FieldType } from '../store/field.ts'
import type { Segment } from '../store/segment.ts'
import type { Matcher } from '../query/matcher.ts'
import type { QueryContext } from '../query/query.ts'
import { show } from '../show.ts'

type NumberKind = 'integer' | 'long' | 'fraction'

/** Compares across segments; null: no value. */
export type SortValue = number | string | null

export interface SortClause {
  readonly kind: 'score' | 'doc' | 'field' | 'distance'
  readonly path: string
  readonly isDescending: boolean
  readonly missingFirst: boolean
  readonly mode: 'min' | 'max'
  /** Only of `distance`. */
  readonly origin: GeoPoint | null
  /** What a missing value shows as: the largest or smallest number of its kind, or null. */
  readonly numberKind: NumberKind | null
}

const FIELD_KEYS = new Set(['order', 'missing', 'mode', 'unmapped_type', 'format', 'numeric_type'])

/** Parses `sort`; null: by score. Throws ApiError. */
export function parseSort(sort: unknown, context: QueryContext): SortClause[] | null {
  if (sort === undefined || sort === null) return null
  const items = Array.isArray(sort) ? sort : [sort]
  const clauses = items.flatMap((item) => parseItem(item, context))
  const isByScoreOnly = clauses.length === 0 || (clauses.length === 1 && clauses[0]!.kind === 'score' && clauses[0]!.isDescending)
  return isByScoreOnly ? null : clauses
}

function parseItem(item: unknown, context: QueryContext): SortClause[] {
  if (typeof item === 'string') return [fieldClause(item, {}, context)]
  if (!isObject(item)) throw parsingError('malformed sort format, within the sort array, an object, or an actual string are allowed')
  return Object.entries(item).map(([path, options]) => {
    if (path === '_geo_distance' && isObject(options)) return distanceClause(options)
    if (typeof options === 'string') return fieldClause(path, { order: options }, context)
    if (isObject(options)) return fieldClause(path, options, context)
    throw parsingError(`malformed sort of [${path}]`)
  })
}

function fieldClause(path: string, options: JsonObject, context: QueryContext): SortClause {
  for (const key of Object.keys(options)) if (!FIELD_KEYS.has(key)) throw unsupported(`[${key}] in sort of [${path}]`)
  for (const key of ['format', 'numeric_type']) if (options[key] !== undefined) throw unsupported(`[${key}] in sort of [${path}]`)
  const isDescending = readOrder(options['order'], path === '_score')
  const missing = show(options['missing'] ?? '_last')
  if (missing !== '_last' && missing !== '_first') throw unsupported(`missing [${missing}] in sort of [${path}]`)
  const mode = show(options['mode'] ?? (isDescending ? 'max' : 'min'))
  if (mode !== 'min' && mode !== 'max') throw unsupported(`mode [${mode}] in sort of [${path}]`)
  const base = { path, isDescending, missingFirst: missing === '_first', mode, origin: null, numberKind: null } as const
  if (path === '_score') return { ...base, kind: 'score' }
  if (path === '_doc' || path === '_shard_doc') return { ...base, kind: 'doc' }
  const field = context.mapping.fields.get(path)
  if (field === undefined) {
    if (options['unmapped_type'] !== undefined) return { ...base, kind: 'field', numberKind: 'long' }
    const details = { index: context.indexName }
    throw new ApiError(400, 'query_shard_exception', `No mapping found for [${path}] in order to sort on`, { details })
  }
  if (field.type === 'text') throw textFieldError(path, context.indexName)
  if (field.type === 'geo_point')
    throw illegalArgument(`can't sort on geo_point field without using specific sorting feature, like geo_distance`)
  return { ...base, kind: 'field', numberKind: numberKindOf(field.type) }
}

function numberKindOf(type: FieldType): NumberKind | null {
  if (COLUMN_OF_TYPE[type] !== 'numeric') return null
  if (['byte', 'short', 'integer'].includes(type)) return 'integer'
  return ['half_float', 'float', 'double', 'scaled_float'].includes(type) ? 'fraction' : 'long'
}

export function textFieldError(path: string, indexName: string): ApiError {
  return illegalArgument(
    `Fielddata is disabled on [${path}] in [${indexName}]. Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead.`
  )
}

function readOrder(order: unknown, fallback: boolean): boolean {
  if (order === undefined) return fallback
  const text = show(order).toLowerCase()
  if (text !== 'asc' && text !== 'desc')
    throw illegalArgument(`No enum constant org.elasticsearch.search.sort.SortOrder.${text.toUpperCase()}`)
  return text === 'desc'
}

const DISTANCE_KEYS = new Set(['order', 'unit', 'mode', 'distance_type', 'ignore_unmapped', 'validation_method'])

function distanceClause(options: JsonObject): SortClause {
  const [path, second] = Object.keys(options).filter((key) => !DISTANCE_KEYS.has(key))
  if (path === undefined || second !== undefined) throw parsingError('[_geo_distance] needs exactly one field')
  const unit = show(options['unit'] ?? 'm')
  if (unit !== 'm') throw unsupported(`unit [${unit}] in sort [_geo_distance]`)
  const isDescending = readOrder(options['order'], false)
  const mode = isDescending ? 'max' : 'min'
  const origin = convertPoint(path, options[path])
  return { kind: 'distance', path, isDescending, missingFirst: false, mode, origin, numberKind: 'fraction' }
}

/** A document's place in the order of one clause, in one segment: a smaller number comes first. */
export type SortKey = (doc: number) => number

/** Keys are negated for descending order; a missing value is an infinity at its end. */
export function sortKey(clause: SortClause, segment: Segment, matcher: Matcher): SortKey {
  const sign = clause.isDescending ? -1 : 1
  const missing = clause.missingFirst ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (clause.kind === 'score') return (doc) => sign * matcher.score(doc)
  if (clause.kind === 'doc') return (doc) => sign * doc
  const column = segment.columns.get(clause.path)
  if (column === undefined || column.kind === 'text') return () => missing
  const { starts } = column
  const useLast = clause.mode === 'max'
  if (column.kind === 'geo') {
    const { lat, lon } = clause.origin!
    return (doc) => {
      let best = missing
      for (let i = starts[doc]!; i < starts[doc + 1]!; i++) {
        const key = sign * distanceMeters(lat, lon, column.lats[i]!, column.lons[i]!)
        best = best === missing ? key : Math.min(best, key)
      }
      return best
    }
  }
  // Values of a document ascend, so the smallest is the first and the largest the last.
  const values = column.kind === 'numeric' ? column.values : column.ordinals
  return (doc) => {
    const from = starts[doc]!
    const to = starts[doc + 1]!
    return from === to ? missing : sign * values[useLast ? to - 1 : from]!
  }
}

/** The value behind a key. */
export function sortValueOf(clause: SortClause, segment: Segment, key: number): SortValue {
  if (!Number.isFinite(key)) return null
  const value = clause.isDescending ? -key : key
  const column = segment.columns.get(clause.path)
  return column?.kind === 'keyword' && clause.kind === 'field' ? column.terms[value]! : value
}

/** The key that stands where `value` would stand in this segment: between two keys if no document has it. */
export function keyOfValue(clause: SortClause, segment: Segment, value: SortValue): number {
  if (value === null) return clause.missingFirst ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  const sign = clause.isDescending ? -1 : 1
  if (typeof value === 'number') return sign * value
  const column = segment.columns.get(clause.path)
  if (column?.kind !== 'keyword') return sign
  const at = lowerBound(column.terms, value)
  return sign * (column.terms[at] === value ? at : at - 0.5)
}

/** Order of two hits by one clause, across segments. */
export function compareValues(clause: SortClause, a: SortValue, b: SortValue): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === clause.missingFirst ? -1 : 1
  const order = typeof a === 'string' || typeof b === 'string' ? codePointOrder(String(a), String(b)) : a - b
  return clause.isDescending ? -order : order
}

// Java's largest and smallest values, which Elasticsearch shows for a number that is missing.
const LARGEST: Readonly<Record<NumberKind, string>> = { integer: '2147483647', long: '9223372036854775807', fraction: '"Infinity"' }
const SMALLEST: Readonly<Record<NumberKind, string>> = { integer: '-2147483648', long: '-9223372036854775808', fraction: '"-Infinity"' }

/** A sort value as it stands in a hit. */
export function printSortValue(clause: SortClause, value: SortValue): string {
  if (value !== null) return JSON.stringify(value)
  if (clause.numberKind === null) return 'null'
  return (clause.missingFirst === clause.isDescending ? LARGEST : SMALLEST)[clause.numberKind]
}

/** Reads one value of `search_after`, as a hit of the page before showed it. */
export function parseSortValue(clause: SortClause, value: unknown, context: QueryContext): SortValue {
  if (value === null || value === 'Infinity' || value === '-Infinity') return null
  const field = context.mapping.fields.get(clause.path)
  if (clause.kind === 'field' && field?.type === 'keyword') return show(value)
  if (clause.kind === 'field' && field?.type === 'date' && typeof value === 'string') {
    const ms = parseDate(field.dateFormat, value)
    if (!Number.isNaN(ms)) return ms
  }
  const number = typeof value === 'boolean' ? Number(value) : typeof value === 'object' || value === '' ? Number.NaN : Number(value)
  if (Number.isNaN(number)) throw illegalArgument(`Failed to parse search_after value for field [${clause.path}].`)
  return clause.numberKind === 'long' && Math.abs(number) >= 2 ** 63 ? null : number
}
