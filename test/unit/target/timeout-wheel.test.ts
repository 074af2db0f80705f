import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import fc from 'fast-check'
import { TimeoutWheel, type Expiring } from '../../../src/target/timeout-wheel.ts'

class Entry implements Expiring {
  deadlineMs = 0
  nextExpiring: Expiring | null = null
  previousExpiring: Expiring | null = null
  expiredAtMs: number | null = null
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  expired(): void {
    assert.equal(this.expiredAtMs, null, 'expired twice')
    this.expiredAtMs = this.#now()
  }
}

/** A wheel on a clock that the test moves. */
function setUp(): { wheel: TimeoutWheel; now: () => number; advance: (ms: number, stepMs?: number) => void; stop: () => void } {
  mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] })
  let nowMs = 123_456.7
  const wheel = new TimeoutWheel({ monotonicMs: () => nowMs, wallMs: () => 0 })
  const advance = (ms: number, stepMs = 1): void => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      nowMs += stepMs
      mock.timers.tick(stepMs)
    }
  }
  return { wheel, now: () => nowMs, advance, stop: () => mock.timers.reset() }
}

test('each deadline is met, never early and at most 20 ms late, also beyond one turn of the wheel', () => {
  const arming = fc.record({ pauseMs: fc.nat(400), timeoutMs: fc.oneof(fc.nat(300), fc.nat(25_000)), isDisarmed: fc.boolean() })
  fc.assert(
    fc.property(fc.array(arming, { maxLength: 30 }), (armings) => {
      const { wheel, now, advance, stop } = setUp()
      try {
        const entries = armings.map(({ pauseMs, timeoutMs, isDisarmed }) => {
          advance(pauseMs)
          const entry = new Entry(now)
          wheel.arm(entry, now(), timeoutMs)
          return { entry, isDisarmed }
        })
        for (const { entry, isDisarmed } of entries) if (isDisarmed && entry.expiredAtMs === null) wheel.disarm(entry)
        const disarmedAtMs = now()
        advance(26_000)
        for (const { entry, isDisarmed } of entries) {
          if (isDisarmed && entry.deadlineMs > disarmedAtMs) assert.equal(entry.expiredAtMs, null)
          if (entry.expiredAtMs === null) assert.ok(isDisarmed)
          else assert.ok(entry.expiredAtMs >= entry.deadlineMs && entry.expiredAtMs <= entry.deadlineMs + 21)
        }
      } finally {
        stop()
      }
    }),
    { numRuns: 20 }
  )
})

test('a wheel without entries runs no timer', (t) => {
  const { wheel, now, advance, stop } = setUp()
  t.after(stop)
  const entry = new Entry(now)
  wheel.arm(entry, now(), 50)
  wheel.disarm(entry)
  advance(20)
  const set = mock.method(globalThis, 'setTimeout')
  advance(500)
  assert.equal(set.mock.callCount(), 0)
  assert.equal(entry.expiredAtMs, null)
})
