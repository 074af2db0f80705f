import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../../../src/core/random.ts'
import { parseDelay, printDelay, sampleDelay, type Delay } from '../../../../src/embedded/calibration/delay.ts'
import { criticalDistance, distanceFrom } from '../../../proof/statistics/kolmogorov-smirnov.ts'
import { ascending, quantileOf } from '../../../proof/statistics/quantile.ts'

const COUNT = 20_000

test('an exponential delay has its mean and its shape', () => {
  const delays = drawn({ kind: 'exponential', meanMs: 5 })
  assert.ok(distanceFrom(delays, (ms) => 1 - Math.exp(-ms / 5)) < criticalDistance(COUNT))
})

test('a lognormal delay is spread around its median by its sigma', () => {
  const delays = drawn({ kind: 'lognormal', medianMs: 5, sigma: 0.5 })
  // Quantiles of the normal distribution: 0 at 50 %, 1.2816 at 90 %, 2.3263 at 99 %.
  for (const [percentile, z] of [[10, -1.2816], [50, 0], [90, 1.2816], [99, 2.3263]] as const) {
    const expected = 5 * Math.exp(0.5 * z)
    const measured = quantileOf(delays, percentile)
    assert.ok(Math.abs(measured / expected - 1) < 0.04, `p${percentile}: ${measured} instead of ${expected}`)
  }
})

test('a bimodal delay takes its high value in its share of cases, a fixed one never differs', () => {
  const delays = drawn({ kind: 'bimodal', lowMs: 5, highMs: 50, highShare: 0.1 })
  const high = delays.filter((ms) => ms === 50).length
  assert.ok(delays.every((ms) => ms === 5 || ms === 50))
  assert.ok(Math.abs(high / COUNT - 0.1) < 0.01)
  assert.deepEqual([...new Set(drawn({ kind: 'fixed', ms: 7 }))], [7])
})

test('delays are read as they are printed, and nothing else is taken for one', () => {
  for (const text of ['fixed:5', 'exponential:2.5', 'bimodal:5,50,0.1', 'lognormal:5,0.5']) assert.equal(printDelay(parseDelay(text)), text)
  for (const text of ['', 'fixed', 'fixed:', 'fixed:-1', 'fixed:1,2', 'bimodal:1,2', 'bimodal:1,2,1.5', 'lognormal:x,1', 'exponential:Infinity', 'gamma:1']) {
    assert.throws(() => parseDelay(text), { message: `embedded node: delay "${text}" is not understood` }, text)
  }
})

function drawn(delay: Delay): Float64Array {
  const random = seededRandom('delays')
  return ascending(Array.from({ length: COUNT }, () => sampleDelay(delay, random)))
}
