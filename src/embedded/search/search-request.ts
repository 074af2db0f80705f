// A search body, checked: what it names and this node cannot do is an error, never left out.

import { isObject, type JsonObject } from '../../core/json.ts'
import { ApiError, illegalArgument, parsingError, unsupported } from '../api-error.ts'
import { parseSourceFilter, type SourceFilter } from './source-filter.ts'
import { show, words } from '../show.ts'

export interface SearchRequest {
  /** null: every document. Parsed for each index, as its mapping decides. */
  readonly query: unknown
  readonly postFilter: unknown
  readonly aggregations: unknown
  readonly sort: unknown
  readonly from: number
  readonly size: number
  readonly searchAfter: readonly unknown[] | null
  readonly source: SourceFilter
  /** Counted exactly up to here; 0: no total is shown. */
  readonly trackTotalHits: number
  readonly tracksScores: boolean
  readonly minScore: number | null
  readonly showsVersion: boolean
  readonly showsSequenceNumber: boolean
  /** Keep-alive renewed by this search; null: no point in time. */
  readonly pointInTime: { readonly id: string; readonly keepAlive: string | null } | null
}

const KNOWN_KEYS = new Set(
  words(`
  query post_filter aggs aggregations sort from size search_after _source track_total_hits track_scores min_score version
  seq_no_primary_term pit timeout stats
`)
)

/** `max_result_window` is the caller's to check: it is the index's. Throws ApiError. */
export function parseSearchRequest(body: JsonObject): SearchRequest {
  for (const key of Object.keys(body)) if (!KNOWN_KEYS.has(key)) throw unsupported(`[${key}] in a search`)
  if (body['aggs'] !== undefined && body['aggregations'] !== undefined) throw parsingError('Found two aggregation definitions')
  const searchAfter = body['search_after']
  if (searchAfter !== undefined && !(Array.isArray(searchAfter) && searchAfter.length > 0)) {
    throw parsingError('[search_after] must be an array of at least one value')
  }
  const from = count('from', body['from'], 0)
  if (searchAfter !== undefined && from > 0) throw illegalArgument('`from` parameter must be set to 0 when `search_after` is used')
  return {
    query: body['query'] ?? null,
    postFilter: body['post_filter'] ?? null,
    aggregations: body['aggs'] ?? body['aggregations'] ?? null,
    sort: body['sort'] ?? null,
    from,
    size: count('size', body['size'], 10),
    searchAfter: searchAfter === undefined ? null : (searchAfter as readonly unknown[]),
    source: parseSourceFilter(body['_source']),
    trackTotalHits: readTrackTotalHits(body['track_total_hits']),
    tracksScores: body['track_scores'] === true,
    minScore: body['min_score'] === undefined ? null : readMinScore(body['min_score']),
    showsVersion: body['version'] === true,
    showsSequenceNumber: body['seq_no_primary_term'] === true,
    pointInTime: readPointInTime(body['pit'])
  }
}

function count(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw illegalArgument(`Failed to parse int parameter [${name}] with value [${show(value)}]`)
  if (number < 0) throw illegalArgument(`[${name}] parameter cannot be negative, found [${number}]`)
  return number
}

function readTrackTotalHits(value: unknown): number {
  if (value === undefined) return 10_000
  if (value === true || value === 'true') return Number.POSITIVE_INFINITY
  if (value === false || value === 'false') return 0
  const number = count('track_total_hits', value, 0)
  if (number === 0) throw illegalArgument('[track_total_hits] parameter must be positive or equals to -1, got 0')
  return number
}

function readMinScore(value: unknown): number {
  const number = Number(value)
  if (typeof value === 'object' || Number.isNaN(number))
    throw parsingError(`[min_score] must be a number, found [${JSON.stringify(value)}]`)
  return number
}

function readPointInTime(value: unknown): SearchRequest['pointInTime'] {
  if (value === undefined) return null
  if (!isObject(value) || typeof value['id'] !== 'string') throw parsingError('[pit] must be an object with an [id]')
  return { id: value['id'], keepAlive: typeof value['keep_alive'] === 'string' ? value['keep_alive'] : null }
}

/** Throws if a page lies behind the index's `max_result_window`. */
export function checkWindow(request: SearchRequest, limit: number): void {
  const end = request.from + request.size
  if (end > limit) {
    throw illegalArgument(
      `Result window is too large, from + size must be less than or equal to: [${limit}] but was [${end}]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.`
    )
  }
}

export function contextMissing(id: string): ApiError {
  return new ApiError(404, 'search_context_missing_exception', `No search context found for id [${id}]`)
}
