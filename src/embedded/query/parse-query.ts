// The query language's table of kinds: JSON → Query. One line per kind.

import { isObject } from '../../core/json.ts'
import { illegalArgument, parsingError, unsupported } from '../api-error.ts'
import { parseBool, parseConstantScore } from './bool-query.ts'
import { parseExists, parseIds, parseMatchAll, parseMatchNone } from './document-queries.ts'
import { parseGeoBoundingBox, parseGeoDistance } from './geo-query.ts'
import { parseMatch } from './match-query.ts'
import type { Query, QueryContext, QueryParser } from './query.ts'
import { parseRange } from './range-query.ts'
import { parsePrefix, parseTerm, parseTerms } from './term-query.ts'

const MAX_DEPTH = 30

const PARSERS: ReadonlyMap<string, QueryParser> = new Map<string, QueryParser>([
  ['match_all', parseMatchAll],
  ['match_none', parseMatchNone],
  ['match', parseMatch],
  ['term', parseTerm],
  ['terms', parseTerms],
  ['prefix', parsePrefix],
  ['range', parseRange],
  ['exists', parseExists],
  ['ids', parseIds],
  ['geo_distance', parseGeoDistance],
  ['geo_bounding_box', parseGeoBoundingBox],
  ['bool', (body, context, depth) => parseBool(body, (child) => parseQuery(child, context, depth + 1))],
  ['constant_score', (body, context, depth) => parseConstantScore(body, (child) => parseQuery(child, context, depth + 1))]
])

/** Parses `{"<kind>": {…}}`; throws ApiError for what is malformed or not served. */
export function parseQuery(query: unknown, context: QueryContext, depth = 1): Query {
  if (!isObject(query)) throw parsingError('[_na] query malformed, must start with start_object')
  if (depth > MAX_DEPTH)
    throw illegalArgument(`The nested depth of the query exceeds the maximum nested depth for queries set in [${MAX_DEPTH}]`)
  const [kind, second] = Object.keys(query)
  if (kind === undefined) throw illegalArgument('query malformed, empty clause found')
  if (second !== undefined) throw parsingError(`[${kind}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]`)
  const parser = PARSERS.get(kind)
  if (parser === undefined) throw unsupported(`query [${kind}]`)
  const body = query[kind]
  if (!isObject(body)) throw parsingError(`[${kind}] query malformed, no start_object after query name`)
  return parser(body, context, depth)
}
