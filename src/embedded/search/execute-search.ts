// One search over the views of its indices: count, order, page, aggregations.

import type { JsonObject } from '../../core/json.ts'
import { parseAggregations, runAggregations, type AggregationSlice } from '../aggregation/aggregations.ts'
import { illegalArgument } from '../api-error.ts'
import type { EmbeddedIndex, IndexView } from '../store/embedded-index.ts'
import type { SegmentView } from '../store/segment.ts'
import { bindSearch, matchingDocs, type SearchPart } from './search-parts.ts'
import type { SearchRequest } from './search-request.ts'
import { onShards } from './shard-failure.ts'
import { compareValues, parseSortValue, sortKey, sortValueOf, type SortClause, type SortValue } from './sort.ts'
import { topDocuments, type SegmentCursor } from './top-documents.ts'

export interface Hit {
  readonly index: EmbeddedIndex
  readonly view: SegmentView
  readonly doc: number
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

/** Runs a search; `cursor` overrides the request's own `search_after`. Throws ApiError. */
export function executeSearch(views: readonly IndexView[], request: SearchRequest, nowMs: number, cursor: Cursor | null): SearchResult {
  const { parts, sort } = bindSearch(views, request, nowMs)
  const after = cursor ?? readSearchAfter(request, parts[0], sort)
  const aggregate = aggregator(views, request, nowMs)
  const wanted = request.from + request.size
  const slices: AggregationSlice[] = []
  const hits: Hit[] = []
  let total = 0
  for (const part of parts) {
    const docs = matchingDocs(part, request)
    if (aggregate !== null) slices.push({ view: part.view, docs, index: part.index })
    const { postFilter } = part
    const shown = postFilter === null ? docs : docs.filter((doc) => postFilter.test(doc))
    total += shown.length
    if (wanted > 0) for (const hit of hitsOf(part, shown, { wanted, after, request })) hits.push(hit)
  }
  hits.sort((a, b) => compareHits(sort, a, b))
  return {
    hits: hits.slice(request.from, wanted),
    total,
    maxScore: sort === null || request.tracksScores ? highestScore(hits) : null,
    aggregations: aggregate === null ? null : aggregate(slices),
    sort
  }
}

function highestScore(hits: readonly Hit[]): number | null {
  return hits.reduce<number | null>((best, { score }) => (score === null ? best : Math.max(best ?? score, score)), null)
}

/** Checked before anything runs; null: none are asked for. */
function aggregator(
  views: readonly IndexView[],
  request: SearchRequest,
  nowMs: number
): ((slices: readonly AggregationSlice[]) => JsonObject) | null {
  if (request.aggregations === null) return null
  const indices = views.map(({ index }) => index)
  const [first] = indices
  const parse = () => parseAggregations(request.aggregations, { indices, nowMs })
  const aggregations = first === undefined ? parse() : onShards(first, parse)
  return (slices) => runAggregations(aggregations, slices)
}

function hitsOf(
  part: SearchPart,
  docs: Uint32Array,
  page: { readonly wanted: number; readonly after: Cursor | null; readonly request: SearchRequest }
): Hit[] {
  const { view, matcher, index, segmentOrdinal, sort } = part
  const isComplete = part.postFilter === null && page.request.minScore === null
  const top = topDocuments({ view, matcher, docs, isComplete, sort, count: page.wanted, after: segmentCursor(part, page.after) })
  const clauses = sort ?? []
  const keys = clauses.map((clause) => sortKey(clause, view.segment, matcher))
  const showsScore = sort === null || page.request.tracksScores || clauses.some(({ kind }) => kind === 'score')
  return Array.from(top, (doc) => ({
    index,
    view,
    doc,
    segmentOrdinal,
    score: showsScore ? matcher.score(doc) : null,
    sortValues: clauses.map((clause, i) => (clause.kind === 'doc' ? part.docBase + doc : sortValueOf(clause, view.segment, keys[i]!(doc))))
  }))
}

function segmentCursor(part: SearchPart, after: Cursor | null): SegmentCursor | null {
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

function readSearchAfter(request: SearchRequest, part: SearchPart | undefined, sort: readonly SortClause[] | null): Cursor | null {
  const { searchAfter } = request
  if (searchAfter === null || part === undefined) return null
  return onShards(part.index, () => {
    if (sort === null && request.sort === null) throw illegalArgument('Sort must contain at least one field.')
    const fields = sort?.length ?? 1
    if (searchAfter.length !== fields) throw illegalArgument(`search_after has ${searchAfter.length} value(s) but sort has ${fields}.`)
    const values = searchAfter.map((value, i) => (sort === null ? Number(value) : parseSortValue(sort[i]!, value, part.context)))
    return { values, position: null }
  })
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
