// A search, bound to what it searches: one part for each segment.

import type { EmbeddedIndex, IndexView } from '../store/embedded-index.ts'
import { liveOnly, type SegmentView } from '../store/segment.ts'
import type { Matcher } from '../query/matcher.ts'
import { parseQuery } from '../query/parse-query.ts'
import type { QueryContext } from '../query/query.ts'
import type { SearchRequest } from './search-request.ts'
import { onShards } from './shard-failure.ts'
import { parseSort, type SortClause } from './sort.ts'

export interface SearchPart {
  readonly index: EmbeddedIndex
  readonly view: SegmentView
  readonly matcher: Matcher
  /** Leaves hits out that aggregations see; null: none. */
  readonly postFilter: Matcher | null
  readonly context: QueryContext
  /** null: by score. */
  readonly sort: readonly SortClause[] | null
  /** Place of the segment among all searched ones: breaks ties. */
  readonly segmentOrdinal: number
  /** Documents in the segments before it: makes `_doc` an order over all. */
  readonly docBase: number
}

/** Parses query and sort for each index, as its mapping decides; throws ApiError. */
export function bindSearch(
  views: readonly IndexView[],
  request: SearchRequest,
  nowMs: number
): { readonly parts: readonly SearchPart[]; readonly sort: readonly SortClause[] | null } {
  const parts: SearchPart[] = []
  let firstSort: readonly SortClause[] | null = null
  let docBase = 0
  for (const { index, shards } of views) {
    const context: QueryContext = { indexName: index.name, mapping: index.mapping, nowMs }
    const { query, postFilter, sort } = onShards(index, () => ({
      query: parseQuery(request.query ?? { match_all: {} }, context),
      postFilter: request.postFilter === null ? null : parseQuery(request.postFilter, context),
      sort: parseSort(request.sort, context)
    }))
    firstSort ??= sort
    for (const shard of shards) {
      const bound = query(shard)
      const boundFilter = postFilter?.(shard) ?? null
      for (const view of shard) {
        const matcher = bound(view.segment)
        const filter = boundFilter?.(view.segment) ?? null
        parts.push({ index, view, matcher, postFilter: filter, context, sort, segmentOrdinal: parts.length, docBase })
        docBase += view.segment.docCount
      }
    }
  }
  return { parts, sort: firstSort }
}

/** Live documents that match, each once. */
export function matchingDocs({ view, matcher }: SearchPart, { minScore }: SearchRequest): Uint32Array {
  const docs = liveOnly(view, matcher.docs())
  return minScore === null ? docs : docs.filter((doc) => matcher.score(doc) >= minScore)
}
