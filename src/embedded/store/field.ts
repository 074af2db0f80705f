// One mapped field: what its mapping says, reduced to what this node acts on.

import type { JsonObject } from '../../core/json.ts'
import { isObject } from '../../core/json.ts'
import { ApiError, unsupported } from '../api-error.ts'
import { parseDateFormat, type DateFormat } from './date-format.ts'
import { show, words } from '../show.ts'

/** Which column holds a field of this type. */
export const COLUMN_OF_TYPE = {
  keyword: 'keyword',
  text: 'text',
  byte: 'numeric',
  short: 'numeric',
  integer: 'numeric',
  long: 'numeric',
  half_float: 'numeric',
  float: 'numeric',
  double: 'numeric',
  scaled_float: 'numeric',
  boolean: 'numeric',
  date: 'numeric',
  geo_point: 'geo'
} as const

export type FieldType = keyof typeof COLUMN_OF_TYPE

export interface Field {
  /** Dotted, as queries name it: `name.raw`. */
  readonly path: string
  readonly type: FieldType
  /** As given, for `GET _mapping`. */
  readonly definition: JsonObject
  readonly multiFields: readonly Field[]
  /** Strings longer than this are not indexed. */
  readonly ignoreAbove: number
  readonly ignoreMalformed: boolean
  readonly coerce: boolean
  readonly nullValue: unknown
  /** Only of `date`. */
  readonly dateFormat: DateFormat
  /** Only of `scaled_float`; else 1. */
  readonly scalingFactor: number
}

// Understood, or without any effect on answers. What is not listed changes answers, and is refused.
const KNOWN_PARAMETERS = new Set(
  words(`
  type fields ignore_above ignore_malformed coerce null_value format scaling_factor meta store norms fielddata
  eager_global_ordinals index_options index_prefixes index_phrases term_vector position_increment_gap doc_values index
  split_queries_on_whitespace similarity boost analyzer search_analyzer ignore_z_value time_series_dimension
  time_series_metric
`)
)

export function isFieldType(type: unknown): type is FieldType {
  return typeof type === 'string' && Object.hasOwn(COLUMN_OF_TYPE, type)
}

/** Reads a leaf of `properties`; throws ApiError for what the node cannot hold. */
export function parseField(path: string, definition: JsonObject): Field {
  const { type } = definition
  if (!isFieldType(type)) throw unsupported(`fields of type [${show(type)}] (field [${path}])`)
  for (const key of Object.keys(definition)) {
    if (!KNOWN_PARAMETERS.has(key)) throw unsupported(`mapping parameter [${key}] on field [${path}]`)
  }
  for (const key of ['analyzer', 'search_analyzer', 'similarity']) {
    const value = definition[key]
    if (value !== undefined && value !== 'standard' && value !== 'BM25') throw unsupported(`${key} [${show(value)}] (field [${path}])`)
  }
  for (const key of ['index', 'doc_values']) {
    if (definition[key] === false) throw unsupported(`mapping parameter [${key}: false] on field [${path}]`)
  }
  return {
    path,
    type,
    definition,
    multiFields: parseMultiFields(path, definition['fields']),
    ignoreAbove: positiveOr(definition['ignore_above'], Number.POSITIVE_INFINITY),
    ignoreMalformed: isTrue(definition['ignore_malformed']),
    coerce: definition['coerce'] === undefined || isTrue(definition['coerce']),
    nullValue: definition['null_value'] ?? null,
    dateFormat: parseDateFormat(definition['format']),
    scalingFactor: type === 'scaled_float' ? positiveOr(definition['scaling_factor'], Number.NaN) : 1
  }
}

function parseMultiFields(path: string, fields: unknown): Field[] {
  if (fields === undefined) return []
  if (!isObject(fields)) throw malformed(`[fields] of [${path}] must be an object`)
  return Object.entries(fields).map(([name, definition]) => {
    if (!isObject(definition)) throw malformed(`expected a map for property [fields] on field [${name}]`)
    return parseField(`${path}.${name}`, definition)
  })
}

function positiveOr(value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  const number = Number(value)
  if (!(number > 0)) throw malformed(`expected a positive number but was [${show(value)}]`)
  return number
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

export function malformed(reason: string): ApiError {
  return new ApiError(400, 'mapper_parsing_exception', reason)
}
