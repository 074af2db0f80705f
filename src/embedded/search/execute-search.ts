// One search over the views of its indices: query, count, order, page, aggregations.

import type { JsonObject } from '../../core/json.ts'
import { illegalArgument } from '../api-error.ts'
import { parseAggregations, runAggregations, type AggregationSlice } from '../aggregation/aggregations.ts'
import type { EmbeddedIndex, IndexView } from '../store/embedded-index.ts'
import { liveOnly, type SegmentView } from '../store/segment.ts'
import type { Matcher } from '../query/matcher.ts'
import { parseQuery } from '../query/parse-query.ts'
import type { Query, QueryContext } from '../query/query.ts'
import type { SearchRequest } from './search-request.ts'
import { compareValues, parseSort, parseSortValue, sortKey, sortValueOf, type SortClause, type SortValue } from './sort.ts'
import { topDocuments, type SegmentCursor } from './top-documents.ts'

export interface Hit {
  readonly index: EmbeddedIndex
  readonly view: SegmentView
  readonly doc: number
  /** Place of the segment among all searched ones: breaks ties. */
  readonly segmentOrdinal: number
  readonly score: number | null
  readonly sortValues: readonly SortValue[]
}

/** Where the page before ended. */
export interface Cursor {
  readonly values: readonly SortValue[]
  /** null: `search_after`, which knows values only. */
  readonly position: { readonly segmentOrdinal: number; readonly doc: number } | null
}

export interface SearchResult {
  readonly hits: readonly Hit[]
  /** Exact, whatever is shown. */
  readonly total: number
  readonly maxScore: number | null
  readonly aggregations: JsonObject | null
  /** null: by score. */
  readonly sort: readonly SortClause[] | null
}

/** One segment, with the query bound to it. */
interface Part {
  readonly index: EmbeddedIndex
  readonly view: SegmentView
  readonly matcher: Matcher
  readonly context: QueryContext
  readonly sort: readonly SortClause[] | null
  readonly segmentOrdinal: number
  /** Documents in the segments before it: makes `_doc` an order over all. */
  readonly docBase: number
}

/** Runs a search; `cursor` overrides the request's own `search_after`. Throws ApiError. */
export function executeSearch(views: readonly IndexView[], request: SearchRequest, nowMs: number, cursor: Cursor | null): SearchResult {
  const { parts, sort, slicesFilter } = bindParts(views, request, nowMs)
  const wanted = request.from + request.size
  const after = cursor ?? readSearchAfter(request, parts[0], sort)
  const slices: AggregationSlice[] = []
  const hits: Hit[] = []
  const isComplete = slicesFilter === null && request.minScore === null
  let total = 0
  for (const part of parts) {
    const docs = matchingDocs(part, request)
    if (request.aggregations !== null) slices.push({ view: part.view, docs, index: part.index })
    const shown = slicesFilter === null ? docs : docs.filter(slicesFilter(part))
    total += shown.length
    if (wanted > 0) hits.push(...hitsOf(part, shown, { count: wanted, after, isComplete, tracksScores: request.tracksScores }))
  }
  hits.sort((a, b) => compareHits(sort, a, b))
  const page = hits.slice(request.from, wanted)
  const context = parts[0]?.context ?? null
  return {
    hits: page,
    total,
    maxScore: hits.reduce<number | null>((best, { score }) => (score === null ? best : Math.max(best ?? score, score)), null),
    aggregations: aggregate(views, request, { slices, context }),
    sort
  }
}

function aggregate(
  views: readonly IndexView[],
  request: SearchRequest,
  found: { slices: readonly AggregationSlice[]; context: QueryContext | null }
): JsonObject | null {
  if (request.aggregations === null) return null
  const mappings = views.map(({ index }) => index)
  return runAggregations(parseAggregations(request.aggregations, { indices: mappings, nowMs: found.context?.nowMs ?? 0 }), found.slices)
}

function bindParts(
  views: readonly IndexView[],
  request: SearchRequest,
  nowMs: number
): { parts: Part[]; sort: readonly SortClause[] | null; slicesFilter: ((part: Part) => (doc: number) => boolean) | null } {
  const parts: Part[] = []
  const postFilters = new Map<Part, Matcher>()
  let firstSort: readonly SortClause[] | null = null
  let docBase = 0
  for (const { index, shards } of views) {
    const context: QueryContext = { indexName: index.name, mapping: index.mapping, nowMs }
    const query = parseQuery(request.query ?? { match_all: {} }, context)
    const postFilter: Query | null = request.postFilter === null ? null : parseQuery(request.postFilter, context)
    const sort = parseSort(request.sort, context)
    firstSort ??= sort
    for (const shard of shards) {
      const bound = query(shard)
      const boundFilter = postFilter?.(shard) ?? null
      for (const view of shard) {
        const part: Part = { index, view, matcher: bound(view.segment), context, sort, segmentOrdinal: parts.length, docBase }
        parts.push(part)
        docBase += view.segment.docCount
        if (boundFilter !== null) postFilters.set(part, boundFilter(view.segment))
      }
    }
  }
  if (request.postFilter === null) return { parts, sort: firstSort, slicesFilter: null }
  return { parts, sort: firstSort, slicesFilter: (part) => (doc) => postFilters.get(part)!.test(doc) }
}

function matchingDocs({ view, matcher }: Part, { minScore }: SearchRequest): Uint32Array {
  const docs = liveOnly(view, matcher.docs())
  return minScore === null ? docs : docs.filter((doc) => matcher.score(doc) >= minScore)
}

function hitsOf(
  part: Part,
  docs: Uint32Array,
  page: { readonly count: number; readonly after: Cursor | null; readonly isComplete: boolean; readonly tracksScores: boolean }
): Hit[] {
  const { view, matcher, index, segmentOrdinal, sort } = part
  const top = topDocuments({
    view,
    matcher,
    docs,
    sort,
    isComplete: page.isComplete,
    count: page.count,
    after: segmentCursor(part, page.after)
  })
  const clauses = sort ?? []
  const keys = clauses.map((clause) => sortKey(clause, view.segment, matcher))
  const showsScore = sort === null || page.tracksScores || clauses.some(({ kind }) => kind === 'score')
  return Array.from(top, (doc) => ({
    index,
    view,
    doc,
    segmentOrdinal,
    score: showsScore ? matcher.score(doc) : null,
    sortValues: clauses.map((clause, i) => (clause.kind === 'doc' ? part.docBase + doc : sortValueOf(clause, view.segment, keys[i]!(doc))))
  }))
}

function segmentCursor(part: Part, after: Cursor | null): SegmentCursor | null {
  if (after === null) return null
  const { position } = after
  const { segmentOrdinal, sort, docBase } = part
  let afterDoc = Number.POSITIVE_INFINITY
  if (position !== null) {
    if (segmentOrdinal > position.segmentOrdinal) afterDoc = -1
    else if (segmentOrdinal === position.segmentOrdinal) afterDoc = position.doc
  }
  const values = after.values.map((value, i) => (sort?.[i]?.kind === 'doc' && typeof value === 'number' ? value - docBase : value))
  return { values, afterDoc }
}

/** The cursor behind the last hit of a page, for the page that follows. */
export function cursorAfter(hit: Hit, sort: readonly SortClause[] | null): Cursor {
  const position = { segmentOrdinal: hit.segmentOrdinal, doc: hit.doc }
  if (sort === null) return { values: [hit.score], position }
  // By `_doc` alone, the position says it all.
  return { values: sort.length === 1 && sort[0]!.kind === 'doc' ? [] : hit.sortValues, position }
}

function readSearchAfter(request: SearchRequest, part: Part | undefined, sort: readonly SortClause[] | null): Cursor | null {
  const { searchAfter } = request
  if (searchAfter === null) return null
  if (sort === null && request.sort === null) throw illegalArgument('Sort must contain at least one field.')
  const fields = sort?.length ?? 1
  if (searchAfter.length !== fields) {
    throw illegalArgument(`search_after has ${searchAfter.length} value(s) but sort has ${fields}.`)
  }
  if (part === undefined) return null
  return {
    values: searchAfter.map((value, i) => (sort === null ? Number(value) : parseSortValue(sort[i]!, value, part.context))),
    position: null
  }
}

function compareHits(sort: readonly SortClause[] | null, a: Hit, b: Hit): number {
  if (sort === null) {
    if (a.score !== b.score) return (b.score ?? 0) - (a.score ?? 0)
  } else {
    for (let i = 0; i < sort.length; i++) {
      const order = compareValues(sort[i]!, a.sortValues[i]!, b.sortValues[i]!)
      if (order !== 0) return order
    }
  }
  return a.segmentOrdinal - b.segmentOrdinal || a.doc - b.doc
}
