import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { systemClock } from '../../../src/core/clock.ts'
import { LoopDelay, p99OfMoments } from '../../../src/core/loop-delay.ts'

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('the quantile is of moments: one stall of a fifth of the time hides from no one', () => {
  // 200 ms of 1,000: only its last 190 ms hold the moments that waited longest.
  assert.equal(p99OfMoments([200], 1000), 190)
  assert.equal(p99OfMoments([100, 100], 1000), 95)
  // One hundredth of the time, and not a moment more, waited longer than 30 ms.
  assert.equal(p99OfMoments([40, 20, 15], 1000), 30)
  assert.equal(p99OfMoments([14], 1000), null)
  assert.equal(p99OfMoments([], 1000), null)
})

test('a thread that is blocked is seen to be late by about as long, wherever the stretch begins', async () => {
  for (const calmMs of [50, 0]) {
    const delay = new LoopDelay()
    const fromMs = systemClock.monotonicMs()
    delay.restart()
    if (calmMs > 0) await wait(calmMs)
    block(150)
    await wait(50)
    const { p99Ms, longMs } = delay.take(systemClock.monotonicMs() - fromMs)
    delay.close()
    assert.ok(longMs[0]! >= 135, `after ${calmMs} ms: ${longMs.join(' ')}`)
    assert.ok(p99Ms >= 130 && p99Ms <= longMs[0]!, String(p99Ms))
  }
})

test('each stretch is told once', async () => {
  const delay = new LoopDelay()
  let fromMs = systemClock.monotonicMs()
  await wait(30)
  block(300)
  await wait(30)
  delay.take(systemClock.monotonicMs() - fromMs)
  fromMs = systemClock.monotonicMs()
  await wait(60)
  const { longMs } = delay.take(systemClock.monotonicMs() - fromMs)
  delay.close()
  assert.ok((longMs[0] ?? 0) < 250, longMs.join(' '))
})
