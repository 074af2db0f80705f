// The first k documents of one segment, in the order asked for, after a given place.

import type { SegmentView } from '../store/segment.ts'
import type { Matcher } from '../query/matcher.ts'
import { BoundedHeap, type DocOrder } from './bounded-heap.ts'
import { walkSortedColumn } from './sorted-walk.ts'
import { keyOfValue, sortKey, type SortClause, type SortKey, type SortValue } from './sort.ts'

/** Where the page before ended, as this segment sees it. */
export interface SegmentCursor {
  readonly values: readonly SortValue[]
  /** Of documents that compare equal, those after this one are still to come; Infinity: none, -1: all. */
  readonly afterDoc: number
}

export interface TopRequest {
  readonly view: SegmentView
  readonly matcher: Matcher
  /** Matching documents that are live, each once. */
  readonly docs: Uint32Array
  /** docs are all that the matcher finds: nothing else (`post_filter`, `min_score`) left any out. */
  readonly isComplete: boolean
  /** null: by score. */
  readonly sort: readonly SortClause[] | null
  readonly count: number
  readonly after: SegmentCursor | null
}

/** Best first; documents that compare equal by number. */
export function topDocuments(request: TopRequest): Uint32Array {
  const { docs, count, matcher } = request
  if (count === 0 || docs.length === 0) return new Uint32Array(0)
  const clauses = clausesOf(request)
  if (clauses.length === 0) return firstByNumber(request)
  const keys = clauses.map((clause) => sortKey(clause, request.view.segment, matcher))
  const order = documentOrder(keys)
  const isAfter = request.after === null ? null : afterTest(request, clauses, keys)
  const walked = request.isComplete ? walkSortedColumn({ ...request, clause: clauses[0]!, key: keys[0]!, order, isAfter }) : null
  if (walked !== null) return walked
  const heap = new BoundedHeap(Math.min(count, docs.length), order)
  for (const doc of docs) if (isAfter === null || isAfter(doc)) heap.offer(doc)
  return heap.sorted()
}

const BY_SCORE: SortClause = {
  kind: 'score',
  path: '_score',
  isDescending: true,
  missingFirst: false,
  mode: 'max',
  origin: null,
  numberKind: null
}

/** The clauses that tell documents apart: none if all compare equal, and numbers alone decide. */
function clausesOf({ sort, matcher, after }: TopRequest): readonly SortClause[] {
  if (sort === null) return matcher.isConstantScore && after === null ? [] : [BY_SCORE]
  const [first] = sort
  return sort.length === 1 && first!.kind === 'doc' && !first!.isDescending && (after === null || after.values.length === 0) ? [] : sort
}

function firstByNumber({ docs, count, matcher, after }: TopRequest): Uint32Array {
  const afterDoc = after?.afterDoc ?? -1
  if (matcher.ascending) {
    let from = 0
    for (let high = docs.length; from < high;) {
      const middle = (from + high) >>> 1
      if (docs[middle]! <= afterDoc) from = middle + 1
      else high = middle
    }
    return docs.slice(from, from + count)
  }
  const heap = new BoundedHeap(Math.min(count, docs.length), (a, b) => a - b)
  for (const doc of docs) if (doc > afterDoc) heap.offer(doc)
  return heap.sorted()
}

function documentOrder(keys: readonly SortKey[]): DocOrder {
  const [first, second] = keys
  if (keys.length === 1) return (a, b) => compare(first!(a), first!(b)) || a - b
  if (keys.length === 2) return (a, b) => compare(first!(a), first!(b)) || compare(second!(a), second!(b)) || a - b
  return (a, b) => {
    for (const key of keys) {
      const order = compare(key(a), key(b))
      if (order !== 0) return order
    }
    return a - b
  }
}

// Not a − b: keys may be infinite.
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function afterTest(request: TopRequest, clauses: readonly SortClause[], keys: readonly SortKey[]): (doc: number) => boolean {
  const { values, afterDoc } = request.after!
  const limits = clauses.slice(0, values.length).map((clause, i) => keyOfValue(clause, request.view.segment, values[i]!))
  return (doc) => {
    for (let i = 0; i < limits.length; i++) {
      const order = compare(keys[i]!(doc), limits[i]!)
      if (order !== 0) return order > 0
    }
    return doc > afterDoc
  }
}
