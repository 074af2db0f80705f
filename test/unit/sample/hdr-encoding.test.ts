import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { decodeBuckets, encodeBuckets } from '../../../src/sample/hdr-encoding.ts'
import { Histogram } from '../../../src/sample/histogram.ts'

/** From below the unit of 100 ns to the hour. */
const durations = fc.array(fc.oneof(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 3_600_000, noNaN: true })), { maxLength: 200 })

test('buckets come back as they were', () => {
  fc.assert(
    fc.property(durations, (samples) => {
      const { buckets } = histogramOf(samples).toSparse()
      assert.deepEqual(decodeBuckets(encodeBuckets(buckets)), buckets)
    })
  )
})

test("HdrHistogram's own reader finds the same count and the same quantiles", () => {
  fc.assert(
    fc.property(durations, (samples) => {
      const ours = histogramOf(samples)
      const theirs = decodeFromCompressedBase64(encodeBuckets(ours.toSparse().buckets), 64)
      assert.equal(theirs.totalCount, ours.count)
      for (const percentile of samples.length === 0 ? [] : [10, 50, 90, 99]) {
        const [a, b] = [theirs.getValueAtPercentile(percentile) / 10_000, ours.percentile(percentile)]
        assert.ok(Math.abs(a - b) <= Math.max(b * 0.001, 0.0001), `${a} and ${b}`)
      }
    })
  )
})

test("what HdrHistogram's own writer encodes is read with the same buckets", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 35_999_999_999 }), { maxLength: 100 }), (units) => {
      const theirs = build({ lowestDiscernibleValue: 1, highestTrackableValue: 36_000_000_000, numberOfSignificantValueDigits: 3, bitBucketSize: 64 })
      for (const value of units) theirs.recordValue(value)
      // Half a unit more, so that no rounding of the milliseconds moves a value into the bucket before.
      const ours = histogramOf(units.map((value) => (value + 0.5) / 10_000))
      assert.deepEqual(decodeBuckets(encodeIntoCompressedBase64(theirs)), ours.toSparse().buckets)
    })
  )
})

test('a large count keeps every unit', () => {
  assert.deepEqual(decodeBuckets(encodeBuckets([5, 2 ** 50 + 1, 1, 3])), [5, 2 ** 50 + 1, 1, 3])
})

test('what is no such histogram is refused', () => {
  assert.throws(() => decodeBuckets('AAAA'), /no HdrHistogram/)
  assert.throws(() => decodeBuckets(`${encodeBuckets([1, 1]).slice(0, 20)}AAAA`))
})

function histogramOf(samples: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const sample of samples) histogram.record(sample)
  return histogram
}
