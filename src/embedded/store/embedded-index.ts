// One index: its mapping, settings and shards; which shard a document lives in; what a write answers.

import { systemClock } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json.ts'
import { ApiError } from '../api-error.ts'
import type { DocumentId } from './document-id.ts'
import { readDocument } from './document-reader.ts'
import { Mapping } from './mapping.ts'
import type { SegmentView } from './segment.ts'
import { flattenSettings, readSettings, type IndexSettings } from './settings.ts'
import { Shard, type StoredDocument } from './shard.ts'

export interface WriteResult {
  readonly id: string
  readonly result: 'created' | 'updated' | 'deleted' | 'not_found' | 'noop'
  readonly status: 200 | 201 | 404
  readonly version: number
  readonly sequenceNumber: number
}

/** What every search of one index sees from its start to its end. */
export interface IndexView {
  readonly index: EmbeddedIndex
  /** By shard. */
  readonly shards: readonly (readonly SegmentView[])[]
}

export class EmbeddedIndex {
  readonly name: string
  readonly uuid: string
  readonly createdAtMs = systemClock.wallMs()
  readonly mapping: Mapping
  readonly shards: readonly Shard[]
  #settings: IndexSettings

  /** Throws ApiError if settings or mappings cannot be held. */
  constructor(name: string, uuid: string, body: { readonly settings: JsonObject; readonly mappings: JsonObject }) {
    this.name = name
    this.uuid = uuid
    this.#settings = readSettings(flattenSettings(body.settings))
    this.mapping = new Mapping(body.mappings)
    this.shards = Array.from({ length: this.#settings.shards }, () => new Shard(this.mapping))
  }

  get settings(): IndexSettings {
    return this.#settings
  }

  /** Changes settings of the open index; throws ApiError for those that are fixed at creation. */
  updateSettings(changes: ReadonlyMap<string, string>): void {
    const shards = changes.get('index.number_of_shards')
    if (shards !== undefined && Number(shards) !== this.#settings.shards) {
      const reason = `final ${this.name} setting [index.number_of_shards], not updateable`
      throw new ApiError(400, 'illegal_argument_exception', reason)
    }
    this.#settings = readSettings(new Map([...this.#settings.flat, ...changes]))
  }

  /** Indexes a document; with `isCreate` it must be new (409 otherwise). */
  put(target: DocumentId, source: Uint8Array, options: { readonly document: JsonObject; readonly isCreate: boolean }): WriteResult {
    const shard = this.#shardOf(target)
    const startMs = systemClock.monotonicMs()
    try {
      const { id } = target
      if (options.isCreate && !target.isNew && shard.get(id) !== null) throw this.#conflict(shard, id)
      const values = readDocument(this.mapping, options.document, id)
      for (const [path, field] of values.newFields) this.mapping.addField(path, field)
      const { version, sequenceNumber } = shard.put({ id, source, values, isNewId: target.isNew })
      shard.counters.indexTotal++
      const isNew = version === 1
      return { id, version, sequenceNumber, result: isNew ? 'created' : 'updated', status: isNew ? 201 : 200 }
    } catch (error) {
      shard.counters.indexFailed++
      throw error
    } finally {
      shard.counters.indexTimeMs += systemClock.monotonicMs() - startMs
    }
  }

  delete(target: DocumentId): WriteResult {
    const shard = this.#shardOf(target)
    const startMs = systemClock.monotonicMs()
    const outcome = shard.delete(target.id)
    shard.counters.deleteTotal++
    shard.counters.deleteTimeMs += systemClock.monotonicMs() - startMs
    if (outcome === null) return { id: target.id, version: 1, sequenceNumber: shard.maxSequenceNumber, result: 'not_found', status: 404 }
    return { id: target.id, ...outcome, result: 'deleted', status: 200 }
  }

  /** An update that changed nothing. */
  noop(target: DocumentId, stored: StoredDocument): WriteResult {
    this.#shardOf(target).counters.noopUpdateTotal++
    return { id: target.id, version: stored.version, sequenceNumber: stored.sequenceNumber, result: 'noop', status: 200 }
  }

  get(target: DocumentId): StoredDocument | null {
    const shard = this.#shardOf(target)
    const startMs = systemClock.monotonicMs()
    const stored = shard.get(target.id)
    shard.counters.getTotal++
    if (stored === null) shard.counters.getMissing++
    shard.counters.getTimeMs += systemClock.monotonicMs() - startMs
    return stored
  }

  refresh(): void {
    for (const shard of this.shards) shard.refresh()
  }

  /** What a search that begins now sees. Changes older than the refresh interval become visible first. */
  view(): IndexView {
    const nowMs = systemClock.monotonicMs()
    for (const shard of this.shards) {
      if (shard.changedAtMs !== null && nowMs - shard.changedAtMs >= this.#settings.refreshIntervalMs) shard.refresh()
    }
    return { index: this, shards: this.shards.map((shard) => shard.views) }
  }

  /** Documents that searches see. */
  get docCount(): number {
    return this.shards.reduce((sum, shard) => sum + shard.views.reduce((count, view) => count + view.liveCount, 0), 0)
  }

  #shardOf({ id, routing }: DocumentId): Shard {
    return this.shards[this.shards.length === 1 ? 0 : hash(routing ?? id) % this.shards.length]!
  }

  #conflict(shard: Shard, id: string): ApiError {
    const version = shard.get(id)?.version ?? 1
    const reason = `[${id}]: version conflict, document already exists (current version [${version}])`
    return new ApiError(409, 'version_conflict_engine_exception', reason, {
      details: { index: this.name, index_uuid: this.uuid, shard: '0' }
    })
  }
}

/** FNV-1a: spreads ids over shards. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
