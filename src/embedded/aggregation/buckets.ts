// Documents dealt into numbered buckets, so that aggregations inside them see only theirs.

import { illegalArgument } from '../api-error.ts'
import { Uint32List } from '../columns/growable.ts'
import type { AggregationSlice } from './aggregation.ts'

/** As Elasticsearch's `search.max_buckets`. */
export const MAX_BUCKETS = 65_536

/** Tells the buckets of one slice's documents; a document may be in several, but in each once. */
export type Deal = (slice: AggregationSlice, put: (doc: number, bucket: number) => void) => void

/** By bucket: its documents, segment by segment. */
export function dealDocuments(slices: readonly AggregationSlice[], bucketCount: number, deal: Deal): AggregationSlice[][] {
  const dealt: AggregationSlice[][] = Array.from({ length: bucketCount }, () => [])
  for (const slice of slices) {
    const docs = new Uint32List()
    const buckets = new Uint32List()
    deal(slice, (doc, bucket) => {
      docs.push(doc)
      buckets.push(bucket)
    })
    const starts = new Uint32Array(bucketCount + 1)
    for (let i = 0; i < buckets.length; i++) starts[buckets.at(i) + 1]!++
    for (let bucket = 0; bucket < bucketCount; bucket++) starts[bucket + 1]! += starts[bucket]!
    const next = starts.slice()
    const sorted = new Uint32Array(docs.length)
    for (let i = 0; i < docs.length; i++) sorted[next[buckets.at(i)]!++] = docs.at(i)
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const own = sorted.subarray(starts[bucket], starts[bucket + 1])
      if (own.length > 0) dealt[bucket]!.push({ view: slice.view, index: slice.index, docs: own })
    }
  }
  return dealt
}

export function checkBucketCount(count: number): void {
  if (count > MAX_BUCKETS) {
    throw illegalArgument(`Trying to create too many buckets. Must be less than or equal to: [${MAX_BUCKETS}] but was [${count}].`)
  }
}
