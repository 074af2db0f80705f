// Results → the rows of a report in Elastic Rally's order, with its labels and units: what the summary shows of one race
// and a comparison of two.

import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { jsonAt, objectAt, objectsAt, textAt } from '../core/json-path.ts'
import type { PythonNumber } from '../core/python-number.ts'
import { percentileKey, REPORTED_PERCENTILES } from '../metrics/percentile.ts'

/** How the stored figure becomes the one that is shown. */
export type Conversion = 'none' | 'minutes' | 'seconds' | 'GB' | 'MB' | 'throughput' | 'percent'

export interface FigureRow {
  readonly label: string
  /** Task, job or transform; empty: the whole cluster. */
  readonly task: string
  /** As stored; null: there is none. */
  readonly value: PythonNumber | null
  readonly unit: string | null
  readonly conversion: Conversion
  readonly higherIsBetter: boolean
  /** A percentile that `all-percentiles` shows even without a value. */
  readonly isPercentile: boolean
}

/** The two reports of Elastic Rally name some rows differently. */
export interface Dialect {
  readonly shards: 'primary shards' | 'primary shard'
  readonly ingestTime: { readonly unit: string; readonly conversion: Conversion }
}

const TOTALS: readonly (readonly [name: string, key: string, countName?: string, countKey?: string])[] = [
  ['indexing time', 'total_time'],
  ['indexing throttle time', 'indexing_throttle_time'],
  ['merge time', 'merge_time', 'merge count', 'merge_count'],
  ['merge throttle time', 'merge_throttle_time'],
  ['refresh time', 'refresh_time', 'refresh count', 'refresh_count'],
  ['flush time', 'flush_time', 'flush count', 'flush_count']
]

const COLLECTORS = [
  ['Young Gen', 'young'],
  ['Old Gen', 'old'],
  ['ZGC Cycles', 'zgc_cycles'],
  ['ZGC Pauses', 'zgc_pauses']
] as const

const SIZES: readonly (readonly [label: string, key: string, conversion: 'GB' | 'MB'])[] = [
  ['Dataset size', 'dataset_size', 'GB'],
  ['Store size', 'store_size', 'GB'],
  ['Translog size', 'translog_size', 'GB'],
  ['Heap used for segments', 'memory_segments', 'MB'],
  ['Heap used for doc values', 'memory_doc_values', 'MB'],
  ['Heap used for terms', 'memory_terms', 'MB'],
  ['Heap used for norms', 'memory_norms', 'MB'],
  ['Heap used for points', 'memory_points', 'MB'],
  ['Heap used for stored fields', 'memory_stored_fields', 'MB']
]

const TRANSFORMS = [
  ['Transform processing time', 'total_transform_processing_times'],
  ['Transform indexing time', 'total_transform_index_times'],
  ['Transform search time', 'total_transform_search_times'],
  ['Transform throughput', 'total_transform_throughput']
] as const

/** Everything above the tasks but the disk usage of fields. */
export function clusterRows(results: JsonObject, dialect: Dialect): readonly FigureRow[] {
  const row = (label: string, key: string, unit: string, conversion: Conversion): FigureRow =>
    figureRow({ label, value: jsonAt(results, key), unit, conversion })
  return [
    ...TOTALS.flatMap((total) => totalRows(results, total, dialect)),
    ...objectsAt(results, 'ml_processing_time').flatMap(jobRows),
    ...COLLECTORS.flatMap(([name, key]) => [
      row(`Total ${name} GC time`, `${key}_gc_time`, 's', 'seconds'),
      row(`Total ${name} GC count`, `${key}_gc_count`, '', 'none')
    ]),
    ...SIZES.map(([label, key, unit]) => row(label, key, unit, unit)),
    row('Segment count', 'segment_count', '', 'none'),
    ...TRANSFORMS.flatMap(([label, key]) => objectsAt(results, key).map((item) => transformRow(label, item))),
    row('Total Ingest Pipeline count', 'ingest_pipeline_cluster_count', '', 'none'),
    row('Total Ingest Pipeline time', 'ingest_pipeline_cluster_time', dialect.ingestTime.unit, dialect.ingestTime.conversion),
    row('Total Ingest Pipeline failed', 'ingest_pipeline_cluster_failed', '', 'none')
  ]
}

function totalRows(results: JsonObject, [name, key, countName, countKey]: (typeof TOTALS)[number], dialect: Dialect): readonly FigureRow[] {
  const perShard = objectAt(results, `${key}_per_shard`)
  const inMinutes = { unit: 'min', conversion: 'minutes' } as const
  const shardRow = (word: string): FigureRow =>
    figureRow({ label: `${word} cumulative ${name} across ${dialect.shards}`, value: perShard[word.toLowerCase()], ...inMinutes })
  const count =
    countKey === undefined
      ? []
      : [figureRow({ label: `Cumulative ${countName ?? ''} of primary shards`, value: results[countKey], unit: '' })]
  return [
    figureRow({ label: `Cumulative ${name} of primary shards`, value: results[key], ...inMinutes }),
    ...count,
    ...['Min', 'Median', 'Max'].map(shardRow)
  ]
}

function jobRows(job: JsonObject): readonly FigureRow[] {
  return ['Min', 'Mean', 'Median', 'Max'].map((word) =>
    figureRow({
      label: `${word} ML processing time`,
      task: textAt(job, 'job') ?? '',
      value: job[word.toLowerCase()],
      unit: textAt(job, 'unit')
    })
  )
}

function transformRow(label: string, item: JsonObject): FigureRow {
  return figureRow({
    label,
    task: textAt(item, 'id') ?? '',
    value: item['mean'],
    unit: textAt(item, 'unit'),
    higherIsBetter: label === 'Transform throughput'
  })
}

export interface TaskRowOptions {
  readonly showProcessingTime: boolean
  /** Also the rows that Elastic Rally does not have: throughput per second. */
  readonly ownFigures: boolean
}

/** Rows of one item of `op_metrics`. */
export function taskRows(item: JsonObject, options: TaskRowOptions): readonly FigureRow[] {
  const task = taskName(item)
  const times = [
    ['latency', 'latency'],
    ['service time', 'service_time'],
    ...(options.showProcessingTime ? [['processing time', 'processing_time'] as const] : [])
  ] as const
  return [
    ...throughputRows(task, objectAt(item, 'throughput'), ''),
    ...(options.ownFigures && isObject(item['throughput_per_second'])
      ? throughputRows(task, item['throughput_per_second'], ' (per second)')
      : []),
    ...times.flatMap(([name, key]) => percentileRows(task, name, objectAt(item, key))),
    figureRow({ label: 'error rate', task, value: item['error_rate'], unit: '%', conversion: 'percent' })
  ]
}

/** Elastic Rally before 0.8 knew no task names. */
export function taskName(item: JsonObject): string {
  return textAt(item, 'task') ?? textAt(item, 'operation') ?? ''
}

function throughputRows(task: string, throughput: JsonObject, suffix: string): readonly FigureRow[] {
  const unit = textAt(throughput, 'unit')
  return ['Min', 'Mean', 'Median', 'Max'].map((word) =>
    figureRow({
      label: `${word} Throughput${suffix}`,
      task,
      value: throughput[word.toLowerCase()],
      unit,
      conversion: 'throughput',
      higherIsBetter: true
    })
  )
}

function percentileRows(task: string, name: string, time: JsonObject): readonly FigureRow[] {
  if (Object.keys(time).length === 0) return []
  return REPORTED_PERCENTILES.map((percentile) =>
    figureRow({ label: `${percentile}th percentile ${name}`, task, value: time[percentileKey(percentile)], unit: 'ms', isPercentile: true })
  )
}

interface RowParts {
  readonly label: string
  readonly task?: string
  readonly value: JsonValue | undefined
  readonly unit: string | null
  readonly conversion?: Conversion
  readonly higherIsBetter?: boolean
  readonly isPercentile?: boolean
}

function figureRow(parts: RowParts): FigureRow {
  const value = numberOf(parts.value) === null ? null : (parts.value as PythonNumber)
  return { task: '', conversion: 'none', higherIsBetter: false, isPercentile: false, ...parts, value }
}
