// How far apart two distributions are: the largest distance of their distribution functions, 0…1.

/** Of samples and a distribution function. Sorted samples. */
export function distanceFrom(sorted: Float64Array, cdf: (value: number) => number): number {
  let distance = 0
  for (let index = 0; index < sorted.length; index++) {
    const expected = cdf(sorted[index]!)
    distance = Math.max(distance, expected - index / sorted.length, (index + 1) / sorted.length - expected)
  }
  return distance
}

/** Beyond it, samples of the very distribution come with a probability of 1 %: Kolmogorov's limit for n > 35. */
export function criticalDistance(n: number): number {
  return 1.628 / Math.sqrt(n)
}

/** Of two sets of sorted samples. */
export function distanceBetween(a: Float64Array, b: Float64Array): number {
  return distanceBeyond(a, b, () => 0)
}

/**
 * The share of samples that no shift of at most `slack(value)` brings into agreement: the largest amount by which one distribution
 * function exceeds the other one moved by the slack. Without slack, the Kolmogorov–Smirnov distance; with one it can judge a
 * distribution of few values, where a shift of a microsecond moves half of all samples past a step.
 */
export function distanceBeyond(a: Float64Array, b: Float64Array, slack: (value: number) => number): number {
  return Math.max(excess(a, b, slack), excess(b, a, slack))
}

// sup over x of P(a ≤ x − slack) − P(b ≤ x), reached at x = a sample of `a` plus its slack.
function excess(a: Float64Array, b: Float64Array, slack: (value: number) => number): number {
  let largest = 0
  let below = 0
  for (let index = 0; index < a.length; index++) {
    const value = a[index]!
    if (a[index + 1] === value) continue
    const reach = value + slack(value)
    while (below < b.length && b[below]! <= reach) below++
    largest = Math.max(largest, (index + 1) / a.length - below / b.length)
  }
  return largest
}
