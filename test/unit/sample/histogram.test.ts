import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Histogram, mergeSparse } from '../../../src/sample/histogram.ts'

const durations = fc.array(fc.oneof(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 3_600_000, noNaN: true })), { minLength: 1, maxLength: 300 })

test('every quantile is within 0.1 % or 100 ns of the sorted samples', () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 100, noNaN: true }), (samples, percentile) => {
      const histogram = histogramOf(samples)
      const sorted = samples.toSorted((a, b) => a - b)
      const exact = sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length - 1e-9) - 1)]!
      const error = Math.abs(histogram.percentile(percentile) - exact)
      assert.ok(error <= Math.max(exact * 0.001, 0.0001), `${error} off at ${exact}`)
    })
  )
})

test('count, sum, least and largest are exact', () => {
  fc.assert(
    fc.property(durations, (samples) => {
      const histogram = histogramOf(samples)
      assert.equal(histogram.count, samples.length)
      assert.equal(histogram.min, Math.min(...samples))
      assert.equal(histogram.percentile(100), Math.max(...samples))
      assert.ok(Math.abs(histogram.mean * samples.length - samples.reduce((a, b) => a + b, 0)) < 1e-3)
    })
  )
})

test('merging parts in any form gives what a single histogram gives', () => {
  fc.assert(
    fc.property(durations, durations, durations, (a, b, c) => {
      const whole = histogramOf([...a, ...b, ...c]).toSparse()
      const left = histogramOf(a)
      left.add(histogramOf(b))
      const merged = mergeSparse([histogramOf(c).toSparse(), left.toSparse()]).toSparse()
      assert.deepEqual(merged.buckets, whole.buckets)
      assert.deepEqual([merged.n, merged.min, merged.max], [whole.n, whole.min, whole.max])
    })
  )
})

test('a cleared histogram is as good as new', () => {
  const histogram = histogramOf([1, 2, 3_000_000])
  histogram.clear()
  assert.ok(Number.isNaN(histogram.percentile(50)))
  histogram.record(7)
  assert.deepEqual(histogram.toSparse(), histogramOf([7]).toSparse())
})

test('durations beyond an hour keep their exact maximum, and nonsense counts as nothing', () => {
  const histogram = histogramOf([10_000_000, Number.NaN, -5])
  assert.equal(histogram.percentile(100), 10_000_000)
  assert.equal(histogram.min, 0)
  assert.equal(histogram.count, 3)
})

test('a bucket outside the range, as a broken peer might send, is refused', () => {
  assert.throws(() => mergeSparse([{ n: 1, sum: 1, min: 1, max: 1, buckets: [1e9, 1] }]), RangeError)
})

function histogramOf(samples: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const sample of samples) histogram.record(sample)
  return histogram
}
