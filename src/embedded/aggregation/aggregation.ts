// What every kind of aggregation is made of.

import type { JsonObject } from '../../core/json.ts'
import { ApiError, parsingError, unsupported } from '../api-error.ts'
import type { EmbeddedIndex } from '../store/embedded-index.ts'
import type { Field } from '../store/field.ts'
import { printDate } from '../store/date-format.ts'
import type { SegmentView } from '../store/segment.ts'
import { textFieldError } from '../search/sort.ts'

/** Matching, live documents of one segment, each once. */
export interface AggregationSlice {
  readonly view: SegmentView
  readonly index: EmbeddedIndex
  readonly docs: Uint32Array
}

export interface AggregationContext {
  readonly indices: readonly EmbeddedIndex[]
  readonly nowMs: number
}

/** A checked aggregation: documents in, its part of the answer out. */
export interface Aggregation {
  run(slices: readonly AggregationSlice[]): JsonObject
}

export type SubAggregations = ReadonlyMap<string, Aggregation>

/** Parses the body of one kind; throws ApiError. */
export type AggregationParser = (body: JsonObject, context: AggregationContext, children: SubAggregations) => Aggregation

export function runAll(aggregations: SubAggregations, slices: readonly AggregationSlice[]): JsonObject {
  const results: Record<string, JsonObject> = {}
  for (const [name, aggregation] of aggregations) results[name] = aggregation.run(slices)
  return results
}

/** Refuses keys this node would otherwise silently leave out. */
export function checkKeys(kind: string, body: JsonObject, known: ReadonlySet<string>): void {
  for (const key of Object.keys(body)) if (!known.has(key)) throw unsupported(`[${key}] in aggregation [${kind}]`)
}

/** The field an aggregation reads; null: no index maps it. Throws ApiError for text fields. */
export function fieldOf(kind: string, body: JsonObject, context: AggregationContext): Field | null {
  const path = body['field']
  if (typeof path !== 'string') throw parsingError(`Required one of fields [field, script], but none were specified. [${kind}]`)
  for (const index of context.indices) {
    const field = index.mapping.fields.get(path)
    if (field?.type === 'text') throw textFieldError(path, index.name)
    if (field !== undefined) return field
  }
  return null
}

/** Throws unless the field holds numbers (or dates, or booleans). */
export function numericOnly(kind: string, field: Field | null): void {
  if (field !== null && (field.type === 'keyword' || field.type === 'geo_point')) {
    throw new ApiError(
      400,
      'illegal_argument_exception',
      `Field [${field.path}] of type [${field.type}] is not supported for aggregation [${kind}]`
    )
  }
}

export function totalDocs(slices: readonly AggregationSlice[]): number {
  return slices.reduce((sum, { docs }) => sum + docs.length, 0)
}

/** `value_as_string` and `key_as_string` of dates and booleans. */
export function asText(field: Field | null, value: number): string | null {
  if (field?.type === 'date') return printDate(value)
  return field?.type === 'boolean' ? String(value !== 0) : null
}
