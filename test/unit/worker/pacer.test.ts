import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../../src/core/clock.ts'
import { Pacer } from '../../../src/worker/pacer.ts'

test('waits end in the order they are due, never before their time', async () => {
  const pacer = new Pacer(systemClock)
  const signal = { stopped: false }
  const startMs = systemClock.monotonicMs()
  const order: number[] = []
  const offsets = [12, 3, 7, 3.5, 0, 25]
  await Promise.all(
    offsets.map(async (offset) => {
      assert.equal(await pacer.until(startMs + offset, signal), true)
      assert.ok(systemClock.monotonicMs() >= startMs + offset)
      order.push(offset)
    })
  )
  assert.deepEqual(order, offsets.toSorted((a, b) => a - b))
})

test('who waits without a promise is told in the order of due times, from within a turn of the loop, and at once when stopped', async () => {
  const pacer = new Pacer(systemClock)
  const stop = { stopped: false }
  const startMs = systemClock.monotonicMs()
  const told: string[] = []
  const wait = (name: string, afterMs: number, signal = { stopped: false }): Promise<void> =>
    new Promise((resolve) => {
      const dueMs = startMs + afterMs
      const due = (isDue: boolean): void => {
        if (isDue) assert.ok(systemClock.monotonicMs() >= dueMs, name)
        told.push(`${name} ${isDue}`)
        resolve()
      }
      pacer.wait({ dueMs, stop: signal, due })
    })
  const waits = [wait('second', 6), wait('first', 3), wait('stopped', 3_600_000, stop), wait('past', -1)]
  assert.deepEqual(told, [], 'nobody is told from within its own call')
  stop.stopped = true
  pacer.wake()
  assert.deepEqual(told, ['stopped false'])
  await Promise.all(waits)
  assert.deepEqual(told, ['stopped false', 'past true', 'first true', 'second true'])
})

test('a stopped signal ends its own waits at once and leaves the others alone', async () => {
  const pacer = new Pacer(systemClock)
  const stopped = { stopped: false }
  const other = { stopped: false }
  const nowMs = systemClock.monotonicMs()
  const far = pacer.until(nowMs + 3_600_000, stopped)
  const near = pacer.until(nowMs + 20, other)
  stopped.stopped = true
  pacer.wake()
  assert.equal(await far, false)
  assert.equal(await near, true)
  assert.equal(await pacer.until(nowMs, stopped), false)
})

test('a wait that comes later but is due earlier is not held up by a far one', async () => {
  const pacer = new Pacer(systemClock)
  const signal = { stopped: false }
  const nowMs = systemClock.monotonicMs()
  void pacer.until(nowMs + 60_000, signal)
  assert.equal(await pacer.until(nowMs + 5, signal), true)
  assert.ok(systemClock.monotonicMs() < nowMs + 30_000)
  signal.stopped = true
  pacer.wake()
})

test('the event loop keeps turning while a wait is near its end', async () => {
  const pacer = new Pacer(systemClock)
  let turns = 0
  let isWaiting = true
  const turn = (): void => {
    turns++
    if (isWaiting) setImmediate(turn)
  }
  turn()
  // On a loaded machine a nap may take as long as the wait: many waits, and at least a turn for each.
  for (let wait = 0; wait < 50; wait++) await pacer.until(systemClock.monotonicMs() + 2, { stopped: false })
  isWaiting = false
  assert.ok(turns > 50)
})

test('what is handed over when a wait ends is written before the loop sleeps for the next one', async () => {
  const pacer = new Pacer(systemClock)
  const signal = { stopped: false }
  const lateMs: number[] = []
  // Every millisecond something is due: there is always a nap to come.
  const startMs = systemClock.monotonicMs() + 5
  for (let turn = 0; turn < 200; turn++) {
    await pacer.until(startMs + turn, signal)
    pacer.sent()
    const handedOverMs = systemClock.monotonicMs()
    void pacer.until(startMs + turn + 1, signal)
    // As undici does on an idle connection.
    await new Promise((resolve) => setImmediate(resolve))
    lateMs.push(systemClock.monotonicMs() - handedOverMs)
  }
  // A nap lasts 0.15 ms; other processes may take longer now and then, but not every time.
  assert.ok(lateMs.toSorted((a, b) => a - b)[20]! < 0.1, String(lateMs.slice(0, 5)))
})
