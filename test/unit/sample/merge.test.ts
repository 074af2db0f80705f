import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Histogram, mergeSparse, type SparseHistogram } from '../../../src/sample/histogram.ts'
import { mergeTimes, NO_TIMES } from '../../../src/sample/merge.ts'

test('two sparse histograms become the one that a dense one would have given, in either order', () => {
  const times = fc.array(fc.double({ min: 0, max: 4_000_000, noNaN: true }), { maxLength: 80 }).map(sparse)
  fc.assert(
    fc.property(times, times, (a, b) => {
      const merged = mergeTimes({ ...NO_TIMES, latency: a }, { ...NO_TIMES, latency: b })
      const expected = mergeSparse([a, b]).toSparse()
      assert.deepEqual(merged.latency, expected)
      assert.deepEqual(mergeTimes({ ...NO_TIMES, latency: b }, { ...NO_TIMES, latency: a }), merged)
      assert.deepEqual(merged.service, NO_TIMES.service)
    })
  )
})

function sparse(samples: readonly number[]): SparseHistogram {
  const histogram = new Histogram()
  for (const sample of samples) histogram.record(sample)
  return histogram.toSparse()
}
