import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../../src/core/random.ts'
import { criticalDistance, distanceBetween, distanceBeyond, distanceFrom } from '../../proof/statistics/kolmogorov-smirnov.ts'
import { ascending } from '../../proof/statistics/quantile.ts'

const samples = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 })

test('the distance of two sets of samples is the largest one of their step functions', () => {
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const share = (values: readonly number[], x: number): number => values.filter((value) => value <= x).length / values.length
      const slow = Math.max(...[...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x))))
      assert.ok(Math.abs(distanceBetween(ascending(a), ascending(b)) - slow) < 1e-12)
    })
  )
})

test('a set of samples is at no distance from itself, and a shift within the slack is none', () => {
  fc.assert(
    fc.property(samples, fc.double({ min: -1, max: 1, noNaN: true }), (a, shift) => {
      assert.equal(distanceBetween(ascending(a), ascending(a)), 0)
      const shifted = a.map((value) => value + shift)
      assert.ok(distanceBeyond(ascending(a), ascending(shifted), () => Math.abs(shift) + 1e-9) < 1e-12)
    })
  )
})

test('what lies beyond the slack is told as a share of the samples', () => {
  const truth = ascending([5, 5, 5, 5, 5, 5, 5, 5, 50, 50])
  const seen = ascending([5.2, 5.1, 5.2, 5, 5, 5.1, 5.3, 9, 50.1, 50])
  assert.equal(distanceBeyond(truth, seen, () => 0.5).toFixed(6), '0.100000')
  assert.ok(distanceBetween(truth, seen) > 0.5)
})

test('exponential samples pass for exponential and not for uniform ones', () => {
  const random = seededRandom('exponential')
  const sorted = ascending(Array.from({ length: 4000 }, () => -Math.log(1 - random())))
  assert.ok(distanceFrom(sorted, (value) => 1 - Math.exp(-value)) < criticalDistance(4000))
  assert.ok(distanceFrom(sorted, (value) => Math.min(1, value / 2)) > criticalDistance(4000))
})

test('one sample in the middle of a uniform distribution is half of it away', () => {
  assert.equal(distanceFrom(ascending([0.5]), (value) => value), 0.5)
})
