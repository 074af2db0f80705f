// One shard: a segment under construction, the segments that searches see, and what is deleted from them.
// A change is seen by `get` at once, by searches from the next refresh on.

import { systemClock } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json.ts'
import { newCounters, type ShardCounters } from './counters.ts'
import { readDocument, type DocumentValues } from './document-reader.ts'
import type { Mapping } from './mapping.ts'
import { SegmentBuilder } from './segment-builder.ts'
import type { Segment, SegmentView } from './segment.ts'

export interface StoredDocument {
  readonly id: string
  readonly version: number
  readonly sequenceNumber: number
  readonly source: Buffer
}

export interface WriteOutcome {
  readonly version: number
  readonly sequenceNumber: number
}

interface SegmentState {
  view: SegmentView
  /** Deleted since the last refresh. */
  readonly deleted: Set<number>
}

/** More segments than this are merged at a refresh, the smallest ones first. */
const MAX_SEGMENTS = 10

export class Shard {
  readonly counters: ShardCounters = newCounters()
  readonly #mapping: Mapping
  #builder = new SegmentBuilder()
  #deletedInBuilder: number[] = []
  #segments: SegmentState[] = []
  #views: readonly SegmentView[] = []
  #nextSequenceNumber = 0
  #changedAtMs: number | null = null

  constructor(mapping: Mapping) {
    this.#mapping = mapping
  }

  /** What a search sees now; never changes, so a scroll may keep it. */
  get views(): readonly SegmentView[] {
    return this.#views
  }

  /** When the oldest change not yet seen by searches came, monotonic; null: none. */
  get changedAtMs(): number | null {
    return this.#changedAtMs
  }

  get maxSequenceNumber(): number {
    return this.#nextSequenceNumber - 1
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, { view }) => sum + view.segment.sizeBytes, this.#builder.sizeBytes)
  }

  /** The newest state of a document, refreshed or not. */
  get(id: string): StoredDocument | null {
    const found = this.#locate(id)
    if (found === null) return null
    if (found.state === null) {
      return {
        id,
        version: this.#builder.versionOf(found.doc),
        sequenceNumber: this.#builder.sequenceNumberOf(found.doc),
        source: this.#builder.source(found.doc)
      }
    }
    const { segment } = found.state.view
    return {
      id,
      version: segment.versions[found.doc]!,
      sequenceNumber: segment.sequenceNumbers[found.doc]!,
      source: segment.sources.subarray(segment.sourceStarts[found.doc], segment.sourceStarts[found.doc + 1])
    }
  }

  /** Adds a document, replacing the one with its id. `isNewId`: the caller made the id up, so none can be there. */
  put(document: {
    readonly id: string
    readonly source: Uint8Array
    readonly values: DocumentValues
    readonly isNewId: boolean
  }): WriteOutcome {
    const old = document.isNewId ? null : this.#locate(document.id)
    const version = old === null ? 1 : this.#versionAt(old) + 1
    if (old !== null) this.#remove(document.id, old)
    const outcome = { version, sequenceNumber: this.#nextSequenceNumber++ }
    this.#builder.add({ ...outcome, id: document.id, source: document.source, values: document.values })
    this.#changedAtMs ??= systemClock.monotonicMs()
    return outcome
  }

  /** Deletes a document; null if there is none. */
  delete(id: string): WriteOutcome | null {
    const old = this.#locate(id)
    const sequenceNumber = this.#nextSequenceNumber++
    if (old === null) return null
    const version = this.#versionAt(old) + 1
    this.#remove(id, old)
    this.#changedAtMs ??= systemClock.monotonicMs()
    return { version, sequenceNumber }
  }

  /** Makes all changes so far visible to searches. */
  refresh(): void {
    const startMs = systemClock.monotonicMs()
    this.counters.refreshTotal++
    if (this.#changedAtMs === null) return
    if (this.#builder.docCount > 0) {
      const segment = this.#builder.freeze()
      this.#segments.push({ view: withDeleted(wholeView(segment), this.#deletedInBuilder), deleted: new Set() })
      this.#builder = new SegmentBuilder()
      this.#deletedInBuilder = []
    }
    this.#segments = this.#segments
      .map(({ view, deleted }) => ({ view: withDeleted(view, deleted), deleted: new Set<number>() }))
      .filter(({ view }) => view.liveCount > 0)
    this.#changedAtMs = null
    this.#publish()
    this.counters.refreshTimeMs += systemClock.monotonicMs() - startMs
    if (this.#segments.length > MAX_SEGMENTS) this.#mergeSmallest()
  }

  /** Merges down to `maxSegments`; a single segment is written anew only if something in it is deleted. */
  forceMerge(maxSegments: number, onlyExpungeDeletes: boolean): void {
    this.refresh()
    if (onlyExpungeDeletes) {
      const dirty = this.#segments.filter(({ view }) => view.live !== null)
      if (dirty.length > 0) this.#merge(dirty)
      return
    }
    const isClean = this.#segments.length <= maxSegments && (maxSegments > 1 || this.#segments.every(({ view }) => view.live === null))
    if (isClean) return
    const bySize = [...this.#segments].sort((a, b) => a.view.liveCount - b.view.liveCount)
    this.#merge(bySize.slice(0, bySize.length - maxSegments + 1))
  }

  #publish(): void {
    this.#views = this.#segments.map(({ view }) => view)
  }

  #mergeSmallest(): void {
    const bySize = [...this.#segments].sort((a, b) => a.view.liveCount - b.view.liveCount)
    this.#merge(bySize.slice(0, MAX_SEGMENTS))
  }

  #merge(parts: readonly SegmentState[]): void {
    const startMs = systemClock.monotonicMs()
    const builder = new SegmentBuilder()
    const chosen = this.#segments.filter((state) => parts.includes(state))
    for (const { view } of chosen) this.#copyLive(view, builder)
    const merged: SegmentState = { view: wholeView(builder.freeze()), deleted: new Set() }
    this.#segments = [...this.#segments.filter((state) => !parts.includes(state)), merged]
    this.#publish()
    this.counters.mergeTotal++
    this.counters.mergeDocs += builder.docCount
    this.counters.mergeBytes += merged.view.segment.sizeBytes
    this.counters.mergeTimeMs += systemClock.monotonicMs() - startMs
  }

  #copyLive({ segment, live }: SegmentView, builder: SegmentBuilder): void {
    for (let doc = 0; doc < segment.docCount; doc++) {
      if (live !== null && live[doc] === 0) continue
      const source = segment.sources.subarray(segment.sourceStarts[doc], segment.sourceStarts[doc + 1])
      const parsed = JSON.parse(source.toString()) as JsonObject
      const id = segment.ids[doc]!
      builder.add({
        id,
        source,
        version: segment.versions[doc]!,
        sequenceNumber: segment.sequenceNumbers[doc]!,
        values: readDocument(this.#mapping, parsed, id)
      })
    }
  }

  #locate(id: string): { readonly state: SegmentState | null; readonly doc: number } | null {
    const inBuilder = this.#builder.docOf(id)
    if (inBuilder !== undefined) return { state: null, doc: inBuilder }
    for (const state of this.#segments) {
      const doc = state.view.segment.docOfId.get(id)
      if (doc !== undefined && !state.deleted.has(doc) && (state.view.live === null || state.view.live[doc] === 1)) return { state, doc }
    }
    return null
  }

  #versionAt({ state, doc }: { readonly state: SegmentState | null; readonly doc: number }): number {
    return state === null ? this.#builder.versionOf(doc) : state.view.segment.versions[doc]!
  }

  #remove(id: string, { state, doc }: { readonly state: SegmentState | null; readonly doc: number }): void {
    if (state === null) {
      this.#builder.forget(id)
      this.#deletedInBuilder.push(doc)
    } else state.deleted.add(doc)
  }
}

function wholeView(segment: Segment): SegmentView {
  return { segment, live: null, liveCount: segment.docCount }
}

// A view may be in use by a scroll, so it is replaced, never changed.
function withDeleted(view: SegmentView, deleted: Iterable<number>): SegmentView {
  const docs = [...deleted]
  if (docs.length === 0) return view
  const live = view.live?.slice() ?? new Uint8Array(view.segment.docCount).fill(1)
  for (const doc of docs) live[doc] = 0
  return { segment: view.segment, live, liveCount: view.liveCount - docs.length }
}
