// What every query is parsed with and into.

import { isObject, type JsonObject } from '../../core/json.ts'
import { parsingError, unsupported } from '../api-error.ts'
import type { Mapping } from '../store/mapping.ts'
import type { SegmentView } from '../store/segment.ts'
import type { BoundQuery } from './matcher.ts'

/** A checked query: binds to the segments of a shard. */
export type Query = (shard: readonly SegmentView[]) => BoundQuery

export interface QueryContext {
  readonly indexName: string
  readonly mapping: Mapping
  /** Wall clock of the request, for `now` in dates. */
  readonly nowMs: number
}

/** Parses the body of one kind of query; throws ApiError. */
export type QueryParser = (body: JsonObject, context: QueryContext, depth: number) => Query

/** `{"population": {"gte": 1}}` → field and body; exactly one field is allowed besides `others`. */
export function fieldClause(kind: string, body: JsonObject, others: ReadonlySet<string> = new Set()): { field: string; clause: unknown } {
  const fields = Object.keys(body).filter((key) => !others.has(key))
  const [field, second] = fields
  if (field === undefined) throw parsingError(`[${kind}] query malformed, no field name`)
  if (second !== undefined) throw parsingError(`[${kind}] query doesn't support multiple fields, found [${field}] and [${second}]`)
  return { field, clause: body[field] }
}

/** Refuses keys of a query that this node would otherwise silently leave out. */
export function checkKeys(kind: string, body: JsonObject, known: ReadonlySet<string>): void {
  for (const key of Object.keys(body)) if (!known.has(key)) throw unsupported(`[${key}] in query [${kind}]`)
}

export function readBoost(body: JsonObject): number {
  const boost = body['boost']
  if (boost === undefined) return 1
  const number = Number(boost)
  if (typeof boost === 'object' || Number.isNaN(number)) throw parsingError(`failed to parse [boost] value [${JSON.stringify(boost)}]`)
  if (number < 0) throw parsingError(`negative [boost] are not allowed in [${JSON.stringify(body)}]`)
  return number
}

/** A scalar as a query gives it; throws ApiError for objects, lists and null. */
export function scalar(kind: string, value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw parsingError(`[${kind}] query needs a text, number or boolean but found [${JSON.stringify(value) ?? 'nothing'}]`)
}

export function objectOf(kind: string, value: unknown): JsonObject {
  if (!isObject(value)) throw parsingError(`[${kind}] query malformed, no start_object after query name`)
  return value
}
