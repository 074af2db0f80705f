// terms: a bucket for each value of a field, the most frequent ones shown.

import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { ApiError, illegalArgument, parsingError, unsupported } from '../api-error.ts'
import { NO_ORDINAL, type KeywordColumn } from '../columns/keyword-column.ts'
import { codePointOrder } from '../columns/string-order.ts'
import type { Field } from '../store/field.ts'
import { BoundedHeap } from '../search/bounded-heap.ts'
import {
  asText,
  checkKeys,
  fieldOf,
  runAll,
  type Aggregation,
  type AggregationParser,
  type AggregationSlice,
  type SubAggregations
} from './aggregation.ts'
import { checkBucketCount, dealDocuments, MAX_BUCKETS } from './buckets.ts'
import { show, words } from '../show.ts'

type Key = string | number

interface Bucket {
  readonly key: Key
  readonly count: number
  children: JsonObject
}

/** `by` is `_count`, `_key` or the path of a metric inside. */
interface OrderClause {
  readonly by: string
  readonly isDescending: boolean
}

interface Options {
  readonly size: number
  readonly minDocCount: number
  readonly order: readonly OrderClause[]
  readonly include: ReadonlySet<string> | null
  readonly exclude: ReadonlySet<string>
}

const KEYS = new Set(
  words(`
  field size shard_size order min_doc_count shard_min_doc_count include exclude execution_hint collect_mode
  show_term_doc_count_error
`)
)

export const parseTerms: AggregationParser = (body, context, children) => {
  checkKeys('terms', body, KEYS)
  const field = fieldOf('terms', body, context)
  if (field?.type === 'geo_point')
    throw illegalArgument(`Field [${field.path}] of type [geo_point] is not supported for aggregation [terms]`)
  const options: Options = {
    size: positive('size', body['size'], 10),
    minDocCount: positive('min_doc_count', body['min_doc_count'], 1),
    order: readOrder(body['order'], children),
    include: body['include'] === undefined ? null : termSet('include', body['include']),
    exclude: body['exclude'] === undefined ? new Set() : termSet('exclude', body['exclude'])
  }
  return termsAggregation(field, options, children)
}

function positive(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  const number = Number(value)
  if (name === 'min_doc_count' && number === 0) throw unsupported('[min_doc_count: 0] in aggregation [terms]')
  if (!(Number.isInteger(number) && number > 0))
    throw illegalArgument(`[${name}] must be greater than 0. Found [${show(value)}] in [terms]`)
  return name === 'size' ? Math.min(number, MAX_BUCKETS) : number
}

function termSet(name: string, value: unknown): Set<string> {
  if (!Array.isArray(value)) throw unsupported(`[${name}] other than a list of terms in aggregation [terms]`)
  return new Set(value.map(String))
}

function readOrder(order: unknown, children: SubAggregations): OrderClause[] {
  const items = order === undefined ? [{ _count: 'desc' }] : Array.isArray(order) ? order : [order]
  const clauses = items.flatMap((item) => {
    if (!isObject(item)) throw parsingError('[order] of aggregation [terms] must be an object or a list of objects')
    return Object.entries(item).map(([by, direction]): OrderClause => {
      const isChild = children.has(by.split('.')[0]!)
      if (by !== '_count' && by !== '_key' && !isChild) {
        const reason = `Invalid aggregator order path [${by}]. The provided aggregation [${by}] either does not exist, or is a pipeline aggregation and cannot be used to sort the buckets.`
        throw new ApiError(400, 'aggregation_execution_exception', reason)
      }
      return { by, isDescending: show(direction).toLowerCase() === 'desc' }
    })
  })
  // Equal buckets stand by key.
  return clauses.some(({ by }) => by === '_key') ? clauses : [...clauses, { by: '_key', isDescending: false }]
}

function termsAggregation(field: Field | null, options: Options, children: SubAggregations): Aggregation {
  const needsChildrenToOrder = options.order.some(({ by }) => children.has(by.split('.')[0]!))
  return {
    run: (slices) => {
      const all = field === null ? [] : countTerms(slices, field).filter(({ key, count }) => isWanted(options, field, key, count))
      let buckets = all
      if (!needsChildrenToOrder) buckets = firstBuckets(all, options)
      if (children.size > 0 && field !== null) {
        checkBucketCount(buckets.length)
        fillChildren(buckets, { slices, field, children })
      }
      if (needsChildrenToOrder) buckets = firstBuckets(buckets, options)
      const total = all.reduce((sum, { count }) => sum + count, 0)
      const shown = buckets.reduce((sum, { count }) => sum + count, 0)
      return {
        doc_count_error_upper_bound: 0,
        sum_other_doc_count: total - shown,
        buckets: buckets.map((bucket) => printBucket(bucket, field))
      }
    }
  }
}

function isWanted(options: Options, field: Field, key: Key, count: number): boolean {
  const text = asText(field, Number(key)) ?? String(key)
  return count >= options.minDocCount && (options.include === null || options.include.has(text)) && !options.exclude.has(text)
}

function printBucket({ key, count, children }: Bucket, field: Field | null): JsonObject {
  const text = typeof key === 'number' ? asText(field, key) : null
  return { key, ...(text === null ? {} : { key_as_string: text }), doc_count: count, ...children }
}

function countTerms(slices: readonly AggregationSlice[], field: Field): Bucket[] {
  const counts = new Map<Key, number>()
  const add = (key: Key, count: number): Map<Key, number> => counts.set(key, (counts.get(key) ?? 0) + count)
  for (const slice of slices) {
    const column = slice.view.segment.columns.get(field.path)
    if (column?.kind === 'keyword') {
      const perOrdinal = countOrdinals(slice, column)
      if (slices.length === 1) return bucketsOf(column, perOrdinal)
      perOrdinal.forEach((count, ordinal) => count > 0 && add(column.terms[ordinal]!, count))
    } else if (column?.kind === 'numeric') eachNumber(slice, column.starts, column.values, (_, value) => add(value, 1))
  }
  return Array.from(counts, ([key, count]) => ({ key, count, children: {} }))
}

function bucketsOf(column: KeywordColumn, perOrdinal: Uint32Array): Bucket[] {
  const buckets: Bucket[] = []
  perOrdinal.forEach((count, ordinal) => count > 0 && buckets.push({ key: column.terms[ordinal]!, count, children: {} }))
  return buckets
}

function countOrdinals({ view, docs }: AggregationSlice, column: KeywordColumn): Uint32Array {
  const counts = new Uint32Array(column.terms.length)
  if (docs === view.segment.allDocs) {
    for (let ordinal = 0; ordinal < counts.length; ordinal++)
      counts[ordinal] = column.postingStarts[ordinal + 1]! - column.postingStarts[ordinal]!
    return counts
  }
  for (const doc of docs) {
    for (let i = column.starts[doc]!; i < column.starts[doc + 1]!; i++) counts[column.ordinals[i]!]!++
  }
  return counts
}

/** Each distinct value of each document; those of a document ascend. */
function eachNumber(
  { docs }: AggregationSlice,
  starts: Uint32Array,
  values: Float64Array,
  put: (doc: number, value: number) => void
): void {
  for (const doc of docs) {
    for (let i = starts[doc]!; i < starts[doc + 1]!; i++) if (i === starts[doc] || values[i] !== values[i - 1]) put(doc, values[i]!)
  }
}

function fillChildren(
  buckets: readonly Bucket[],
  found: { slices: readonly AggregationSlice[]; field: Field; children: SubAggregations }
): void {
  const { slices, field, children } = found
  const bucketOf = new Map(buckets.map(({ key }, i) => [key, i]))
  const dealt = dealDocuments(slices, buckets.length, (slice, put) => {
    const column = slice.view.segment.columns.get(field.path)
    if (column?.kind === 'keyword') dealByOrdinal(slice, column, bucketOf, put)
    else if (column?.kind === 'numeric') {
      eachNumber(slice, column.starts, column.values, (doc, value) => {
        const bucket = bucketOf.get(value)
        if (bucket !== undefined) put(doc, bucket)
      })
    }
  })
  buckets.forEach((bucket, i) => (bucket.children = runAll(children, dealt[i]!)))
}

function dealByOrdinal(
  { docs }: AggregationSlice,
  column: KeywordColumn,
  bucketOf: ReadonlyMap<Key, number>,
  put: (doc: number, bucket: number) => void
): void {
  const bucketOfOrdinal = Uint32Array.from(column.terms, (term) => bucketOf.get(term) ?? NO_ORDINAL)
  for (const doc of docs) {
    for (let i = column.starts[doc]!; i < column.starts[doc + 1]!; i++) {
      const bucket = bucketOfOrdinal[column.ordinals[i]!]!
      if (bucket !== NO_ORDINAL) put(doc, bucket)
    }
  }
}

function firstBuckets(buckets: Bucket[], { size, order }: Options): Bucket[] {
  const heap = new BoundedHeap(Math.min(size, buckets.length), (a, b) => compareBuckets(buckets[a]!, buckets[b]!, order))
  for (let i = 0; i < buckets.length; i++) heap.offer(i)
  return Array.from(heap.sorted(), (i) => buckets[i]!)
}

function compareBuckets(a: Bucket, b: Bucket, order: readonly OrderClause[]): number {
  for (const { by, isDescending } of order) {
    const difference = by === '_count' ? a.count - b.count : by === '_key' ? compareKeys(a.key, b.key) : compareMetrics(a, b, by)
    if (difference !== 0) return isDescending ? -difference : difference
  }
  return 0
}

function compareKeys(a: Key, b: Key): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : codePointOrder(String(a), String(b))
}

function compareMetrics(a: Bucket, b: Bucket, path: string): number {
  const x = metricAt(a.children, path)
  const y = metricAt(b.children, path)
  return x < y ? -1 : x > y ? 1 : 0
}

// `people`, `figures.max`; no value comes before all others.
function metricAt(children: JsonObject, path: string): number {
  const [name, figure = 'value'] = path.split('.')
  const metric: JsonValue | undefined = children[name!]
  const value = isObject(metric) ? (metric[figure] ?? metric['doc_count']) : undefined
  return typeof value === 'number' ? value : Number.NEGATIVE_INFINITY
}
