// `_search`, `_count`, scrolls and points in time.

import { systemClock } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json.ts'
import { illegalArgument, unsupported } from '../api-error.ts'
import { answer, answerText, jsonBody, type ApiAnswer, type ApiRequest } from '../http/api-request.ts'
import type { Route } from '../http/router.ts'
import type { IndexView } from '../store/embedded-index.ts'
import { parseTimeMs } from '../store/time-value.ts'
import { cursorAfter, executeSearch, type Cursor, type SearchResult } from '../search/execute-search.ts'
import { printSearchAnswer } from '../search/print-hits.ts'
import { checkWindow, parseSearchRequest, type SearchRequest } from '../search/search-request.ts'
import { patterns } from '../search/source-filter.ts'
import { targets } from './index-api.ts'
import type { NodeState } from './node-state.ts'
import { show, words } from '../show.ts'

const TARGETING = ['ignore_unavailable', 'allow_no_indices', 'expand_wildcards', 'ignore_throttled', 'preference']
const SEARCH_PARAMS = [
  ...TARGETING,
  ...words(`
    size from sort _source _source_includes _source_excludes scroll track_total_hits track_scores version
    seq_no_primary_term rest_total_hits_as_int request_cache search_type batched_reduce_size
    ccs_minimize_roundtrips max_concurrent_shard_requests pre_filter_shard_size allow_partial_search_results q
  `)
]

export function searchRoutes(state: NodeState): Route[] {
  const search = (request: ApiRequest): ApiAnswer => runSearch(state, request)
  const count = (request: ApiRequest): ApiAnswer => runCount(state, request)
  const scroll = (request: ApiRequest): ApiAnswer => nextPage(state, request)
  const clear = (request: ApiRequest): ApiAnswer => clearScrolls(state, request)
  const scrollParams = ['scroll', 'scroll_id', 'rest_total_hits_as_int']
  return [
    { methods: ['GET', 'POST'], path: '/_search', params: SEARCH_PARAMS, handler: search },
    { methods: ['GET', 'POST'], path: '/{index}/_search', params: SEARCH_PARAMS, handler: search },
    { methods: ['GET', 'POST'], path: '/_count', params: [...TARGETING, 'q'], handler: count },
    { methods: ['GET', 'POST'], path: '/{index}/_count', params: [...TARGETING, 'q'], handler: count },
    { methods: ['GET', 'POST'], path: '/_search/scroll', params: scrollParams, handler: scroll },
    { methods: ['GET', 'POST'], path: '/_search/scroll/{scroll_id}', params: scrollParams, handler: scroll },
    { methods: ['DELETE'], path: '/_search/scroll', params: [], handler: clear },
    { methods: ['DELETE'], path: '/_search/scroll/{scroll_id}', params: [], handler: clear },
    {
      methods: ['POST'],
      path: '/{index}/_pit',
      params: [...TARGETING, 'keep_alive'],
      handler: (request) => openPointInTime(state, request)
    },
    { methods: ['DELETE'], path: '/_pit', params: [], handler: (request) => closePointInTime(state, request) }
  ]
}

interface Run {
  readonly views: readonly IndexView[]
  readonly search: SearchRequest
  readonly cursor: Cursor | null
  readonly startMs: number
}

function runSearch(state: NodeState, request: ApiRequest): ApiAnswer {
  const startMs = systemClock.monotonicMs()
  const search = parseSearchRequest(withParams(jsonBody(request), request))
  const scroll = request.params.text('scroll')
  if (scroll !== null && (search.searchAfter !== null || search.from > 0))
    throw illegalArgument('using [from] or [search_after] is not allowed in a scroll context')
  const views = viewsFor(state, request, search)
  for (const { index } of views) checkWindow(search, index.settings.maxResultWindow)
  const result = execute({ views, search, cursor: null, startMs })
  let scrollId: string | null = null
  if (scroll !== null) {
    if (search.size === 0) throw illegalArgument('[size] cannot be [0] in a scroll context')
    const last = result.hits.at(-1)
    const cursor = last === undefined ? null : cursorAfter(last, result.sort)
    scrollId = state.contexts.add(views, parseTimeMs(scroll, 'scroll'), { request: search, cursor }).id
  }
  return print(request, result, { views, search, startMs, scrollId })
}

function viewsFor(state: NodeState, request: ApiRequest, search: SearchRequest): readonly IndexView[] {
  const { pointInTime } = search
  if (pointInTime === null) return targets(state, request).map((index) => index.view())
  if (request.parts['index'] !== undefined) throw illegalArgument('[indices] cannot be used with point in time')
  const keepAliveMs = pointInTime.keepAlive === null ? null : parseTimeMs(pointInTime.keepAlive, 'keep_alive')
  return state.contexts.touch(pointInTime.id, keepAliveMs).views
}

function execute({ views, search, cursor, startMs }: Run): SearchResult {
  const result = executeSearch(views, search, systemClock.wallMs(), cursor)
  const tookMs = systemClock.monotonicMs() - startMs
  const shards = views.flatMap(({ index }) => index.shards)
  for (const { counters } of shards) {
    counters.queryTotal++
    counters.queryTimeMs += tookMs / shards.length
    if (result.hits.length > 0) counters.fetchTotal++
  }
  return result
}

function print(
  request: ApiRequest,
  result: SearchResult,
  rest: { views: readonly IndexView[]; search: SearchRequest; startMs: number; scrollId: string | null }
): ApiAnswer {
  const shards = rest.views.reduce((sum, { index }) => sum + index.shards.length, 0)
  const tookMs = systemClock.monotonicMs() - rest.startMs
  const totalAsNumber = request.params.flag('rest_total_hits_as_int')
  return answerText(printSearchAnswer(result, rest.search, { tookMs, shards, scrollId: rest.scrollId, totalAsNumber }))
}

/** What the query string says goes over what the body says. */
function withParams(body: JsonObject, { params }: ApiRequest): JsonObject {
  if (params.text('q') !== null) throw unsupported('[q] in a search')
  if (params.names().length === 0) return body
  const merged: Record<string, unknown> = { ...body }
  for (const name of ['size', 'from', 'track_total_hits', '_source']) {
    const value = params.text(name)
    if (value !== null) merged[name] = value
  }
  for (const name of ['track_scores', 'version', 'seq_no_primary_term']) if (params.text(name) !== null) merged[name] = params.flag(name)
  const sort = params.text('sort')
  if (sort !== null) merged['sort'] = sort.split(',').map(sortParam)
  const includes = params.text('_source_includes')
  const excludes = params.text('_source_excludes')
  if (includes !== null || excludes !== null) {
    merged['_source'] = { includes: includes === null ? [] : patterns(includes), excludes: excludes === null ? [] : patterns(excludes) }
  }
  return merged as JsonObject
}

function sortParam(text: string): string | JsonObject {
  const colon = text.lastIndexOf(':')
  return colon === -1 ? text : { [text.slice(0, colon)]: { order: text.slice(colon + 1) } }
}

function runCount(state: NodeState, request: ApiRequest): ApiAnswer {
  const startMs = systemClock.monotonicMs()
  const body = jsonBody(request)
  if (request.params.text('q') !== null) throw unsupported('[q] in a count')
  for (const key of Object.keys(body)) if (key !== 'query') throw illegalArgument(`request does not support [${key}]`)
  const views = targets(state, request).map((index) => index.view())
  const search = parseSearchRequest({ ...body, size: 0 })
  const { total } = execute({ views, search, cursor: null, startMs })
  const shards = views.reduce((sum, { index }) => sum + index.shards.length, 0)
  return answer({ count: total, _shards: { total: shards, successful: shards, skipped: 0, failed: 0 } })
}

function nextPage(state: NodeState, request: ApiRequest): ApiAnswer {
  const startMs = systemClock.monotonicMs()
  const body = jsonBody(request)
  const [id] = scrollIds(request, body)
  if (id === undefined) throw illegalArgument('scroll_id is missing')
  const keepAlive = typeof body['scroll'] === 'string' ? body['scroll'] : request.params.text('scroll')
  const context = state.contexts.touch(id, keepAlive === null ? null : parseTimeMs(keepAlive, 'scroll'))
  const { scroll, views } = context
  if (scroll === null) throw illegalArgument(`[${id}] is a point in time, not a scroll`)
  // An empty page ends a scroll: what follows is empty too.
  const search = { ...scroll.request, aggregations: null, ...(scroll.cursor === null ? { size: 0 } : {}) }
  const result = execute({ views, search, cursor: scroll.cursor, startMs })
  const last = result.hits.at(-1)
  scroll.cursor = last === undefined ? null : cursorAfter(last, result.sort)
  for (const { index } of views) for (const shard of index.shards) shard.counters.scrollTotal++
  return print(request, result, { views, search, startMs, scrollId: id })
}

function clearScrolls(state: NodeState, request: ApiRequest): ApiAnswer {
  const ids = scrollIds(request, jsonBody(request))
  const freed = ids.includes('_all') ? state.contexts.removeAll() : ids.filter((id) => state.contexts.remove(id)).length
  return answer({ succeeded: true, num_freed: freed }, freed > 0 || ids.includes('_all') ? 200 : 404)
}

function scrollIds(request: ApiRequest, body: JsonObject): string[] {
  const given = body['scroll_id'] ?? request.parts['scroll_id'] ?? request.params.text('scroll_id') ?? []
  return Array.isArray(given) ? given.map(String) : show(given).split(',')
}

function openPointInTime(state: NodeState, request: ApiRequest): ApiAnswer {
  const keepAlive = request.params.text('keep_alive')
  if (keepAlive === null) throw illegalArgument('[keep_alive] is required')
  const views = targets(state, request).map((index) => index.view())
  return answer({ id: state.contexts.add(views, parseTimeMs(keepAlive, 'keep_alive'), null).id })
}

function closePointInTime(state: NodeState, request: ApiRequest): ApiAnswer {
  const { id } = jsonBody(request)
  const isFreed = typeof id === 'string' && state.contexts.remove(id)
  return answer({ succeeded: isFreed, num_freed: isFreed ? 1 : 0 }, isFreed ? 200 : 404)
}
