// The first k documents by a sorted column: read from the right end until k are found, which is far less than all of them if many match.

import { positionOf, type NumericColumn } from '../columns/numeric-column.ts'
import { isLive, type SegmentView } from '../store/segment.ts'
import type { Matcher } from '../query/matcher.ts'
import { BoundedHeap, type DocOrder } from './bounded-heap.ts'
import type { SortClause, SortKey, SortValue } from './sort.ts'

export interface WalkRequest {
  readonly view: SegmentView
  readonly matcher: Matcher
  /** All that match and are live. */
  readonly docs: Uint32Array
  readonly count: number
  readonly after: { readonly values: readonly SortValue[] } | null
  /** The first sort clause, and its key. */
  readonly clause: SortClause
  readonly key: SortKey
  /** By all clauses. */
  readonly order: DocOrder
  /** null: nothing was shown before. */
  readonly isAfter: ((doc: number) => boolean) | null
}

/** Null: not worth it, or not possible. */
export function walkSortedColumn(request: WalkRequest): Uint32Array | null {
  const { view, matcher, docs, count, key, isAfter } = request
  const column = sortedColumn(request)
  const start = column === null ? null : startOf(request, column)
  if (column === null || start === null) return null
  const { sortedDocs } = column
  const step = request.clause.isDescending ? -1 : 1
  const isEverything = docs.length === view.liveCount
  const heap = new BoundedHeap(count, request.order)
  for (let at = start; at >= 0 && at < sortedDocs.length; at += step) {
    const doc = sortedDocs[at]!
    if (heap.isFull && key(doc) > key(heap.worst)) return heap.sorted()
    const isMatch = isLive(view, doc) && (isEverything || matcher.test(doc))
    if (isMatch && (isAfter === null || isAfter(doc))) heap.offer(doc)
  }
  // Documents without a value come last, and are not in the column.
  return heap.isFull || column.documentsWithValue === view.segment.docCount ? heap.sorted() : null
}

function sortedColumn({ view, clause, docs, count }: WalkRequest): NumericColumn | null {
  const { segment } = view
  const column = segment.columns.get(clause.path)
  if (clause.kind !== 'field' || column?.kind !== 'numeric' || column.single === null || clause.missingFirst) return null
  // About k ÷ (share of documents that match) steps, against one step for each that matches.
  return (count * segment.docCount) / docs.length < docs.length / 2 ? column : null
}

/** Position of the first document that may come after the page before; null: that page had come to those without a value. */
function startOf({ after, clause }: WalkRequest, { sortedValues }: NumericColumn): number | null {
  const value = after?.values[0]
  if (value === undefined) return clause.isDescending ? sortedValues.length - 1 : 0
  if (typeof value !== 'number') return null
  return clause.isDescending ? positionOf(sortedValues, value, true) - 1 : positionOf(sortedValues, value, false)
}
