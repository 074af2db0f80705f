import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Silence } from '../../../src/coordinator/silence.ts'

/** Looks at a node once a second. */
function look(silence: Silence, fromMs: number, toMs: number): (number | null)[] {
  const seen: (number | null)[] = []
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 1000) {
    seen.push(silence.tooLong('a', nowMs))
    silence.looked(nowMs)
  }
  return seen
}

test('a node that has said nothing for more than ten seconds is silent, and not a second before', () => {
  const silence = new Silence()
  silence.heard('a', 0)
  assert.deepEqual(look(silence, 1000, 12_000), [...Array.from({ length: 10 }, () => null), 11_000, 12_000])
  silence.heard('a', 12_500)
  assert.deepEqual(look(silence, 13_000, 22_000), Array.from({ length: 10 }, () => null))
})

test('a coordinator that was stopped itself gives everybody a new chance', () => {
  const silence = new Silence()
  silence.heard('a', 0)
  look(silence, 1000, 3000)
  assert.deepEqual(look(silence, 60_000, 70_000), Array.from({ length: 11 }, () => null))
  assert.equal(silence.tooLong('a', 70_500), 10_500)
})
