import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseFault } from '../../../../src/embedded/calibration/fault.ts'
import { Timetable, type CalibrationOptions } from '../../../../src/embedded/calibration/timetable.ts'
import { sojournTimes } from '../../../proof/statistics/single-queue.ts'

const arrivals = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 80 }).map((gaps) => {
  let now = 0
  return gaps.map((gap) => (now += gap))
})

test('answers are late by the drawn delay when nobody waits for anybody', () => {
  fc.assert(
    fc.property(arrivals, (moments) => {
      const timetable = timetableOf({})
      for (const moment of moments) {
        const { answerAtMs, delayMs } = timetable.admit(moment)
        assert.ok(Math.abs(answerAtMs - moment - delayMs) < 1e-9)
      }
    })
  )
})

test('one queue serves in the order of arrival, one at a time', () => {
  fc.assert(
    fc.property(arrivals, (moments) => {
      const timetable = timetableOf({ queue: 'fifo' })
      const fates = moments.map((moment) => timetable.admit(moment))
      const expected = sojournTimes(Float64Array.from(moments), Float64Array.from(fates, ({ delayMs }) => delayMs))
      for (const [index, { answerAtMs }] of fates.entries()) assert.ok(Math.abs(answerAtMs - moments[index]! - expected[index]!) < 1e-6)
    })
  )
})

test('the same seed draws the same delays, another one others', () => {
  const delays = (seed: string): number[] => Array.from({ length: 20 }, (_, index) => timetable(seed).admit(index).delayMs)
  const timetable = (seed: string): Timetable => timetableOf({ seed })
  assert.deepEqual(delays('a'), delays('a'))
  assert.notDeepEqual(delays('a'), delays('b'))
})

test('a stall keeps back what is due in it; a queue goes on where it stopped', () => {
  const stall = parseFault('stall:at=10,for=100')
  const free = timetableOf({ delay: { kind: 'fixed', ms: 8 }, faults: [stall] })
  assert.deepEqual([0, 5, 50, 105].map((at) => free.admit(at).answerAtMs), [8, 110, 110, 113])
  const queue = timetableOf({ delay: { kind: 'fixed', ms: 8 }, queue: 'fifo', faults: [stall] })
  // The second has 5 of its 8 ms to go when the stall begins… the third is taken after it.
  assert.deepEqual([0, 5, 50, 200].map((at) => queue.admit(at).answerAtMs), [8, 116, 124, 208])
})

test('a stall that begins now moves answers that are due already', () => {
  const free = timetableOf({ delay: { kind: 'fixed', ms: 8 } })
  free.admit(0)
  const move = free.stall(4, 100)
  assert.deepEqual([move(8), move(200), free.admit(50).answerAtMs], [104, 200, 104])
  const queue = timetableOf({ delay: { kind: 'fixed', ms: 8 }, queue: 'fifo' })
  queue.admit(0)
  const moveQueue = queue.stall(4, 100)
  assert.deepEqual([moveQueue(8), queue.admit(50).answerAtMs], [108, 116])
})

test('faults befall their share, in their time, with their status', () => {
  const timetable = timetableOf({ faults: [parseFault('fail:status=429,share=0.2,at=1000,for=1000'), parseFault('hang:share=0.01')] })
  const fates = Array.from({ length: 30_000 }, (_, index) => timetable.admit(index / 10))
  const failed = fates.map(({ status }, index) => ({ status, index })).filter(({ status }) => status !== null)
  assert.ok(failed.every(({ status, index }) => status === 429 && index >= 10_000 && index < 20_000))
  assert.ok(Math.abs(failed.length / 10_000 - 0.2) < 0.02)
  const hanging = fates.filter(({ kind }) => kind === 'hang').length
  assert.ok(Math.abs(hanging / 30_000 - 0.01) < 0.003)
})

function timetableOf(options: Partial<CalibrationOptions>): Timetable {
  return new Timetable({ delay: { kind: 'exponential', meanMs: 5 }, queue: 'concurrent', faults: [], seed: 's', ...options })
}
