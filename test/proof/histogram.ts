// Proof 1: what the histograms tell is what sorted samples tell, however they were merged and whichever way they came.

import fc from 'fast-check'
import { seededRandom, type Random } from '../../src/core/random.ts'
import { Histogram, mergeSparse, type SparseHistogram } from '../../src/sample/histogram.ts'
import { atMost, exactly, type Proven } from './proven.ts'
import { ascending, quantileOf } from './statistics/quantile.ts'

const SAMPLES = 200_000
const PERCENTILES = [0, 0.1, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 99.999, 100]
/** Below it a bucket of 100 ns is more than 0.1 % wide. */
const COARSE_BELOW_MS = 0.1

const SHAPES: Readonly<Record<string, (random: Random) => number>> = {
  'uniform over 1 hour': (random) => random() * 3_600_000,
  exponential: (random) => -5 * Math.log(1 - random()),
  'lognormal, wide': (random) => Math.exp(6 * (random() + random() + random() - 1.5)),
  'two values': (random) => (random() < 0.1 ? 50 : 5),
  'microseconds': (random) => 0.01 + random() * 0.09
}

export function histogram(): Promise<Proven[]> {
  const errors = Object.entries(SHAPES).map(([name, draw]) => errorOf(name, draw))
  const runs = 300
  return Promise.resolve([
    ...errors,
    exactly('histogram: merges in another order or grouping that differ, of 300', '', { expected: 0, measured: differences(runs, isMergeFree) }),
    exactly('histogram: changed on the way worker → node → coordinator, of 300', '', { expected: 0, measured: differences(runs, isCarried) })
  ])
}

/** The largest error at any percentile, in per cent of the exact value, or in steps of 100 ns where those are coarser. */
function errorOf(name: string, draw: (random: Random) => number): Proven {
  const random = seededRandom('histogram', name)
  const values = Array.from({ length: SAMPLES }, () => draw(random))
  const recorded = histogramOf(values)
  const sorted = ascending(values)
  const errors = PERCENTILES.map((percentile) => {
    const exact = quantileOf(sorted, percentile)
    return (Math.abs(recorded.percentile(percentile) - exact) / Math.max(exact, COARSE_BELOW_MS)) * 100
  })
  return atMost(`histogram: largest error at p0…p100, 200,000 samples, ${name}`, '%', Math.max(...errors), 0.1)
}

const durations = fc.array(fc.double({ min: 0, max: 3_600_000, noNaN: true }), { maxLength: 200 })
const parts = fc.array(durations, { minLength: 2, maxLength: 5 })

/** How many of the random cases do not have the property. */
function differences(runs: number, holds: (lists: readonly (readonly number[])[]) => boolean): number {
  return fc.sample(parts, { numRuns: runs, seed: 7 }).filter((lists) => !holds(lists)).length
}

function isMergeFree(lists: readonly (readonly number[])[]): boolean {
  const sparse = lists.map((list) => histogramOf(list).toSparse())
  const whole = histogramOf(lists.flat()).toSparse()
  const forwards = sparse.reduce(mergeTwo)
  const backwards = sparse.toReversed().reduce(mergeTwo)
  const grouped = mergeTwo(sparse[0]!, sparse.slice(1).reduce(mergeTwo))
  return [forwards, backwards, grouped, mergeSparse(sparse).toSparse()].every((merged) => isSame(merged, whole))
}

// Between threads by structured clone, between machines as a line of JSON.
function isCarried(lists: readonly (readonly number[])[]): boolean {
  const workers = lists.map((list) => structuredClone(histogramOf(list).toSparse()))
  const node = JSON.parse(JSON.stringify(mergeSparse(workers).toSparse())) as SparseHistogram
  const coordinator = mergeSparse([node])
  const whole = histogramOf(lists.flat())
  return isSame(coordinator.toSparse(), whole.toSparse()) && PERCENTILES.every((p) => Object.is(coordinator.percentile(p), whole.percentile(p)))
}

/** Sums of doubles depend on their order in the last digits. */
function isSame(a: SparseHistogram, b: SparseHistogram): boolean {
  const isCounted = a.n === b.n && a.min === b.min && a.max === b.max && JSON.stringify(a.buckets) === JSON.stringify(b.buckets)
  return isCounted && Math.abs(a.sum - b.sum) <= 1e-9 * Math.max(1, b.sum)
}

function mergeTwo(a: SparseHistogram, b: SparseHistogram): SparseHistogram {
  return mergeSparse([a, b]).toSparse()
}

function histogramOf(values: readonly number[]): Histogram {
  const made = new Histogram()
  for (const value of values) made.record(value)
  return made
}
