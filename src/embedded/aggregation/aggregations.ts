// The table of aggregation kinds: JSON → Aggregation. One line per kind.

import { isObject, type JsonObject } from '../../core/json.ts'
import { illegalArgument, parsingError, unsupported } from '../api-error.ts'
import {
  runAll,
  type Aggregation,
  type AggregationContext,
  type AggregationParser,
  type AggregationSlice,
  type SubAggregations
} from './aggregation.ts'
import { parseFilter } from './filter-aggregation.ts'
import { parseDateHistogram, parseHistogram } from './histogram-aggregation.ts'
import { parseAvg, parseCardinality, parseMax, parseMin, parseStats, parseSum, parseValueCount } from './metric-aggregations.ts'
import { parseRange } from './range-aggregation.ts'
import { parseTerms } from './terms-aggregation.ts'

export type { AggregationSlice } from './aggregation.ts'

const PARSERS: ReadonlyMap<string, AggregationParser> = new Map([
  ['terms', parseTerms],
  ['histogram', parseHistogram],
  ['date_histogram', parseDateHistogram],
  ['range', parseRange],
  ['filter', parseFilter],
  ['min', parseMin],
  ['max', parseMax],
  ['avg', parseAvg],
  ['sum', parseSum],
  ['value_count', parseValueCount],
  ['stats', parseStats],
  ['cardinality', parseCardinality]
])

/** Kinds that make buckets, and so may hold further aggregations. */
const BUCKET_KINDS = new Set(['terms', 'histogram', 'date_histogram', 'range', 'filter'])
const MAX_DEPTH = 20

/** Parses `aggs`; throws ApiError for what is malformed or not served. */
export function parseAggregations(aggregations: unknown, context: AggregationContext, depth = 1): SubAggregations {
  if (!isObject(aggregations)) throw parsingError('Expected [START_OBJECT] under [aggs]')
  if (depth > MAX_DEPTH) throw illegalArgument(`aggregations nested deeper than ${MAX_DEPTH} levels`)
  const parsed = new Map<string, Aggregation>()
  for (const [name, definition] of Object.entries(aggregations)) {
    if (name === '' || /[[\]>]/.test(name)) {
      throw parsingError(`Invalid aggregation name [${name}]. Aggregation names cannot contain '[', ']', and '>'`)
    }
    if (!isObject(definition)) throw parsingError(`Aggregation definition for [${name}] must be an object`)
    parsed.set(name, parseOne(name, definition, { context, depth }))
  }
  return parsed
}

function parseOne(name: string, definition: JsonObject, scope: { context: AggregationContext; depth: number }): Aggregation {
  const kinds = Object.keys(definition).filter((key) => !['aggs', 'aggregations', 'meta'].includes(key))
  const [kind, second] = kinds
  if (kind === undefined) throw parsingError(`Missing definition for aggregation [${name}]`)
  if (second !== undefined) throw parsingError(`Found two aggregation type definitions in [${name}]: [${kind}] and [${second}]`)
  if (definition['meta'] !== undefined) throw unsupported('[meta] of aggregations')
  const parser = PARSERS.get(kind)
  if (parser === undefined) throw unsupported(`aggregation [${kind}]`)
  const body = definition[kind]
  if (!isObject(body)) throw parsingError(`Expected [START_OBJECT] under [${kind}] of aggregation [${name}]`)
  const inner = definition['aggs'] ?? definition['aggregations'] ?? {}
  const children = parseAggregations(inner, scope.context, scope.depth + 1)
  if (children.size > 0 && !BUCKET_KINDS.has(kind)) {
    throw illegalArgument(`Aggregator [${name}] of type [${kind}] cannot accept sub-aggregations`)
  }
  return parser(body, scope.context, children)
}

export function runAggregations(aggregations: SubAggregations, slices: readonly AggregationSlice[]): JsonObject {
  return runAll(aggregations, slices)
}
