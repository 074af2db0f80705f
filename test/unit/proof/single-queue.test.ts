import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../../src/core/random.ts'
import { simulatedBand, sojournTimes, theoreticalQuantile } from '../../proof/statistics/single-queue.ts'

test('requests that come one at a time take their service, those that come together wait for each other', () => {
  assert.deepEqual([...sojournTimes(Float64Array.of(0, 10, 20), Float64Array.of(4, 5, 6))], [4, 5, 6])
  assert.deepEqual([...sojournTimes(Float64Array.of(0, 0, 0), Float64Array.of(4, 5, 6))], [4, 9, 15])
  assert.deepEqual([...sojournTimes(Float64Array.of(0, 3, 20), Float64Array.of(4, 5, 6))], [4, 6, 6])
})

test('the recursion gives what a server does that takes the next request when it is free', () => {
  const gap = fc.double({ min: 0, max: 10, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(gap, gap), { minLength: 1, maxLength: 100 }), (requests) => {
      let now = 0
      const arrivals = Float64Array.from(requests, ([after]) => (now += after))
      const services = Float64Array.from(requests, ([, service]) => service)
      let freeAt = 0
      const expected = Array.from(arrivals, (arrival, index) => (freeAt = Math.max(freeAt, arrival) + services[index]!) - arrival)
      for (const [index, time] of sojournTimes(arrivals, services).entries()) assert.ok(Math.abs(time - expected[index]!) < 1e-6)
    })
  )
})

test('the simulated band holds what theory says, and is narrow where requests are many', () => {
  const rates = { arrivals: 80, services: 100 }
  for (const percentile of [50, 90]) {
    const expected = theoreticalQuantile(rates, percentile)
    const [low, high] = simulatedBand(rates, 5000, percentile, seededRandom('band'), 200)
    assert.ok(low < expected && expected < high, `${low} ${expected} ${high}`)
    const [fewLow, fewHigh] = simulatedBand(rates, 500, percentile, seededRandom('band'), 200)
    assert.ok(high - low < fewHigh - fewLow)
  }
})

test('theory: the median of a queue at 80 % of 1,000 requests a second is 3.47 ms', () => {
  assert.equal((theoreticalQuantile({ arrivals: 800, services: 1000 }, 50) * 1000).toFixed(2), '3.47')
})
