// histogram and date_histogram: buckets of equal width, or of calendar months and their kin.

import { isObject, type JsonObject } from '../../core/json.ts'
import { illegalArgument, parsingError, unsupported } from '../api-error.ts'
import { parseDate, parseDateFormat, printDate } from '../store/date-format.ts'
import type { Field } from '../store/field.ts'
import { parseTimeMs } from '../store/time-value.ts'
import { addUnits, floorTo, zoneOffset } from '../query/date-math.ts'
import {
  checkKeys,
  fieldOf,
  numericOnly,
  runAll,
  type Aggregation,
  type AggregationParser,
  type AggregationSlice,
  type SubAggregations
} from './aggregation.ts'
import { checkBucketCount, dealDocuments } from './buckets.ts'
import { show } from '../show.ts'

interface Grid {
  /** Start of the bucket a value lies in. */
  keyOf(value: number): number
  next(key: number): number
}

interface Options {
  readonly minDocCount: number
  readonly bounds: { readonly min: number; readonly max: number } | null
  readonly order: { readonly byCount: boolean; readonly isDescending: boolean }
}

const COMMON_KEYS = ['field', 'min_doc_count', 'extended_bounds', 'offset', 'order', 'keyed']

export const parseHistogram: AggregationParser = (body, context, children) => {
  checkKeys('histogram', body, new Set([...COMMON_KEYS, 'interval']))
  const field = fieldOf('histogram', body, context)
  numericOnly('histogram', field)
  const interval = Number(body['interval'])
  if (!(interval > 0)) throw illegalArgument('[interval] must be >0 for histogram aggregation [histogram]')
  const offset = Number(body['offset'] ?? 0)
  if (Number.isNaN(offset)) throw parsingError(`[offset] must be a number, found [${JSON.stringify(body['offset'])}]`)
  const grid: Grid = {
    keyOf: (value) => Math.floor((value - offset) / interval) * interval + offset,
    next: (key) => (Math.round((key - offset) / interval) + 1) * interval + offset
  }
  return histogram(field, grid, { options: readOptions(body, Number), children, aheadMs: 0 })
}

const CALENDAR: Readonly<Record<string, string>> = {
  minute: 'm',
  '1m': 'm',
  hour: 'h',
  '1h': 'h',
  day: 'd',
  '1d': 'd',
  week: 'w',
  '1w': 'w',
  month: 'M',
  '1M': 'M',
  quarter: 'q',
  '1q': 'q',
  year: 'y',
  '1y': 'y'
}

export const parseDateHistogram: AggregationParser = (body, context, children) => {
  checkKeys('date_histogram', body, new Set([...COMMON_KEYS, 'fixed_interval', 'calendar_interval', 'time_zone']))
  const field = fieldOf('date_histogram', body, context)
  numericOnly('date_histogram', field)
  const zone = zoneOffset(body['time_zone'] === undefined ? undefined : show(body['time_zone']))
  const shift = readOffset(body['offset']) - zone
  const grid = dateGrid(body, shift)
  const format = field?.type === 'date' ? field.dateFormat : parseDateFormat(undefined)
  return histogram(field, grid, { options: readOptions(body, (value) => parseDate(format, value)), children, aheadMs: zone })
}

/** `shift` is added to every bucket's start: the offset, less the zone's lead over UTC. */
function dateGrid(body: JsonObject, shift: number): Grid {
  const { fixed_interval: fixed, calendar_interval: calendar } = body
  if ((fixed === undefined) === (calendar === undefined)) {
    throw illegalArgument('Invalid interval specified, must be non-null and non-empty: one of [fixed_interval], [calendar_interval]')
  }
  if (fixed !== undefined) {
    const interval = parseTimeMs(show(fixed), 'fixed_interval')
    if (!(interval >= 1)) throw illegalArgument(`[fixed_interval] must be at least 1ms, was [${show(fixed)}]`)
    return { keyOf: (value) => Math.floor((value - shift) / interval) * interval + shift, next: (key) => key + interval }
  }
  const unit = Object.hasOwn(CALENDAR, show(calendar)) ? CALENDAR[show(calendar)]! : null
  if (unit === null) throw illegalArgument(`The supplied interval [${show(calendar)}] could not be parsed as a calendar interval.`)
  return {
    keyOf: (value) => floorTo(value - shift, unit) + shift,
    next: (key) => addUnits(key - shift, unit, 1) + shift
  }
}

function readOffset(value: unknown): number {
  if (value === undefined) return 0
  const text = show(value)
  return text.startsWith('-') ? -parseTimeMs(text.slice(1), 'offset') : parseTimeMs(text.replace(/^\+/, ''), 'offset')
}

function readOptions(body: JsonObject, readBound: (value: unknown) => number): Options {
  if (body['keyed'] === true) throw unsupported('[keyed] in aggregation [histogram]')
  const minDocCount = Number(body['min_doc_count'] ?? 0)
  if (!(minDocCount >= 0)) throw illegalArgument(`[minDocCount] must be greater than or equal to 0. Found [${show(body['min_doc_count'])}]`)
  return { minDocCount, bounds: readBounds(body['extended_bounds'], readBound), order: readOrder(body['order']) }
}

function readBounds(bounds: unknown, readBound: (value: unknown) => number): Options['bounds'] {
  if (bounds === undefined) return null
  if (!isObject(bounds)) throw parsingError('[extended_bounds] must be an object')
  const min = readBound(bounds['min'])
  const max = readBound(bounds['max'])
  if (Number.isNaN(min) || Number.isNaN(max) || min > max)
    throw parsingError(`[extended_bounds] needs min <= max, found [${JSON.stringify(bounds)}]`)
  return { min, max }
}

function readOrder(order: unknown): Options['order'] {
  if (order === undefined) return { byCount: false, isDescending: false }
  const [entry, second] = isObject(order) ? Object.entries(order) : []
  if (entry === undefined || second !== undefined || !['_key', '_count'].includes(entry[0]))
    throw unsupported(`order [${JSON.stringify(order)}] in a histogram`)
  return { byCount: entry[0] === '_count', isDescending: show(entry[1]).toLowerCase() === 'desc' }
}

function histogram(field: Field | null, grid: Grid, rest: { options: Options; children: SubAggregations; aheadMs: number }): Aggregation {
  const { options, children, aheadMs } = rest
  return {
    run: (slices) => {
      const counts = countByKey(slices, field?.path ?? '', grid)
      const keys = bucketKeys(counts, grid, options)
      const bucketOf = new Map(keys.map((key, bucket) => [key, bucket]))
      const dealt =
        children.size === 0
          ? null
          : dealDocuments(slices, keys.length, (slice, put) =>
              eachKey(slice, field?.path ?? '', grid, (doc, key) => {
                const bucket = bucketOf.get(key)
                if (bucket !== undefined) put(doc, bucket)
              })
            )
      const buckets = keys.map((key, bucket) => ({
        ...(field?.type === 'date' ? { key_as_string: printDate(key, aheadMs) } : {}),
        key,
        doc_count: counts.get(key) ?? 0,
        ...(dealt === null ? {} : runAll(children, dealt[bucket]!))
      }))
      return { buckets }
    }
  }
}

function countByKey(slices: readonly AggregationSlice[], path: string, grid: Grid): Map<number, number> {
  const counts = new Map<number, number>()
  for (const slice of slices) eachKey(slice, path, grid, (_, key) => counts.set(key, (counts.get(key) ?? 0) + 1))
  checkBucketCount(counts.size)
  return counts
}

/** Each document once per bucket that holds one of its values. */
function eachKey({ view, docs }: AggregationSlice, path: string, grid: Grid, put: (doc: number, key: number) => void): void {
  const column = view.segment.columns.get(path)
  if (column?.kind !== 'numeric') return
  const { starts, values } = column
  for (const doc of docs) {
    let last = Number.NaN
    for (let i = starts[doc]!; i < starts[doc + 1]!; i++) {
      const key = grid.keyOf(values[i]!)
      if (key !== last) put(doc, key)
      last = key
    }
  }
}

function bucketKeys(counts: ReadonlyMap<number, number>, grid: Grid, options: Options): number[] {
  const { minDocCount, bounds, order } = options
  let keys = [...counts.keys()].sort((a, b) => a - b)
  if (minDocCount === 0) keys = withGaps(keys, grid, bounds)
  keys = keys.filter((key) => (counts.get(key) ?? 0) >= minDocCount)
  if (order.byCount) keys.sort((a, b) => ((counts.get(a) ?? 0) - (counts.get(b) ?? 0)) * (order.isDescending ? -1 : 1) || a - b)
  else if (order.isDescending) keys.reverse()
  return keys
}

function withGaps(keys: readonly number[], grid: Grid, bounds: Options['bounds']): number[] {
  const first = Math.min(keys[0] ?? Number.POSITIVE_INFINITY, bounds === null ? Number.POSITIVE_INFINITY : grid.keyOf(bounds.min))
  const last = Math.max(keys.at(-1) ?? Number.NEGATIVE_INFINITY, bounds === null ? Number.NEGATIVE_INFINITY : grid.keyOf(bounds.max))
  const all: number[] = []
  for (let key = first; key <= last;) {
    all.push(key)
    checkBucketCount(all.length)
    const next = grid.next(key)
    // Beyond the doubles' precision a step leads nowhere.
    if (!(next > key)) break
    key = next
  }
  return all
}
