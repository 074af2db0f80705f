// `--report-format=json`: all that is known of a race, each number with its unit in its name. json-fields.ts says what
// every field means.

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { jsonAt, objectAt, objectsAt, textAt } from '../core/json-path.ts'
import { printJson } from '../core/json-print.ts'
import { timestampMs } from '../metrics/race-timestamp.ts'
import { taskName } from './figure-rows.ts'
import { accountOf, allTasks, errorGroups, totalAccount } from './race-items.ts'

const REPORT_VERSION = 1

/** The report of a race as stored (race.json), indented, with a newline at its end. */
export function jsonReport(document: JsonObject): string {
  const report: JsonObject = {
    report_version: REPORT_VERSION,
    race: raceFields(document),
    target: targetFields(document),
    account: totalAccount(allTasks(document).flatMap((item) => accountOf(item) ?? [])),
    errors: errorGroups(document).map((group) => ({
      class: group.errorClass,
      count: group.count,
      http_status: group.httpStatus,
      description: group.description,
      body: group.body,
      tasks: group.tasks.map((task) => ({ ...task }))
    })),
    tasks: [
      ...objectsAt(document, 'results', 'op_metrics').map((item) => taskFields(item, true)),
      ...objectsAt(document, 'unreported-tasks').map((item) => taskFields(item, false))
    ],
    cluster: clusterFields(objectAt(document, 'results')),
    load_generator: {
      verdict: textAt(document, 'health', 'verdict'),
      http_engine: textAt(document, 'http-engine'),
      nodes: objectsAt(document, 'nodes').map(nodeFields),
      findings: objectsAt(document, 'health', 'findings')
    },
    warnings: listAt(document, 'warnings')
  }
  return `${printJson(report, { indent: 2 })}\n`
}

function listAt(value: JsonValue, key: string): readonly JsonValue[] {
  const list = jsonAt(value, key)
  return Array.isArray(list) ? (list as readonly JsonValue[]) : []
}

function raceFields(document: JsonObject): JsonObject {
  const startedAtMs = timestampMs(textAt(document, 'race-timestamp') ?? '')
  const field = (key: string): JsonValue => jsonAt(document, key)
  return {
    id: field('race-id'),
    started_at: startedAtMs === null ? null : new Date(startedAtMs).toISOString(),
    status: field('status'),
    error: field('error'),
    duration_seconds: field('duration-seconds'),
    environment: field('environment'),
    pipeline: field('pipeline'),
    track: field('track'),
    track_revision: field('track-revision'),
    track_params: objectAt(document, 'track-params'),
    challenge: field('challenge'),
    user_tags: objectAt(document, 'user-tags'),
    seed: field('seed'),
    on_error: field('on-error'),
    test_mode: field('test-mode'),
    rally_version: field('rally-version')
  }
}

function targetFields(document: JsonObject): JsonObject {
  return {
    description: jsonAt(document, 'target', 'line'),
    distribution: jsonAt(document, 'target', 'distribution'),
    version: jsonAt(document, 'cluster', 'distribution-version'),
    flavor: jsonAt(document, 'cluster', 'distribution-flavor'),
    revision: jsonAt(document, 'cluster', 'revision')
  }
}

function taskFields(item: JsonObject, inSummary: boolean): JsonObject {
  return {
    task: taskName(item),
    operation: jsonAt(item, 'operation'),
    operation_type: jsonAt(item, 'operation_type'),
    in_summary: inSummary,
    clients: jsonAt(item, 'clients'),
    throttled: jsonAt(item, 'throttled'),
    target_throughput: jsonAt(item, 'target_throughput'),
    samples: jsonAt(item, 'sample_count', 'normal'),
    warmup_samples: jsonAt(item, 'sample_count', 'warmup'),
    elapsed_seconds: jsonAt(item, 'elapsed_seconds'),
    measured_seconds: jsonAt(item, 'measured_seconds'),
    work: jsonAt(item, 'work'),
    throughput_per_second: jsonAt(item, 'throughput_per_second'),
    cumulative_throughput: jsonAt(item, 'throughput'),
    latency_ms: timeFields(objectAt(item, 'latency')),
    service_time_ms: timeFields(objectAt(item, 'service_time')),
    processing_time_ms: timeFields(objectAt(item, 'processing_time')),
    send_delay_ms: timeFields(objectAt(item, 'send_delay')),
    thin_percentiles: listAt(item, 'thin_percentiles').map((key) => (typeof key === 'string' ? percentileName(key) : key)),
    error_rate: jsonAt(item, 'error_rate'),
    duration_ms: jsonAt(item, 'duration'),
    account: jsonAt(item, 'account'),
    errors: objectsAt(item, 'errors'),
    missing_nodes: listAt(item, 'missing_nodes'),
    meta: objectAt(item, 'meta')
  }
}

function nodeFields(node: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key.replaceAll('-', '_'), value]))
}

/** `{50_0, 99_9, mean, unit}` → `{p50, p99_9, mean}`. */
function timeFields(time: JsonObject): JsonObject {
  const entries = Object.entries(time).filter(([key]) => key !== 'unit')
  return Object.fromEntries(entries.map(([key, value]) => [percentileName(key), value]))
}

function percentileName(key: string): string {
  return /^\d/.test(key) ? `p${key.replace(/_0$/, '')}` : key
}

const SHARD_TIMES: Readonly<Record<string, string>> = {
  indexing_time_ms: 'total_time',
  indexing_throttle_time_ms: 'indexing_throttle_time',
  merge_time_ms: 'merge_time',
  merge_throttle_time_ms: 'merge_throttle_time',
  refresh_time_ms: 'refresh_time',
  flush_time_ms: 'flush_time'
}

const SCALARS: Readonly<Record<string, string>> = {
  merge_count: 'merge_count',
  refresh_count: 'refresh_count',
  flush_count: 'flush_count',
  young_gc_time_ms: 'young_gc_time',
  young_gc_count: 'young_gc_count',
  old_gc_time_ms: 'old_gc_time',
  old_gc_count: 'old_gc_count',
  zgc_cycles_time_ms: 'zgc_cycles_gc_time',
  zgc_cycles_count: 'zgc_cycles_gc_count',
  zgc_pauses_time_ms: 'zgc_pauses_gc_time',
  zgc_pauses_count: 'zgc_pauses_gc_count',
  dataset_size_bytes: 'dataset_size',
  store_size_bytes: 'store_size',
  translog_size_bytes: 'translog_size',
  segment_count: 'segment_count',
  segments_memory_bytes: 'memory_segments',
  doc_values_memory_bytes: 'memory_doc_values',
  terms_memory_bytes: 'memory_terms',
  norms_memory_bytes: 'memory_norms',
  points_memory_bytes: 'memory_points',
  stored_fields_memory_bytes: 'memory_stored_fields',
  ingest_pipeline_count: 'ingest_pipeline_cluster_count',
  ingest_pipeline_time_ms: 'ingest_pipeline_cluster_time',
  ingest_pipeline_failed: 'ingest_pipeline_cluster_failed'
}

function clusterFields(results: JsonObject): JsonObject {
  const times = Object.entries(SHARD_TIMES).map(([name, key]) => [name, shardTime(results, key)])
  const scalars = Object.entries(SCALARS).map(([name, key]) => [name, jsonAt(results, key)])
  return Object.fromEntries([...times, ...scalars]) as JsonObject
}

function shardTime(results: JsonObject, key: string): JsonValue {
  const perShard = jsonAt(results, `${key}_per_shard`)
  const total = jsonAt(results, key)
  if (total === null) return null
  const { min = null, median = null, max = null } = isObject(perShard) ? perShard : {}
  return { total, min, median, max }
}
