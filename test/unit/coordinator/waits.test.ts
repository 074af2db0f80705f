import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RaceState } from '../../../src/coordinator/race-state.ts'
import { Waits } from '../../../src/coordinator/waits.ts'

const RUNNING = { phase: 'running', step: 0, nodes: ['a', 'b'], arrived: new Set(['a']), lost: new Set() } as unknown as RaceState

test('a node is waited for since the others were done, not since its step began', () => {
  const waits = new Waits(0)
  assert.equal(waits.now(RUNNING, false, 1000).sinceMs, 1000)
  assert.equal(waits.now(RUNNING, false, 60_000).sinceMs, 60_000)
  const wait = waits.now(RUNNING, true, 61_000)
  assert.deepEqual(wait, { what: 'step 1 at b', sinceMs: 60_000 })
  assert.equal(waits.now(RUNNING, true, 65_000).sinceMs, 60_000)
})

test('another wait begins anew; how far the same one has come does not', () => {
  const waits = new Waits(0)
  waits.waitsFor('files: 1 of 2', 'files')
  assert.deepEqual(waits.now(RUNNING, true, 1000), { what: 'files: 1 of 2', sinceMs: 1000 })
  waits.waitsFor('files: 2 of 2', 'files')
  assert.deepEqual(waits.now(RUNNING, true, 2000), { what: 'files: 2 of 2', sinceMs: 1000 })
  waits.waitsFor('telemetry of the target')
  assert.deepEqual(waits.now(RUNNING, true, 3000), { what: 'telemetry of the target', sinceMs: 3000 })
})
