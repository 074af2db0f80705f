// Documents that searches see: immutable once made, but for which of them are deleted.

import type { GeoColumn } from '../columns/geo-column.ts'
import type { KeywordColumn } from '../columns/keyword-column.ts'
import type { NumericColumn } from '../columns/numeric-column.ts'
import type { TextColumn } from '../columns/text-column.ts'

export type Column = KeywordColumn | NumericColumn | GeoColumn | TextColumn

export interface Segment {
  readonly docCount: number
  /** By dotted path; only fields that some document has. */
  readonly columns: ReadonlyMap<string, Column>
  readonly ids: readonly string[]
  readonly docOfId: ReadonlyMap<string, number>
  readonly versions: Uint32Array
  readonly sequenceNumbers: Float64Array
  readonly sources: Buffer
  /** Source of document d: bytes sourceStarts[d] … sourceStarts[d + 1]. */
  readonly sourceStarts: Float64Array
  /** 0, 1, 2 …: the documents of `match_all`. */
  readonly allDocs: Uint32Array
  /** Sources and columns. */
  readonly sizeBytes: number
}

/** A segment as one search sees it, whatever is deleted meanwhile. */
export interface SegmentView {
  readonly segment: Segment
  /** 1 for each live document; null: all are. */
  readonly live: Uint8Array | null
  readonly liveCount: number
}

export function sourceOf(segment: Segment, doc: number): string {
  return segment.sources.toString('utf8', segment.sourceStarts[doc], segment.sourceStarts[doc + 1])
}

export function isLive(view: SegmentView, doc: number): boolean {
  return view.live === null || view.live[doc] === 1
}

/** Those of `docs` that are not deleted. */
export function liveOnly(view: SegmentView, docs: Uint32Array): Uint32Array {
  const { live } = view
  return live === null ? docs : docs.filter((doc) => live[doc] === 1)
}
