import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../../src/core/clock.ts'
import { LOOK_EVERY_MS } from '../../../src/core/silence.ts'
import { GIVEN_UP_IDLE_MS, GIVEN_UP_MS, WorkerWatch } from '../../../src/driver/worker-watch.ts'

/** A watch over two workers of which only worker 1 speaks, each second, while the clock of the test runs from `startMs`. */
function watchFor(t: { after(end: () => void): void }, isRunning: boolean) {
  const told: string[] = []
  const watch = new WorkerWatch(2, {
    warn: (message) => told.push(message),
    isRunning: () => isRunning,
    giveUp: (worker, why) => told.push(`given up: ${worker}: ${why.message}`)
  })
  t.after(() => watch.close())
  const startMs = systemClock.monotonicMs()
  const lookUntil = (fromMs: number, toMs: number): void => {
    for (let atMs = fromMs; atMs <= toMs; atMs += LOOK_EVERY_MS) {
      if (atMs % 1000 === 0) watch.heard(1, startMs + atMs)
      watch.look(startMs + atMs)
    }
  }
  return { told, watch, startMs, lookUntil }
}

test('a worker is told to be stuck once in each silence, and to turn again', (t) => {
  const { told, watch, startMs, lookUntil } = watchFor(t, true)
  lookUntil(0, 4000)
  assert.equal(told.length, 0)
  lookUntil(4250, 30_000)
  watch.heard(0, startMs + 30_100)
  lookUntil(30_250, 34_000)
  assert.deepEqual(told.map((line) => line.split(':')[0]), ['worker 0 has been stuck for 5 s', 'worker 0 turns again after 30 s'])
})

for (const [isRunning, limitMs] of [
  [true, GIVEN_UP_MS],
  [false, GIVEN_UP_IDLE_MS]
] as const) {
  test(`a worker is given up once, after ${limitMs / 1000} s ${isRunning ? 'while' : 'if no'} step runs`, (t) => {
    const { told, lookUntil } = watchFor(t, isRunning)
    lookUntil(0, limitMs - 1000)
    assert.equal(told.length, 1)
    lookUntil(limitMs - 750, limitMs + 120_000)
    assert.deepEqual(told.slice(1), [`given up: 0: worker 0 was stuck for ${limitMs / 1000} s and was ended`])
  })
}

test('time in which the main thread itself stood still makes no worker stuck', (t) => {
  const { told, watch, startMs, lookUntil } = watchFor(t, true)
  lookUntil(0, 2000)
  watch.look(startMs + 100_000)
  assert.deepEqual(told, [])
})
