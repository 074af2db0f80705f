// A full-text search of one segment, as a matcher.

import type { TextQuery } from '../columns/text-column.ts'
import type { Segment } from '../store/segment.ts'
import { find, NOTHING, type Matcher } from './matcher.ts'

export function textMatcher(segment: Segment, path: string, query: TextQuery): Matcher {
  const column = segment.columns.get(path)
  if (column?.kind !== 'text' || query.terms.length === 0) return NOTHING
  const { docs, scores } = column.search(query)
  return {
    estimate: docs.length,
    ascending: true,
    isConstantScore: false,
    docs: () => docs,
    test: (doc) => find(docs, doc) !== -1,
    score: (doc) => scores[find(docs, doc)] ?? 0
  }
}
