import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountOf, measurementOf } from '../../../src/coordinator/measure.ts'
import type { TaskResult, TypeResult } from '../../../src/protocol/messages.ts'
import { emptySample } from '../../../src/sample/sample.ts'
import { TaskRecorder } from '../../../src/sample/task-recorder.ts'
import { buildOperation, buildTask } from '../../helpers/build-track.ts'

/** Requests that end at these offsets, one after another. */
function recorded(endOffsetsMs: readonly number[], weight = 1): TypeResult {
  const recorder = new TaskRecorder()
  for (const endOffsetMs of endOffsetsMs) {
    recorder.sent(endOffsetMs - 1)
    recorder.record({ ...emptySample(0, 0), endOffsetMs, serviceMs: 1, latencyMs: 2, processingMs: 1.5, weight, unit: 'docs' })
  }
  return { tally: recorder.tally, ...recorder.finish() }
}

function resultOf(changes: Partial<TaskResult>): TaskResult {
  return {
    types: {},
    errors: [],
    unit: 'docs',
    isThrottled: false,
    warmAtMs: 0,
    firstEndAtMs: 0,
    lastEndAtMs: 0,
    firstSentAtMs: null,
    lastSentAtMs: null,
    clients: 1,
    ...changes
  }
}

const task = buildTask(buildOperation('bulk'))
const everyTenth = (fromMs: number, toMs: number): number[] => Array.from({ length: (toMs - fromMs) / 100 }, (_, index) => fromMs + index * 100)

test('the measured phase holds only full seconds in which all clients are warm and none has ended', () => {
  const normal = recorded(everyTenth(2300, 6800))
  const measured = measurementOf(task, resultOf({ types: { normal }, warmAtMs: 2300, firstEndAtMs: 6750, lastEndAtMs: 6800 }), false)
  assert.deepEqual(measured.measuredSeconds, { from: 3, to: 6 })
  assert.deepEqual(measured.seconds.map(({ second, work }) => [second, work]), [[2, 7], [3, 10], [4, 10], [5, 10], [6, 8]])
})

test('a task without a full second has no measured phase, but its work and time', () => {
  const normal = recorded([100, 200, 300], 5)
  const measured = measurementOf(task, resultOf({ types: { normal }, firstEndAtMs: 400, lastEndAtMs: 400 }), false)
  assert.equal(measured.measuredSeconds, null)
  assert.deepEqual([measured.normalWork, measured.measuredElapsedSeconds], [15, 0.4])
  assert.deepEqual(measured.cumulativeThroughput, [37.5])
})

test("the cumulative throughput counts the warm-up's work, as Elastic Rally's does", () => {
  const warmup = recorded(everyTenth(0, 2000))
  const normal = recorded(everyTenth(2000, 4000), 3)
  const measured = measurementOf(task, resultOf({ types: { warmup, normal }, warmAtMs: 2000, firstEndAtMs: 4000, lastEndAtMs: 4000 }), false)
  assert.deepEqual(measured.cumulativeThroughput, [50 / 3, 80 / 4])
  assert.equal(measured.normalWork, 60)
})

test('an account keeps timeouts apart, and what no answer accounts for is unknown', () => {
  const tally = { started: 10, ok: 4, failed: { timeout: 2, 'http-429': 1 }, cancelled: 1, work: {}, bytes: 0, retries: 3 }
  assert.deepEqual(accountOf(tally), { started: 10, ok: 4, failed: { 'http-429': 1 }, timedOut: 2, cancelled: 1, unknown: 2, retries: 3 })
})
