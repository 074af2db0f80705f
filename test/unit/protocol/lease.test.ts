import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lease } from '../../../src/protocol/lease.ts'

test('a lease holds for ever until it is renewed, and then until its time, in every thread that shares it', () => {
  const mine = Lease.begin(1_000_000.25)
  const theirs = new Lease(mine.memory)
  assert.ok(theirs.holds(1e12))
  mine.renew(1_005_000.25)
  assert.ok(theirs.holds(1_004_999))
  assert.ok(!theirs.holds(1_005_001))
  mine.renew(1_010_000)
  assert.ok(theirs.holds(1_009_000))
  mine.renew(0)
  assert.ok(!theirs.holds(1_000_001))
})
