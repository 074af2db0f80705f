import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { emptySample } from '../../../src/sample/sample.ts'
import { secondOf, SecondStore, type KeptSecond } from '../../../src/sample/second-store.ts'
import type { Second } from '../../../src/sample/second.ts'
import { TaskRecorder } from '../../../src/sample/task-recorder.ts'

/** A second as a worker tells it; without latencies, one in which nothing ended. */
function second(k: number, latencies: readonly number[]): Second {
  const recorder = new TaskRecorder()
  recorder.sent(k * 1000)
  for (const latencyMs of latencies) {
    const sendDelayMs = latencyMs > 50 ? -1 : latencyMs / 10
    recorder.record({
      ...emptySample(0, 0),
      endOffsetMs: k * 1000 + 1,
      latencyMs,
      serviceMs: latencyMs / 2,
      processingMs: latencyMs + 1,
      sendDelayMs
    })
  }
  return recorder.finish().seconds[0]!
}

const latencies = fc.array(fc.double({ min: 0, max: 4e6, noNaN: true }), { maxLength: 60 })

test('a second comes back as it was kept, whatever was kept and let go before and after it', () => {
  const turn = fc.record({ latencies, letsGo: fc.option(fc.nat(), { nil: null }) })
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 30 }), (turns) => {
      const store = new SecondStore()
      const kept: { readonly was: Second; readonly is: KeptSecond }[] = []
      for (const [k, { latencies: of, letsGo }] of turns.entries()) {
        const was = second(k, of)
        kept.push({ was, is: store.keep(was) })
        if (letsGo === null) continue
        const [gone] = kept.splice(letsGo % kept.length, 1)
        store.letGo(gone!.is)
      }
      for (const { was, is } of kept) assert.deepEqual(secondOf(is), was)
    })
  )
})

test('what was let go is used again: a hundred seconds one after the other need no more memory than the two that are kept at once', () => {
  const store = new SecondStore()
  const rooms = new Set<ArrayBufferLike>()
  let last: KeptSecond | null = null
  for (let k = 0; k < 100; k++) {
    const kept = store.keep(second(k, [k + 1, k + 2, 40]))
    if (last !== null) store.letGo(last)
    rooms.add(kept.words.buffer)
    last = kept
  }
  assert.equal(rooms.size, 2)
})
