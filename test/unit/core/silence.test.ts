import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOOK_EVERY_MS, Silence } from '../../../src/core/silence.ts'

function lookFor(silence: Silence, fromMs: number, toMs: number): void {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += LOOK_EVERY_MS) silence.look(nowMs)
}

test('silence counts from the last word', () => {
  const silence = new Silence()
  silence.heard('a', 0)
  silence.heard('b', 0)
  lookFor(silence, 0, 4000)
  silence.heard('b', 4000)
  lookFor(silence, 4250, 9000)
  assert.deepEqual([silence.silentMs('a', 9000), silence.silentMs('b', 9000), silence.longestPause], [9000, 5000, null])
})

test('time in which the listener itself stood still is nobody’s silence, and is remembered', () => {
  const silence = new Silence()
  silence.heard('a', 0)
  lookFor(silence, 0, 3000)
  lookFor(silence, 60_000, 62_000)
  assert.equal(silence.silentMs('a', 62_000), 3000 + LOOK_EVERY_MS + 2000)
  assert.deepEqual(silence.longestPause, { untilMs: 60_000, ms: 57_000 })
})

test('a coordinator that is slow at every look still loses a dead node', () => {
  const silence = new Silence()
  silence.heard('a', 0)
  let nowMs = 0
  while (silence.silentMs('a', nowMs) < 10_000) {
    nowMs += 1500
    silence.look(nowMs)
    assert.ok(nowMs < 100_000)
  }
})
