// The counters of shards, in the shape of `_stats` and `_nodes/stats`.

import type { JsonObject } from '../../core/json.ts'
import type { EmbeddedIndex } from '../store/embedded-index.ts'
import { newCounters, type ShardCounters } from '../store/counters.ts'
import type { Shard } from '../store/shard.ts'

interface Facts {
  readonly counters: ShardCounters
  docs: number
  deleted: number
  sizeBytes: number
  segments: number
}

/** The sections of some shards together; `sections`: those wanted, null for all. */
export function shardStats(shards: readonly Shard[], sections: ReadonlySet<string> | null): JsonObject {
  const facts = shards.map(factsOf).reduce(add, { counters: newCounters(), docs: 0, deleted: 0, sizeBytes: 0, segments: 0 })
  const all = { ...contents(facts), ...documentWork(facts), ...work(facts), ...unusedParts() }
  return sections === null ? all : Object.fromEntries(Object.entries(all).filter(([name]) => sections.has(name)))
}

function factsOf(shard: Shard): Facts {
  const { views } = shard
  return {
    counters: shard.counters,
    docs: views.reduce((sum, { liveCount }) => sum + liveCount, 0),
    deleted: views.reduce((sum, { segment, liveCount }) => sum + segment.docCount - liveCount, 0),
    sizeBytes: shard.sizeBytes,
    segments: views.length
  }
}

function add(sum: Facts, one: Facts): Facts {
  const counters = { ...sum.counters }
  for (const key of Object.keys(counters) as (keyof ShardCounters)[]) counters[key] += one.counters[key]
  return {
    counters,
    docs: sum.docs + one.docs,
    deleted: sum.deleted + one.deleted,
    sizeBytes: sum.sizeBytes + one.sizeBytes,
    segments: sum.segments + one.segments
  }
}

function contents({ docs, deleted, sizeBytes, segments }: Facts): JsonObject {
  return {
    docs: { count: docs, deleted },
    store: { size_in_bytes: sizeBytes, total_data_set_size_in_bytes: sizeBytes, reserved_in_bytes: 0 },
    segments: {
      count: segments,
      memory_in_bytes: 0,
      terms_memory_in_bytes: 0,
      stored_fields_memory_in_bytes: 0,
      term_vectors_memory_in_bytes: 0,
      norms_memory_in_bytes: 0,
      points_memory_in_bytes: 0,
      doc_values_memory_in_bytes: 0,
      index_writer_memory_in_bytes: 0,
      version_map_memory_in_bytes: 0,
      fixed_bit_set_memory_in_bytes: 0,
      max_unsafe_auto_id_timestamp: -1,
      file_sizes: {}
    }
  }
}

const ms = Math.round

function documentWork({ counters: c }: Facts): JsonObject {
  return {
    indexing: {
      index_total: c.indexTotal,
      index_time_in_millis: ms(c.indexTimeMs),
      index_current: 0,
      index_failed: c.indexFailed,
      delete_total: c.deleteTotal,
      delete_time_in_millis: ms(c.deleteTimeMs),
      delete_current: 0,
      noop_update_total: c.noopUpdateTotal,
      is_throttled: false,
      throttle_time_in_millis: 0
    },
    get: {
      total: c.getTotal,
      time_in_millis: ms(c.getTimeMs),
      exists_total: c.getTotal - c.getMissing,
      exists_time_in_millis: ms(c.getTimeMs),
      missing_total: c.getMissing,
      missing_time_in_millis: 0,
      current: 0
    }
  }
}

function work({ counters: c }: Facts): JsonObject {
  return {
    search: {
      open_contexts: 0,
      query_total: c.queryTotal,
      query_time_in_millis: ms(c.queryTimeMs),
      query_current: 0,
      fetch_total: c.fetchTotal,
      fetch_time_in_millis: ms(c.fetchTimeMs),
      fetch_current: 0,
      scroll_total: c.scrollTotal,
      scroll_time_in_millis: ms(c.scrollTimeMs),
      scroll_current: 0,
      suggest_total: 0,
      suggest_time_in_millis: 0,
      suggest_current: 0
    },
    merges: {
      current: 0,
      current_docs: 0,
      current_size_in_bytes: 0,
      total: c.mergeTotal,
      total_time_in_millis: ms(c.mergeTimeMs),
      total_docs: c.mergeDocs,
      total_size_in_bytes: c.mergeBytes,
      total_stopped_time_in_millis: 0,
      total_throttled_time_in_millis: 0,
      total_auto_throttle_in_bytes: 0
    },
    refresh: {
      total: c.refreshTotal,
      total_time_in_millis: ms(c.refreshTimeMs),
      external_total: c.refreshTotal,
      external_total_time_in_millis: ms(c.refreshTimeMs),
      listeners: 0
    },
    flush: { total: c.flushTotal, periodic: 0, total_time_in_millis: ms(c.flushTimeMs) }
  }
}

/** What Elasticsearch has and this node has not: caches, a log. They stand at nought, which is the truth. */
function unusedParts(): JsonObject {
  return {
    translog: { operations: 0, size_in_bytes: 0, uncommitted_operations: 0, uncommitted_size_in_bytes: 0, earliest_last_modified_age: 0 },
    warmer: { current: 0, total: 0, total_time_in_millis: 0 },
    query_cache: { memory_size_in_bytes: 0, total_count: 0, hit_count: 0, miss_count: 0, cache_size: 0, cache_count: 0, evictions: 0 },
    fielddata: { memory_size_in_bytes: 0, evictions: 0 },
    completion: { size_in_bytes: 0 },
    request_cache: { memory_size_in_bytes: 0, evictions: 0, hit_count: 0, miss_count: 0 },
    recovery: { current_as_source: 0, current_as_target: 0, throttle_time_in_millis: 0 }
  }
}

export function allShards(indices: readonly EmbeddedIndex[]): Shard[] {
  return indices.flatMap((index) => [...index.shards])
}
