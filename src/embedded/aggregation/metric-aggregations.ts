// min, max, avg, sum, value_count, stats, cardinality: one figure (or five) over the values of a field.

import type { JsonObject } from '../../core/json.ts'
import { printDate } from '../store/date-format.ts'
import type { Field } from '../store/field.ts'
import { asText, checkKeys, fieldOf, numericOnly, type AggregationParser, type AggregationSlice } from './aggregation.ts'

interface Stats {
  count: number
  min: number
  max: number
  sum: number
}

type Show = (stats: Stats, field: Field | null) => JsonObject

function metric(kind: string, show: Show): AggregationParser {
  return (body, context) => {
    checkKeys(kind, body, new Set(['field']))
    const field = fieldOf(kind, body, context)
    numericOnly(kind, field)
    return { run: (slices) => show(field === null ? emptyStats() : numericStats(slices, field.path), field) }
  }
}

export const parseMin = metric('min', ({ count, min }, field) => shown(field, count === 0 ? null : min))
export const parseMax = metric('max', ({ count, max }, field) => shown(field, count === 0 ? null : max))
export const parseAvg = metric('avg', ({ count, sum }, field) => shown(field, count === 0 ? null : sum / count))
export const parseSum = metric('sum', ({ sum }, field) => shown(field, sum))
export const parseStats = metric('stats', ({ count, min, max, sum }, field) => {
  if (count === 0) return { count, min: null, max: null, avg: null, sum }
  const figures = { min, max, avg: sum / count, sum }
  return { count, ...figures, ...(field?.type === 'date' ? datesOf(figures) : {}) }
})

function datesOf(figures: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(figures).map(([name, ms]) => [`${name}_as_string`, printDate(ms)]))
}

function shown(field: Field | null, value: number | null): JsonObject {
  const text = value === null ? null : asText(field, value)
  return text === null ? { value } : { value, value_as_string: text }
}

function emptyStats(): Stats {
  return { count: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, sum: 0 }
}

function numericStats(slices: readonly AggregationSlice[], path: string): Stats {
  const stats = emptyStats()
  // Kahan's compensated sum, as Elasticsearch's.
  let lost = 0
  for (const { view, docs } of slices) {
    const column = view.segment.columns.get(path)
    if (column?.kind !== 'numeric') continue
    const { starts, values } = column
    for (const doc of docs) {
      for (let i = starts[doc]!; i < starts[doc + 1]!; i++) {
        const value = values[i]!
        stats.count++
        if (value < stats.min) stats.min = value
        if (value > stats.max) stats.max = value
        const corrected = value - lost
        const next = stats.sum + corrected
        lost = next - stats.sum - corrected
        stats.sum = next
      }
    }
  }
  return stats
}

export const parseValueCount: AggregationParser = (body, context) => {
  checkKeys('value_count', body, new Set(['field']))
  const field = fieldOf('value_count', body, context)
  return {
    run: (slices) => {
      let value = 0
      for (const { view, docs } of slices) {
        const starts = field === null ? undefined : view.segment.columns.get(field.path)?.starts
        if (starts !== undefined) for (const doc of docs) value += starts[doc + 1]! - starts[doc]!
      }
      return { value }
    }
  }
}

/** Exact, where Elasticsearch estimates above `precision_threshold`. */
export const parseCardinality: AggregationParser = (body, context) => {
  checkKeys('cardinality', body, new Set(['field', 'precision_threshold', 'execution_hint', 'rehash']))
  const field = fieldOf('cardinality', body, context)
  return {
    run: (slices) => {
      const seen = new Set<string | number>()
      if (field !== null) for (const slice of slices) addDistinct(slice, field.path, seen)
      return { value: seen.size }
    }
  }
}

function addDistinct({ view, docs }: AggregationSlice, path: string, seen: Set<string | number>): void {
  const column = view.segment.columns.get(path)
  if (column?.kind === 'keyword') {
    const marks = new Uint8Array(column.terms.length)
    for (const doc of docs) for (let i = column.starts[doc]!; i < column.starts[doc + 1]!; i++) marks[column.ordinals[i]!] = 1
    marks.forEach((mark, ordinal) => mark === 1 && seen.add(column.terms[ordinal]!))
  } else if (column?.kind === 'numeric') {
    for (const doc of docs) for (let i = column.starts[doc]!; i < column.starts[doc + 1]!; i++) seen.add(column.values[i]!)
  } else if (column?.kind === 'geo') {
    for (const doc of docs)
      for (let i = column.starts[doc]!; i < column.starts[doc + 1]!; i++) seen.add(`${column.lats[i]},${column.lons[i]}`)
  }
}
