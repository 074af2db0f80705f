// One client's loop against a target that answers as told, without any socket.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../../src/core/clock.ts'
import type { OperationResult, OperationType, ParamSource } from '../../../src/operation/operation.ts'
import type { Sample } from '../../../src/sample/sample.ts'
import type { Tally } from '../../../src/sample/task-recorder.ts'
import { TransportError, type AnswerReceiver, type RequestTiming, type TargetClient } from '../../../src/target/request.ts'
import { runClientTask, type ClientRun } from '../../../src/worker/client-run.ts'
import { Pacer } from '../../../src/worker/pacer.ts'
import { TaskAccount } from '../../../src/worker/task-account.ts'
import { ThreadHealth } from '../../../src/worker/thread-health.ts'
import type { Thread } from '../../../src/worker/thread.ts'
import { buildOperation, buildTask } from '../../helpers/build-track.ts'

interface Played {
  readonly params?: Record<string, number>
  readonly task?: { readonly timePeriod?: number; readonly iterations?: number }
  readonly leaseHolds?: () => boolean
  /** Tells the receiver what becomes of exchange `n`, counted from 1. */
  readonly exchange: (receiver: AnswerReceiver, timing: RequestTiming, n: number) => void
}

const DONE: OperationResult = { weight: 1, unit: 'ops', success: true, failure: null, bytes: 0 }

const NOTHING_YET = { started: 0, ok: 0, failed: {} } as Tally

function play({ params = {}, task = {}, leaseHolds = () => true, exchange }: Played) {
  const pacer = new Pacer(systemClock)
  const stop = { stopped: false }
  const account = new TaskAccount('search', 0, true)
  const timing: RequestTiming = { firstSentMs: Number.NaN, lastByteMs: Number.NaN, hasOpened: false, retries: 0 }
  const sendDelays: number[] = []
  let exchanges = 0
  const target = {
    timing,
    begin: () => Object.assign(timing, { firstSentMs: Number.NaN, lastByteMs: Number.NaN, hasOpened: false }),
    exchange: (_: unknown, receiver: AnswerReceiver) => exchange(receiver, timing, ++exchanges)
  } as unknown as TargetClient
  const failed = (error: unknown): OperationResult =>
    ({
      ...DONE,
      weight: 0,
      success: false,
      failure: { errorClass: (error as TransportError).failure, errorType: 'transport' }
    }) as OperationResult
  const operation = { single: { request: () => ({}), result: () => DONE, failed } } as unknown as OperationType
  const source = {
    infinite: true,
    expectedWeight: 1,
    next: () => ({}),
    percentCompleted: () => null,
    close: () => undefined
  } as unknown as ParamSource
  const thread = {
    clock: systemClock,
    pacer,
    lease: { holds: leaseHolds },
    columns: { add: ({ sendDelayMs }: Sample) => void sendDelays.push(sendDelayMs) },
    health: new ThreadHealth(systemClock, [0]),
    onError: 'continue',
    warn: () => undefined,
    runContext: () => ({})
  } as unknown as Thread
  const part = {
    task: buildTask(buildOperation('search'), { params, ...task }),
    clientIndexInTask: 0,
    globalClientIndex: 0,
    totalClients: 1
  }
  const run = { thread, client: 0, part, account, operation, source, target, random: Math.random, stop } as unknown as ClientRun
  const startMs = systemClock.monotonicMs()
  const end = (): void => {
    stop.stopped = true
    pacer.wake()
  }
  const tally = (): Tally => account.result().types.normal?.tally ?? NOTHING_YET
  return { ended: runClientTask(run, startMs, startMs), end, tally, sendDelays, startMs, exchanges: () => exchanges }
}

function answer(receiver: AnswerReceiver, timing: RequestTiming): void {
  timing.firstSentMs = systemClock.monotonicMs()
  setImmediate(() => {
    timing.lastByteMs = systemClock.monotonicMs()
    receiver.answered({} as never)
  })
}

/** More than fit between two turns of a loop that turns. */
const MANY = 100_000

test('requests that fail at once, one after the other, leave the loop its turns: others are answered, and the task can be stopped', async () => {
  const played = play({
    task: { timePeriod: 60 },
    exchange: (receiver, _, n) => {
      if (n > MANY) throw new Error('the loop has not turned')
      queueMicrotask(() => receiver.failed(new TransportError('other', 'refused by our own side')))
    }
  })
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
  played.end()
  await played.ended
  const { started, failed, ok } = played.tally()
  assert.ok(started >= 5 && started < MANY, `${started} requests in ten turns`)
  assert.deepEqual([ok, failed['other']], [0, started])
})

test('a throttled client sends each request when it is due, and none after the end of its time', async () => {
  const played = play({ params: { 'target-throughput': 100 }, task: { timePeriod: 0.3 }, exchange: answer })
  await played.ended
  assert.deepEqual([played.tally().started, played.tally().ok], [30, 30])
  assert.ok(systemClock.monotonicMs() - played.startMs >= 300)
})

test('a client that waits for a far due time ends as soon as it is stopped, and sends nothing more', async () => {
  const played = play({ params: { 'target-interval': 3600 }, task: { iterations: 2 }, exchange: answer })
  while (played.tally().ok === 0) await new Promise((resolve) => setImmediate(resolve))
  played.end()
  await played.ended
  assert.equal(played.exchanges(), 1)
})

test('while a node may not send, no request leaves, however many are due; then they go on', async () => {
  let holds = true
  const sentWhileLost: number[] = []
  const played = play({
    params: { 'target-throughput': 200 },
    task: { iterations: 40 },
    leaseHolds: () => holds,
    exchange: (receiver, timing, n) => {
      if (!holds) sentWhileLost.push(n)
      if (n === 10) {
        holds = false
        setTimeout(() => {
          holds = true
        }, 100)
      }
      answer(receiver, timing)
    }
  })
  await played.ended
  assert.deepEqual([sentWhileLost, played.tally().ok], [[], 40])
})

test('the driver is not late while a connection is opened; on an open one, it is until the request is written', async () => {
  const open = (hasOpened: boolean) => (receiver: AnswerReceiver, timing: RequestTiming) =>
    void setTimeout(() => {
      answer(receiver, timing)
      timing.hasOpened = hasOpened
    }, 30)
  const [opening, writing] = [open(true), open(false)].map((exchange) =>
    play({ params: { 'target-throughput': 10 }, task: { iterations: 3 }, exchange })
  )
  await Promise.all([opening!.ended, writing!.ended])
  const median = (played: typeof opening): number => played!.sendDelays.toSorted((a, b) => a - b)[1]!
  assert.ok(median(opening) < 20 && median(writing) >= 28, `${median(opening)} ms, ${median(writing)} ms`)
})
