// What the cluster's own statistics say at the end of a race: answers of the REST API → records, as Elastic Rally's
// telemetry files them. A statistic that an answer lacks gives no record, so that its rows are left out of the report.

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { jsonAt, numberAt, objectAt, objectsAt } from '../core/json-path.ts'
import type { MetricsRecord } from './record.ts'

/** Answers at one moment; null: could not be had (403, 404 …). */
export interface ClusterAnswers {
  /** `GET /_stats/_all?level=shards`. */
  readonly indexStats: JsonValue
  /** `GET /_nodes/stats/jvm`. */
  readonly jvm: JsonValue
  /** `GET /_nodes/stats/ingest`. */
  readonly ingest: JsonValue
}

/** All that the summary's rows need: index statistics as they stand at the end, JVM and ingest as differences. */
export function telemetryRecords(before: ClusterAnswers, after: ClusterAnswers): readonly MetricsRecord[] {
  return [...indexRecords(after.indexStats), ...collectorRecords(before.jvm, after.jvm), ...ingestRecords(before.ingest, after.ingest)]
}

const TIMES: readonly (readonly [name: string, path: readonly string[]])[] = [
  ['merges_total_time', ['merges', 'total_time_in_millis']],
  ['merges_total_throttled_time', ['merges', 'total_throttled_time_in_millis']],
  ['indexing_total_time', ['indexing', 'index_time_in_millis']],
  ['indexing_throttle_time', ['indexing', 'throttle_time_in_millis']],
  ['refresh_total_time', ['refresh', 'total_time_in_millis']],
  ['flush_total_time', ['flush', 'total_time_in_millis']]
]

const COUNTS: readonly (readonly [name: string, path: readonly string[]])[] = [
  ['merges_total_count', ['merges', 'total']],
  ['refresh_total_count', ['refresh', 'total']],
  ['flush_total_count', ['flush', 'total']],
  ['segments_count', ['segments', 'count']]
]

const PRIMARY_SIZES = ['memory', 'doc_values_memory', 'stored_fields_memory', 'terms_memory', 'norms_memory', 'points_memory']

const TOTAL_SIZES: readonly (readonly [name: string, path: readonly string[]])[] = [
  ['dataset_size_in_bytes', ['store', 'total_data_set_size_in_bytes']],
  ['store_size_in_bytes', ['store', 'size_in_bytes']],
  ['translog_size_in_bytes', ['translog', 'size_in_bytes']]
]

function indexRecords(stats: JsonValue): readonly MetricsRecord[] {
  const [primaries, total] = [jsonAt(stats, '_all', 'primaries'), jsonAt(stats, '_all', 'total')]
  const shards = primaryShards(stats)
  const times = TIMES.flatMap(([name, path]) => {
    const perShard = shards.map((shard) => numberAt(shard, ...path) ?? 0)
    return valueRecord(name, numberAt(primaries, ...path), 'ms').map((record) => ({ ...record, 'per-shard': perShard }))
  })
  return [
    ...times,
    ...COUNTS.flatMap(([name, path]) => valueRecord(name, numberAt(primaries, ...path), null)),
    ...PRIMARY_SIZES.flatMap((part) =>
      valueRecord(`segments_${part}_in_bytes`, numberAt(primaries, 'segments', `${part}_in_bytes`), 'byte')
    ),
    ...TOTAL_SIZES.flatMap(([name, path]) => valueRecord(name, numberAt(total, ...path), 'byte'))
  ]
}

function primaryShards(stats: JsonValue): readonly JsonValue[] {
  return members(jsonAt(stats, 'indices')).flatMap((index) => {
    const shards = objectAt(index, 'shards')
    const copies = Object.keys(shards).flatMap((shard) => objectsAt(shards, shard))
    return copies.filter((copy) => jsonAt(copy, 'routing', 'primary') === true)
  })
}

function valueRecord(name: string, value: number | null, unit: string | null): readonly MetricsRecord[] {
  return value === null ? [] : [{ name, value, unit }]
}

function members(value: JsonValue): readonly JsonValue[] {
  return isObject(value) ? Object.values(value) : []
}

/** Garbage collection between two moments, over the nodes that were there at both; never negative. */
function collectorRecords(before: JsonValue, after: JsonValue): readonly MetricsRecord[] {
  const totals = new Map<string, { count: number; timeMs: number }>()
  for (const [node, start] of Object.entries(objectAt(before, 'nodes'))) {
    const end = objectAt(jsonAt(after, 'nodes', node), 'jvm', 'gc', 'collectors')
    for (const [collector, stats] of Object.entries(objectAt(start, 'jvm', 'gc', 'collectors'))) {
      if (!isObject(end[collector])) continue
      const name = collectorName(collector)
      const total = totals.get(name) ?? { count: 0, timeMs: 0 }
      total.count += growth(stats, end[collector], 'collection_count')
      total.timeMs += growth(stats, end[collector], 'collection_time_in_millis')
      totals.set(name, total)
    }
  }
  return [...totals].flatMap(([name, total]) => [
    { name: `node_total_${name}_gc_time`, value: total.timeMs, unit: 'ms' },
    { name: `node_total_${name}_gc_count`, value: total.count, unit: null }
  ])
}

/** `young` → `young_gen`, `old` → `old_gen`, `ZGC Cycles` → `zgc_cycles`. */
function collectorName(collector: string): string {
  return collector === 'young' || collector === 'old' ? `${collector}_gen` : collector.toLowerCase().replaceAll(/[ -]/g, '_')
}

/** Ingest pipelines of the whole cluster between two moments; a node that restarted counts from 0. */
function ingestRecords(before: JsonValue, after: JsonValue): readonly MetricsRecord[] {
  const nodes = Object.entries(objectAt(after, 'nodes')).filter(
    ([node, stats]) => isObject(jsonAt(stats, 'ingest', 'total')) && isObject(jsonAt(before, 'nodes', node, 'ingest', 'total'))
  )
  if (nodes.length === 0) return []
  const sum = (field: string): number =>
    nodes.reduce(
      (total, [node, stats]) => total + growth(jsonAt(before, 'nodes', node, 'ingest', 'total'), jsonAt(stats, 'ingest', 'total'), field),
      0
    )
  return [
    { name: 'ingest_pipeline_cluster_count', value: sum('count'), unit: null },
    { name: 'ingest_pipeline_cluster_time', value: sum('time_in_millis'), unit: 'ms' },
    { name: 'ingest_pipeline_cluster_failed', value: sum('failed'), unit: null }
  ]
}

function growth(start: JsonValue, end: JsonValue | undefined, field: string): number {
  return Math.max((numberAt(end, field) ?? 0) - (numberAt(start, field) ?? 0), 0)
}

/** Above this, a cluster has worked before the race: cumulative times say little. */
const CLEAN_STATE_MS = 2000

/** One warning for each cumulative time that was not near zero when the race began. */
export function uncleanStateWarnings(indexStats: JsonValue): readonly string[] {
  const primaries: JsonObject = objectAt(indexStats, '_all', 'primaries')
  return TIMES.flatMap(([name, path]) => {
    const value = numberAt(primaries, ...path) ?? 0
    return value > CLEAN_STATE_MS
      ? [
          `${name} is ${value} ms indicating that the cluster is not in a defined clean state. Recorded index time metrics may be misleading.`
        ]
      : []
  })
}
