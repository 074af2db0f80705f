// range: buckets with given ends; a document may be in several.

import { isObject, type JsonObject } from '../../core/json.ts'
import { parsingError } from '../api-error.ts'
import { checkKeys, fieldOf, numericOnly, runAll, totalDocs, type AggregationParser, type AggregationSlice } from './aggregation.ts'
import { checkBucketCount, dealDocuments } from './buckets.ts'
import { show } from '../show.ts'

interface Range {
  /** Included; −∞: open. */
  readonly from: number
  /** Excluded; ∞: open. */
  readonly to: number
  readonly key: string
}

export const parseRange: AggregationParser = (body, context, children) => {
  checkKeys('range', body, new Set(['field', 'ranges']))
  const field = fieldOf('range', body, context)
  numericOnly('range', field)
  const given = body['ranges']
  if (!Array.isArray(given) || given.length === 0) throw parsingError('No [ranges] specified for the [range] aggregation')
  checkBucketCount(given.length)
  const ranges = given.map(readRange).sort((a, b) => a.from - b.from || a.to - b.to)
  return {
    run: (slices) => {
      const dealt = dealDocuments(slices, ranges.length, (slice, put) => dealByRange(slice, field?.path ?? '', ranges, put))
      return { buckets: ranges.map((range, i) => bucket(range, dealt[i]!, runAll(children, dealt[i]!))) }
    }
  }
}

function dealByRange(
  { view, docs }: AggregationSlice,
  path: string,
  ranges: readonly Range[],
  put: (doc: number, bucket: number) => void
): void {
  const column = view.segment.columns.get(path)
  if (column?.kind !== 'numeric') return
  const { starts, values } = column
  for (const doc of docs) {
    for (let bucketNumber = 0; bucketNumber < ranges.length; bucketNumber++) {
      const { from, to } = ranges[bucketNumber]!
      for (let i = starts[doc]!; i < starts[doc + 1]!; i++) {
        if (values[i]! < from || values[i]! >= to) continue
        put(doc, bucketNumber)
        break
      }
    }
  }
}

function readRange(range: unknown): Range {
  if (!isObject(range)) throw parsingError('[range] expects objects in [ranges]')
  checkKeys('range', range, new Set(['from', 'to', 'key']))
  const from = readEnd('from', range['from'], Number.NEGATIVE_INFINITY)
  const to = readEnd('to', range['to'], Number.POSITIVE_INFINITY)
  const key = range['key'] === undefined ? `${printEnd(from)}-${printEnd(to)}` : show(range['key'])
  return { from, to, key }
}

function readEnd(name: string, value: unknown, open: number): number {
  if (value === undefined || value === null) return open
  const number = typeof value === 'object' || value === '' ? Number.NaN : Number(value)
  if (Number.isNaN(number)) throw parsingError(`[${name}] of a range must be a number, found [${JSON.stringify(value)}]`)
  return number
}

function bucket({ key, from, to }: Range, slices: readonly AggregationSlice[], children: JsonObject): JsonObject {
  return {
    key,
    ...(Number.isFinite(from) ? { from } : {}),
    ...(Number.isFinite(to) ? { to } : {}),
    doc_count: totalDocs(slices),
    ...children
  }
}

/** As Java prints a double: `50.0`, `1.0E7`; `*` for an open end. */
function printEnd(value: number): string {
  if (!Number.isFinite(value)) return '*'
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits, exponent] = value.toExponential().split('e')
  return `${digits!.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}
