// Stretches of a sorted column, as matchers: a range of terms, a range of numbers.

import { documentsOf, hasOrdinalIn, type KeywordColumn } from '../columns/keyword-column.ts'
import { hasValueIn, positionOf } from '../columns/numeric-column.ts'
import type { Segment } from '../store/segment.ts'
import { constantMatcher, NOTHING, uniqueAscending, type Matcher } from './matcher.ts'

/** Documents with a term in a range of ordinals. */
export function ordinalRange(segment: Segment, column: KeywordColumn, range: { from: number; to: number; score: number }): Matcher {
  const { from, to, score } = range
  if (from >= to) return NOTHING
  const postings = documentsOf(column, from, to)
  const mayRepeat = to - from > 1 && column.single === null
  return constantMatcher({
    docs: () => (mayRepeat ? uniqueAscending(postings, segment.docCount) : postings),
    estimate: postings.length,
    ascending: to - from === 1 || mayRepeat,
    test: (doc) => hasOrdinalIn(column, doc, from, to),
    score
  })
}

/** Documents with a value in [min, max]. */
export function numericRange(segment: Segment, path: string, range: { min: number; max: number; score: number }): Matcher {
  const column = segment.columns.get(path)
  if (column?.kind !== 'numeric') return NOTHING
  const { min, max, score } = range
  const from = positionOf(column.sortedValues, min, false)
  const to = positionOf(column.sortedValues, max, true)
  if (from >= to) return NOTHING
  const docs = column.sortedDocs.subarray(from, to)
  const isSingle = column.single !== null
  return constantMatcher({
    docs: () => (isSingle ? docs : uniqueAscending(docs, segment.docCount)),
    estimate: docs.length,
    // Equal values stand by document.
    ascending: !isSingle || column.sortedValues[from] === column.sortedValues[to - 1],
    test: (doc) => hasValueIn(column, doc, min, max),
    score
  })
}
