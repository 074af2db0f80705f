import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Histogram } from '../../../src/sample/histogram.ts'
import { ascending, asSamples, medianOf, quantileOf, sortedQuantiles } from '../../proof/statistics/quantile.ts'

test('quantiles follow the rule of the histograms', () => {
  const samples = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 80 })
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 100, noNaN: true }), (values, percentile) => {
      const histogram = new Histogram()
      // Below 204.8 µs a bucket is one unit of 100 ns wide: nothing is rounded but to its middle.
      for (const value of values) histogram.record(value / 10_000)
      assert.ok(Math.abs(quantileOf(ascending(values), percentile) / 10_000 - histogram.percentile(percentile)) <= 0.00006)
    })
  )
})

test('a distribution as samples has its own quantiles', () => {
  const samples = asSamples(sortedQuantiles([4, 1, 3, 2]), 8)
  assert.deepEqual([...samples], [1, 1, 2, 2, 3, 3, 4, 4])
})

test('nothing has no quantile', () => {
  assert.ok(Number.isNaN(quantileOf(ascending([]), 50)))
  assert.equal(medianOf([3, 1, 2]), 2)
})
