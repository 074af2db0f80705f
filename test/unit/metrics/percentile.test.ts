import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../../../src/core/json.ts'
import type { PythonNumber } from '../../../src/core/python-number.ts'
import { meanOf, medianOf, sumOf } from '../../../src/metrics/exact-statistics.ts'
import { isThinlySampled, percentileKey, percentileOf, percentilesFor } from '../../../src/metrics/percentile.ts'
import { canonical, exactVectors, failuresOf } from '../../exact-vectors.ts'

const cases = exactVectors('percentiles.json')
const ofKind = (kind: string): typeof cases => {
  const mine = cases.filter((vector) => vector.kind === kind)
  assert.ok(mine.length > 0)
  return mine
}

test('the percentiles shown grow with the number of samples', () => {
  assert.deepEqual(
    failuresOf(ofKind('percentiles-for-n'), ({ input, expected, error }) => {
      // No samples: Elastic Rally raises, we show none.
      assert.deepEqual(percentilesFor(Number(input['n'])), error === null ? JSON.parse(JSON.stringify(expected)) : [])
    }),
    []
  )
})

test('a percentile’s key has no dot', () => {
  assert.deepEqual(
    failuresOf(ofKind('encode-key'), ({ input, expected }) => assert.equal(percentileKey(Number(input['percentile'])), expected)),
    []
  )
})

test('percentile values are Elastic Rally’s, ints and floats alike', () => {
  assert.deepEqual(
    failuresOf(ofKind('percentile-value'), ({ input, expected }) => {
      const sorted = input['sorted'] as readonly PythonNumber[]
      const values = (input['percentiles'] as readonly PythonNumber[]).map((percentile) => percentileOf(sorted, Number(percentile)))
      assert.equal(canonical(values), canonical(expected))
    }),
    []
  )
})

test('sums and means are Python’s', () => {
  assert.deepEqual(
    failuresOf(ofKind('stats'), ({ input, expected }) => {
      const stats = (expected as JsonObject)['stats'] as JsonObject | null
      if (stats === null) return
      const sorted = (input['normal'] as readonly PythonNumber[]).toSorted((a, b) => Number(a) - Number(b))
      assert.equal(canonical(meanOf(sorted)), canonical(stats['avg']))
      assert.equal(canonical(sumOf(sorted)), canonical(stats['sum']))
    }),
    []
  )
})

test('the mean is exact: order does not matter, cancellation loses nothing', () => {
  assert.equal(Number(meanOf([1e16, 1, -1e16])), 1 / 3)
  assert.equal(canonical(meanOf([1, 3])), '2')
  assert.equal(canonical(meanOf([1, 2.5, 2.5])), '2.0')
  assert.equal(Number(meanOf([5e-324, 0])), 0)
  assert.equal(Number(meanOf([Number.MAX_VALUE, Number.MAX_VALUE])), Number.MAX_VALUE)
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 8 }), (drawn) => {
      // A fraction has no negative zero.
      const values = drawn.map((value) => value + 0)
      const mean = Number(meanOf(values))
      assert.equal(Number(meanOf(values.toReversed())), mean)
      assert.ok(mean >= Math.min(...values) && mean <= Math.max(...values))
      assert.equal(Number(meanOf([values[0] ?? 0, values[0] ?? 0, values[0] ?? 0])), values[0])
    })
  )
})

test('an even median is a float, an odd one keeps its kind', () => {
  assert.equal(canonical([medianOf([4, 1, 3, 2]), medianOf([3, 1, 2]), medianOf([2, 2])]), '[2.5,2,2.0]')
})

test('a quantile is thin with fewer than 5/(1−q) samples, to the sample', () => {
  const limits: readonly [number, number][] = [
    [50, 10],
    [90, 50],
    [99, 500],
    [99.9, 5000],
    [99.99, 50_000]
  ]
  for (const [percentile, needed] of limits) {
    assert.ok(isThinlySampled(percentile, needed - 1) && !isThinlySampled(percentile, needed), String(percentile))
  }
  assert.equal(isThinlySampled(100, 1), false)
})
