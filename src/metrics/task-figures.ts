// Figures of one task as results hold them, from samples that are there one by one or only as a distribution.

import { numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import type { PythonNumber } from '../core/python-number.ts'
import { ascending, meanOf } from './exact-statistics.ts'
import { percentileKey, percentileOf, percentilesFor } from './percentile.ts'

/** What a time figure is read from: sorted samples, or a measured distribution (same members). */
export interface Sampled {
  readonly count: number
  readonly mean: PythonNumber
  percentile(percentile: number): PythonNumber
}

/** Exact, over all values. */
export function exactly(values: readonly PythonNumber[]): Sampled {
  const sorted = ascending(values)
  return {
    count: sorted.length,
    mean: sorted.length === 0 ? Number.NaN : meanOf(sorted),
    percentile: (percentile) => percentileOf(sorted, percentile)
  }
}

/** `{50_0 … 100_0, mean, unit}`: the percentiles that the number of samples carries; `{}` without samples. */
export function timeFigures(sampled: Sampled, unit: string | null): JsonObject {
  if (sampled.count === 0) return {}
  const figures: Record<string, JsonValue> = {}
  for (const percentile of percentilesFor(sampled.count)) figures[percentileKey(percentile)] = sampled.percentile(percentile)
  return { ...figures, mean: sampled.mean, unit }
}

/** `{min, mean, median, max, unit}`; all null if there is no value, or mean or median is 0: Elastic Rally's reports take that for none. */
export function throughputFigures(values: readonly PythonNumber[], unit: string | null): JsonObject {
  const sampled = exactly(values)
  const none = { min: null, mean: null, median: null, max: null, unit }
  if (sampled.count === 0) return none
  const median = sampled.percentile(50)
  if (numberOf(sampled.mean) === 0 || numberOf(median) === 0) return none
  return { min: sampled.percentile(0), mean: sampled.mean, median, max: sampled.percentile(100), unit }
}
