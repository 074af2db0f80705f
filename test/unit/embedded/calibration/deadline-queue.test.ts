import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../../../src/core/clock.ts'
import { DeadlineQueue } from '../../../../src/embedded/calibration/deadline-queue.ts'

test('deadlines run in their order, those of one moment in the order they came, never early', async () => {
  const queue = new DeadlineQueue()
  const startMs = systemClock.monotonicMs() + 2
  const ran: string[] = []
  await new Promise<void>((resolve) => {
    const run = (name: string, atMs: number): void =>
      queue.at(atMs, () => {
        assert.ok(systemClock.monotonicMs() >= atMs)
        ran.push(name)
        if (ran.length === 5) resolve()
      })
    run('last', startMs + 30)
    run('second', startMs + 5)
    run('third', startMs + 5)
    run('first', startMs + 1)
    run('fourth', startMs + 12)
  })
  assert.deepEqual(ran, ['first', 'second', 'third', 'fourth', 'last'])
  assert.equal(queue.length, 0)
})

test('what is due already runs at once, unless others wait before it', () => {
  const queue = new DeadlineQueue()
  let ran = 0
  queue.at(systemClock.monotonicMs() - 1, () => ran++)
  assert.equal(ran, 1)
})

test('deadlines that are moved together run at their new times', async () => {
  const queue = new DeadlineQueue()
  const nowMs = systemClock.monotonicMs()
  const ran: number[] = []
  const both = new Promise<void>((resolve) => {
    for (const offset of [5, 10]) {
      queue.at(nowMs + offset, () => {
        assert.ok(systemClock.monotonicMs() >= nowMs + offset + 40)
        ran.push(offset)
        if (ran.length === 2) resolve()
      })
    }
  })
  queue.moveAll((atMs) => atMs + 40)
  await both
  assert.deepEqual(ran, [5, 10])
})
