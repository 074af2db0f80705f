// A search's result as the text of its answer. Sources are put in as they were sent.

import { sourceOf } from '../store/segment.ts'
import type { Hit, SearchResult } from './execute-search.ts'
import type { SearchRequest } from './search-request.ts'
import { printSortValue, type SortClause } from './sort.ts'
import { filterSource } from './source-filter.ts'

export interface AnswerFacts {
  readonly tookMs: number
  readonly shards: number
  readonly scrollId: string | null
  /** `rest_total_hits_as_int`. */
  readonly totalAsNumber: boolean
}

/** The whole body of a search's answer. */
export function printSearchAnswer(result: SearchResult, request: SearchRequest, facts: AnswerFacts): string {
  const { shards, tookMs, scrollId } = facts
  const head = scrollId === null ? '{' : `{"_scroll_id":${JSON.stringify(scrollId)},`
  const pointInTime = request.pointInTime === null ? '' : `"pit_id":${JSON.stringify(request.pointInTime.id)},`
  const total = request.trackTotalHits === 0 ? '' : `"total":${printTotal(result.total, request.trackTotalHits, facts.totalAsNumber)},`
  const hits = result.hits.map((hit) => printHit(hit, request, result.sort))
  const aggregations = result.aggregations === null ? '' : `,"aggregations":${JSON.stringify(result.aggregations)}`
  return (
    `${head}${pointInTime}"took":${Math.floor(tookMs)},"timed_out":false,` +
    `"_shards":{"total":${shards},"successful":${shards},"skipped":0,"failed":0},` +
    `"hits":{${total}"max_score":${JSON.stringify(maxScore(result, shards))},"hits":[${hits.join(',')}]}${aggregations}}`
  )
}

function maxScore({ hits, maxScore: score }: SearchResult, shards: number): number | null {
  if (shards === 0) return 0
  return hits.length === 0 ? null : score
}

function printTotal(total: number, limit: number, asNumber: boolean): string {
  const value = Math.min(total, limit)
  return asNumber ? String(value) : `{"value":${value},"relation":"${total > limit ? 'gte' : 'eq'}"}`
}

function printHit({ index, view, doc, score, sortValues }: Hit, request: SearchRequest, sort: readonly SortClause[] | null): string {
  const { segment } = view
  const version = request.showsVersion ? `"_version":${segment.versions[doc]!},` : ''
  const sequence = request.showsSequenceNumber ? `"_seq_no":${segment.sequenceNumbers[doc]!},"_primary_term":1,` : ''
  const source = request.source.isShown ? `,"_source":${filterSource(request.source, sourceOf(segment, doc))}` : ''
  const sorted = sort === null ? '' : `,"sort":[${sort.map((clause, i) => printSortValue(clause, sortValues[i]!)).join(',')}]`
  return `{"_index":${JSON.stringify(index.name)},"_id":${JSON.stringify(segment.ids[doc])},${version}${sequence}"_score":${JSON.stringify(score)}${source}${sorted}}`
}
