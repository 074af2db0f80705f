// Durations counted in log-linear buckets: O(1) memory, mergeable, quantiles within 0.1 % or 100 ns (HdrHistogram's
// layout with three significant digits, in one typed array, because an increment here costs 2 ns instead of 30).

/** Unit of the buckets: 100 ns. */
export const UNITS_PER_MS = 10_000
const HALF = 1024
/** One hour, in units: longer durations are counted in the last bucket (max stays exact). */
export const TOP_UNITS = 36_000_000_000
export const BUCKETS = bucketOf(TOP_UNITS) + 1

/** `[gap, count, gap, count …]`: gap = distance from the bucket before (first: from 0). */
export interface SparseHistogram {
  readonly n: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly buckets: readonly number[]
}

/** All durations are milliseconds. */
export class Histogram {
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = 0
  #counts: Uint32Array | null = null
  // Only the touched range is ever walked or cleared.
  #lowest = BUCKETS
  #highest = -1

  /** NaN and negative durations count as 0. */
  record(ms: number): void {
    const value = ms > 0 ? ms : 0
    const index = bucketOf(value * UNITS_PER_MS)
    const counts = (this.#counts ??= new Uint32Array(BUCKETS))
    counts[index]!++
    if (index < this.#lowest) this.#lowest = index
    if (index > this.#highest) this.#highest = index
    this.count++
    this.sum += value
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
  }

  get mean(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count
  }

  /** Value at `percentile` 0…100: that of the sample at rank ceil(p/100 · n). NaN without samples. */
  percentile(percentile: number): number {
    if (this.count === 0 || this.#counts === null) return Number.NaN
    if (percentile >= 100) return this.max
    const rank = rankOf(percentile, this.count)
    let seen = 0
    for (let index = this.#lowest; index <= this.#highest; index++) {
      seen += this.#counts[index]!
      if (seen >= rank) return Math.min(Math.max(midpointMs(index), this.min), this.max)
    }
    return this.max
  }

  add(other: Histogram): void {
    if (other.count === 0 || other.#counts === null) return
    const counts = (this.#counts ??= new Uint32Array(BUCKETS))
    for (let index = other.#lowest; index <= other.#highest; index++) counts[index]! += other.#counts[index]!
    this.#widen(other.#lowest, other.#highest)
    this.#total(other.count, other.sum, other.min, other.max)
  }

  addSparse(sparse: SparseHistogram): void {
    if (sparse.n === 0) return
    const counts = (this.#counts ??= new Uint32Array(BUCKETS))
    let index = 0
    for (let i = 0; i + 1 < sparse.buckets.length; i += 2) {
      index += sparse.buckets[i]!
      if (index < 0 || index >= BUCKETS) throw new RangeError(`histogram bucket ${index} is outside 0…${BUCKETS - 1}`)
      counts[index]! += sparse.buckets[i + 1]!
      this.#widen(index, index)
    }
    this.#total(sparse.n, sparse.sum, sparse.min, sparse.max)
  }

  toSparse(): SparseHistogram {
    const buckets: number[] = []
    let last = 0
    for (let index = this.#lowest; index <= this.#highest; index++) {
      const count = this.#counts![index]!
      if (count === 0) continue
      buckets.push(index - last, count)
      last = index
    }
    return { n: this.count, sum: this.sum, min: this.count === 0 ? 0 : this.min, max: this.max, buckets }
  }

  clear(): void {
    if (this.#counts !== null && this.#highest >= 0) this.#counts.fill(0, this.#lowest, this.#highest + 1)
    this.count = 0
    this.sum = 0
    this.min = Number.POSITIVE_INFINITY
    this.max = 0
    this.#lowest = BUCKETS
    this.#highest = -1
  }

  #widen(lowest: number, highest: number): void {
    if (lowest < this.#lowest) this.#lowest = lowest
    if (highest > this.#highest) this.#highest = highest
  }

  #total(count: number, sum: number, min: number, max: number): void {
    this.count += count
    this.sum += sum
    if (min < this.min) this.min = min
    if (max > this.max) this.max = max
  }
}

/** Merges any number of sparse histograms. */
export function mergeSparse(histograms: Iterable<SparseHistogram>): Histogram {
  const merged = new Histogram()
  for (const histogram of histograms) merged.addSparse(histogram)
  return merged
}

/** As `Histogram.percentile`, without the cost of making one; NaN without samples. */
export function sparsePercentile({ n, min, max, buckets }: SparseHistogram, percentile: number): number {
  if (n === 0) return Number.NaN
  if (percentile >= 100) return max
  const rank = rankOf(percentile, n)
  let index = 0
  let seen = 0
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i]!
    seen += buckets[i + 1]!
    if (seen >= rank) return Math.min(Math.max(midpointMs(index), min), max)
  }
  return max
}

function rankOf(percentile: number, count: number): number {
  return Math.max(1, Math.ceil((percentile / 100) * count - 1e-9))
}

// Below 2,048 units a bucket is one unit; above, each power of two has 1,024 buckets.
/** The bucket of a duration in units of 100 ns. */
export function bucketOf(units: number): number {
  if (units < 2 * HALF) return Math.floor(units)
  const value = Math.min(units, TOP_UNITS)
  if (value < 2 ** 31) {
    const whole = value | 0
    const shift = 21 - Math.clz32(whole)
    return shift * HALF + (whole >>> shift)
  }
  const shift = Math.floor(Math.log2(value)) - 10
  return shift * HALF + Math.floor(value / 2 ** shift)
}

function midpointMs(index: number): number {
  if (index < 2 * HALF) return (index + 0.5) / UNITS_PER_MS
  const shift = Math.floor(index / HALF) - 1
  const low = (index - shift * HALF) * 2 ** shift
  return (low + 2 ** shift / 2) / UNITS_PER_MS
}
