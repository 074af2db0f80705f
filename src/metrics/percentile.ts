// Which percentiles a report shows, what their keys are called, and their exact value over sorted samples.

import { pythonFloat, pythonText, type PythonNumber } from '../core/python-number.ts'

/** All that a report can show, ascending. */
export const REPORTED_PERCENTILES: readonly number[] = [50, 90, 99, 99.9, 99.99, 100]

/** The percentiles that `count` samples can carry (Elastic Rally's percentiles_for_sample_size); none without samples. */
export function percentilesFor(count: number): readonly number[] {
  if (count < 1) return []
  if (count === 1) return [100]
  if (count < 10) return [50, 100]
  if (count < 100) return [50, 90, 100]
  if (count < 1000) return [50, 90, 99, 100]
  if (count < 10_000) return [50, 90, 99, 99.9, 100]
  return REPORTED_PERCENTILES
}

/** `50_0`, `99_9`: a field name without a dot. */
export function percentileKey(percentile: number): string {
  return pythonText(pythonFloat(percentile)).replace('.', '_')
}

/** Linear interpolation at rank p/100·(n−1) over ascending values (Elastic Rally's in-memory store); needs at least one value. */
export function percentileOf(sorted: readonly PythonNumber[], percentile: number): PythonNumber {
  const rank = (percentile / 100) * (sorted.length - 1)
  const low = sorted[Math.floor(rank)]
  const high = sorted[Math.ceil(rank)]
  if (low === undefined || high === undefined) throw new RangeError(`no percentile ${percentile} of ${sorted.length} values`)
  if (Number.isInteger(rank)) return low
  return pythonFloat(Number(low) + (Number(high) - Number(low)) * (rank - Math.floor(rank)))
}

/** Whether a quantile has fewer than 5/(1−q) samples behind it; the maximum is always itself. */
export function isThinlySampled(percentile: number, count: number): boolean {
  if (percentile >= 100) return false
  // In whole parts per million: 1 − 0.999 is not 0.001 in doubles.
  const missingPpm = Math.round((100 - percentile) * 10_000)
  return count * missingPpm < 5_000_000
}
