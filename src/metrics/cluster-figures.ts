// What the cluster's telemetry says: records → the part of the results below the tasks.

import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import type { PythonNumber } from '../core/python-number.ts'
import { ascending, medianOf, sumOf } from './exact-statistics.ts'
import { percentileOf } from './percentile.ts'
import type { MetricsRecord } from './record.ts'

type Reading = (records: readonly MetricsRecord[]) => JsonValue

/** Results keys in their order, each with the records it is made of and how. Raw units: milliseconds and bytes. */
const FIGURES: readonly (readonly [key: string, record: string, read: Reading])[] = [
  ...timeFigures('total_time', 'indexing_total_time'),
  ...timeFigures('indexing_throttle_time', 'indexing_throttle_time'),
  ...timeFigures('merge_time', 'merges_total_time'),
  ['merge_count', 'merges_total_count', sum],
  ...timeFigures('refresh_time', 'refresh_total_time'),
  ['refresh_count', 'refresh_total_count', sum],
  ...timeFigures('flush_time', 'flush_total_time'),
  ['flush_count', 'flush_total_count', sum],
  ...timeFigures('merge_throttle_time', 'merges_total_throttled_time'),
  ['ml_processing_time', 'ml_processing_time', jobs],
  ...collectorFigures('young', 'young_gen'),
  ...collectorFigures('old', 'old_gen'),
  ...collectorFigures('zgc_cycles', 'zgc_cycles'),
  ...collectorFigures('zgc_pauses', 'zgc_pauses'),
  ['memory_segments', 'segments_memory_in_bytes', median],
  ['memory_doc_values', 'segments_doc_values_memory_in_bytes', median],
  ['memory_terms', 'segments_terms_memory_in_bytes', median],
  ['memory_norms', 'segments_norms_memory_in_bytes', median],
  ['memory_points', 'segments_points_memory_in_bytes', median],
  ['memory_stored_fields', 'segments_stored_fields_memory_in_bytes', median],
  ['dataset_size', 'dataset_size_in_bytes', sum],
  ['store_size', 'store_size_in_bytes', sum],
  ['translog_size', 'translog_size_in_bytes', sum],
  ['segment_count', 'segments_count', wholeMedian],
  ['total_transform_search_times', 'total_transform_search_time', transforms],
  ['total_transform_index_times', 'total_transform_index_time', transforms],
  ['total_transform_processing_times', 'total_transform_processing_time', transforms],
  ['total_transform_throughput', 'total_transform_throughput', transforms],
  ['ingest_pipeline_cluster_count', 'ingest_pipeline_cluster_count', sum],
  ['ingest_pipeline_cluster_time', 'ingest_pipeline_cluster_time', sum],
  ['ingest_pipeline_cluster_failed', 'ingest_pipeline_cluster_failed', sum],
  ...['total', 'inverted_index', 'stored_fields', 'doc_values', 'points', 'norms', 'term_vectors'].map(
    (part) => [`disk_usage_${part}`, `disk_usage_${part}`, fields] as const
  )
]

/** Scalars without records are null, `…_per_shard` is `{}`, lists are empty. */
export function clusterFigures(records: readonly MetricsRecord[]): JsonObject {
  const byName = new Map<string, MetricsRecord[]>()
  for (const record of records) {
    const named = byName.get(record.name)
    if (named === undefined) byName.set(record.name, [record])
    else named.push(record)
  }
  return Object.fromEntries(FIGURES.map(([key, record, read]) => [key, read(byName.get(record) ?? [])]))
}

function timeFigures(key: string, record: string): readonly (readonly [string, string, Reading])[] {
  return [
    [key, record, sum],
    [`${key}_per_shard`, record, perShard]
  ]
}

function collectorFigures(key: string, collector: string): readonly (readonly [string, string, Reading])[] {
  return [
    [`${key}_gc_time`, `node_total_${collector}_gc_time`, sum],
    [`${key}_gc_count`, `node_total_${collector}_gc_count`, sum]
  ]
}

function valuesOf(records: readonly MetricsRecord[]): readonly PythonNumber[] {
  return records.flatMap(({ value }) => (value === undefined || numberOf(value) === null ? [] : [value]))
}

function sum(records: readonly MetricsRecord[]): JsonValue {
  const values = valuesOf(records)
  return values.length === 0 ? null : sumOf(values)
}

function median(records: readonly MetricsRecord[]): JsonValue {
  const values = valuesOf(records)
  return values.length === 0 ? null : percentileOf(ascending(values), 50)
}

function wholeMedian(records: readonly MetricsRecord[]): JsonValue {
  const value = median(records)
  return value === null ? null : Math.trunc(Number(value))
}

function perShard(records: readonly MetricsRecord[]): JsonValue {
  const values = ascending(records.flatMap((record) => record['per-shard'] ?? []))
  const [min, max] = [values[0], values.at(-1)]
  if (min === undefined || max === undefined) return {}
  return { min, median: medianOf(values), max, unit: records[0]?.unit ?? null }
}

function jobs(records: readonly MetricsRecord[]): JsonValue {
  return records.map((record) => pick(record, ['job', 'min', 'mean', 'median', 'max', 'unit']))
}

function transforms(records: readonly MetricsRecord[]): JsonValue {
  return records.flatMap((record) => {
    const id = metaOf(record)['transform_id'] ?? null
    return id === null ? [] : [{ id, mean: record.value ?? null, unit: record.unit ?? null }]
  })
}

function fields(records: readonly MetricsRecord[]): JsonValue {
  return records.flatMap((record) => {
    const { index = null, field = null } = metaOf(record)
    return index === null || field === null ? [] : [{ index, field, value: record.value ?? null, unit: record.unit ?? null }]
  })
}

function metaOf(record: MetricsRecord): JsonObject {
  return isObject(record.meta) ? record.meta : {}
}

function pick(record: MetricsRecord, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.map((key) => [key, record[key] ?? null]))
}
