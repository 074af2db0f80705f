import type { Distribution } from './measurement.ts'
import { exactly } from './task-figures.ts'

/** A distribution over samples that are all there: nothing is rounded to a histogram's steps. */
export function exactDistribution(values: readonly number[]): Distribution {
  const sampled = exactly(values)
  const at = (percentile: number): number => (sampled.count === 0 ? Number.NaN : Number(sampled.percentile(percentile)))
  return { count: sampled.count, min: at(0), max: at(100), mean: Number(sampled.mean), percentile: at }
}
