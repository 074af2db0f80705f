import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HealthJudge } from '../../../src/coordinator/health-judge.ts'
import type { WorkerHealth } from '../../../src/protocol/messages.ts'

const LIMITS = {
  loopDelayP99Ms: 20,
  workerCpuPercent: 95,
  stealPercent: 10,
  windowSeconds: 5,
  sendDelayP99Ms: 5,
  sendDelayLatencyPercent: 10,
  processingOverheadPercent: 20,
  droppedSamples: 0
}

const CALM: WorkerHealth = {
  worker: 0,
  second: 0,
  loopDelayP99Ms: 1,
  cpu: 0.5,
  steal: 0,
  sendDelay: { n: 0, sum: 0, min: 0, max: 0, buckets: [] },
  dropped: 0,
  late: 0
}

function verdictOf(seconds: readonly Partial<WorkerHealth>[], isThrottled: boolean): string {
  const judge = new HealthJudge(LIMITS)
  for (const second of seconds) judge.add('n', { ...CALM, ...second }, isThrottled)
  return judge.report([]).verdict
}

const times = (count: number, health: Partial<WorkerHealth>): Partial<WorkerHealth>[] => Array.from({ length: count }, () => health)

test('a figure must be over its limit for the whole window, without a break', () => {
  assert.equal(verdictOf(times(4, { loopDelayP99Ms: 50 }), true), 'ok')
  assert.equal(verdictOf([...times(4, { loopDelayP99Ms: 50 }), {}, ...times(4, { loopDelayP99Ms: 50 })], true), 'ok')
  assert.equal(verdictOf(times(5, { loopDelayP99Ms: 50 }), true), 'invalid')
})

test('a busy core is a fault while a throttled task runs, and a warning otherwise', () => {
  assert.equal(verdictOf(times(6, { cpu: 0.99 }), true), 'invalid')
  assert.equal(verdictOf(times(6, { cpu: 0.99 }), false), 'warning')
})

test('two workers over the limit by turns are not one over it for long', () => {
  const judge = new HealthJudge(LIMITS)
  for (let second = 0; second < 10; second++) {
    judge.add('n', { ...CALM, worker: 0, cpu: second % 2 === 0 ? 0.99 : 0.1 }, true)
    judge.add('n', { ...CALM, worker: 1, cpu: second % 2 === 1 ? 0.99 : 0.1 }, true)
  }
  assert.equal(judge.report([]).verdict, 'ok')
})

test('a single dropped sample is a fault, and says where to turn', () => {
  const judge = new HealthJudge(LIMITS)
  judge.add('n', { ...CALM, dropped: 1 }, false)
  const { verdict, findings } = judge.report([])
  assert.equal(verdict, 'invalid')
  assert.match(findings.find((finding) => finding.figure === 'dropped samples')!.advice, /sample\.queue\.size/)
})

test('a system that does not tell its CPU times is not judged by them', () => {
  assert.equal(verdictOf(times(6, { cpu: null, steal: null }), true), 'ok')
})
