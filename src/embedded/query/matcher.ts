// A query, bound to one segment: which documents match and how well. Queries combine by asking the one with the fewest
// documents for all of them, and the others one document at a time; no bit set of the whole segment is needed.

import type { Segment } from '../store/segment.ts'

export interface Matcher {
  /** Upper bound of the number of matching documents. */
  readonly estimate: number
  /** docs() ascends. */
  readonly ascending: boolean
  /** Every matching document has the same score. */
  readonly isConstantScore: boolean
  /** Matching documents, each once; deleted ones too. */
  docs(): Uint32Array
  test(doc: number): boolean
  /** Only for documents that match. */
  score(doc: number): number
}

/** A query bound to the segments of one shard (whose term statistics its scores need), then to each of them. */
export type BoundQuery = (segment: Segment) => Matcher

const NO_DOCS = new Uint32Array(0)

export const NOTHING: Matcher = {
  estimate: 0,
  ascending: true,
  isConstantScore: true,
  docs: () => NO_DOCS,
  test: () => false,
  score: () => 0
}

export function everything(segment: Segment, score: number): Matcher {
  return {
    estimate: segment.docCount,
    ascending: true,
    isConstantScore: true,
    docs: () => segment.allDocs,
    test: () => true,
    score: () => score
  }
}

/** Documents known beforehand, all with one score. */
export function constantMatcher(parts: {
  readonly docs: () => Uint32Array
  readonly estimate: number
  readonly ascending: boolean
  readonly test: (doc: number) => boolean
  readonly score: number
}): Matcher {
  const { docs, estimate, ascending, test, score } = parts
  return { estimate, ascending, isConstantScore: true, docs, test, score: () => score }
}

export function withBoost(matcher: Matcher, boost: number): Matcher {
  return boost === 1 ? matcher : { ...matcher, score: (doc) => Math.fround(matcher.score(doc) * boost) }
}

export function withConstantScore(matcher: Matcher, score: number): Matcher {
  return { ...matcher, isConstantScore: true, score: () => score }
}

/** The same documents, ascending and each once. */
export function uniqueAscending(docs: Uint32Array, docCount: number): Uint32Array {
  return collect(docCount, (mark) => docs.forEach(mark))
}

/** Documents that `fill` marks, ascending. */
export function collect(docCount: number, fill: (mark: (doc: number) => void) => void): Uint32Array {
  const marks = new Uint8Array(docCount)
  let count = 0
  fill((doc) => {
    if (marks[doc] === 0) count++
    marks[doc] = 1
  })
  const result = new Uint32Array(count)
  for (let doc = 0, at = 0; at < count; doc++) if (marks[doc] === 1) result[at++] = doc
  return result
}

/** Position of `doc` in ascending `docs`, or -1. */
export function find(docs: Uint32Array, doc: number): number {
  let low = 0
  let high = docs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (docs[middle]! < doc) low = middle + 1
    else high = middle
  }
  return docs[low] === doc ? low : -1
}
