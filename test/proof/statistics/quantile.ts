// Quantiles of sorted samples, by the rule that the histograms follow: the sample at rank ceil(p/100 · n).

/** What can be asked for a quantile: a measured distribution, or sorted samples. */
export interface Quantiles {
  readonly count: number
  percentile(percentile: number): number
}

export function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort()
}

export function sortedQuantiles(values: readonly number[]): Quantiles {
  const sorted = ascending(values)
  return { count: sorted.length, percentile: (percentile) => quantileOf(sorted, percentile) }
}

/** NaN without samples. */
export function quantileOf(sorted: Float64Array, percentile: number): number {
  const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length - 1e-9))
  return sorted[Math.min(rank, sorted.length) - 1] ?? Number.NaN
}

/** A distribution as `points` samples of equal weight: its quantiles at the middle of each share. */
export function asSamples(distribution: Quantiles, points: number): Float64Array {
  return Float64Array.from({ length: points }, (_, point) => distribution.percentile((100 * (point + 0.5)) / points))
}

export function medianOf(values: readonly number[]): number {
  return quantileOf(ascending(values), 50)
}
