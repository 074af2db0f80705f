import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { loopControlFor } from '../../../src/scheduler/loop-control.ts'
import type { LoopControl } from '../../../src/scheduler/loop-control.ts'
import { rampUpDelayMs } from '../../../src/scheduler/ramp-up.ts'
import { schedulerFor } from '../../../src/scheduler/scheduler.ts'
import { taskFromJson } from '../../schedule-from-json.ts'

interface Sent {
  readonly atMs: number
  readonly type: string
}

/** Plays one client against a server that answers after `serviceMs`; stops after 10,000 requests. */
function play(params: Record<string, unknown>, serviceMs: number, client = 0): Sent[] {
  const task = taskFromJson({ name: 't', operation: 'o', ...params })
  const loop = loopControlFor(task, { infinite: true })
  const scheduler = schedulerFor(task, { clientIndex: client, expectedWeight: null, random: Math.random })
  const lateMs = rampUpDelayMs(task, { globalClientIndex: client, totalClients: task.clients })
  const sent: Sent[] = []
  let nowMs = lateMs
  while (sent.length < 10_000) {
    const dueMs = lateMs + scheduler.nextDueMs()
    const type = loop.begin(nowMs, dueMs)
    if (type === null) break
    if (dueMs > nowMs) nowMs = dueMs
    sent.push({ atMs: nowMs, type })
    nowMs += serviceMs
    scheduler.requestDone(1, 'ops')
  }
  return sent
}

const count = (sent: readonly Sent[], type: string): number => sent.filter((each) => each.type === type).length

test('one request a second for ten seconds are ten requests', () => {
  const sent = play({ 'target-throughput': 1, 'time-period': 10 }, 20)
  deepEqual(
    sent.map((each) => each.atMs),
    [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]
  )
})

test('a request due after the warm-up counts, although its wait began before', () => {
  const sent = play({ 'target-interval': 2, 'warmup-time-period': 4, 'time-period': 6 }, 20)
  deepEqual(
    sent.map((each) => each.type),
    ['warmup', 'warmup', 'normal', 'normal', 'normal']
  )
})

test('all clients of a task send what its target asks for, and no more', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 1, max: 8 }),
      (clients, perSecond, warmup, period) => {
        const params = { clients, 'target-throughput': perSecond, 'warmup-time-period': warmup, 'time-period': period }
        const sent = Array.from({ length: clients }, (_, i) => play(params, 0, i)).flat()
        equal(count(sent, 'warmup'), warmup * perSecond)
        equal(count(sent, 'normal'), period * perSecond)
      }
    )
  )
})

test('a client that lags behind its schedule still leaves the warm-up and ends in time', () => {
  // 100 a second wanted, 10 a second possible.
  const sent = play({ 'target-throughput': 100, 'warmup-time-period': 2, 'time-period': 3 }, 100)
  equal(count(sent, 'warmup'), 20)
  equal(count(sent, 'normal'), 30)
})

test('without a throttle the clock alone decides', () => {
  const sent = play({ 'warmup-time-period': 1, 'time-period': 2 }, 100)
  equal(count(sent, 'warmup'), 10)
  equal(count(sent, 'normal'), 20)
})

test('a late start sends no backlog', () => {
  const sent = play({ clients: 4, 'target-throughput': 16, 'ramp-up-time-period': 2, 'warmup-time-period': 3, 'time-period': 1 }, 1, 2)
  // Client 2 of 4 starts after 1 s, and a half of its interval of 0.25 s later.
  deepEqual(
    sent.slice(0, 3).map((each) => each.atMs),
    [1125, 1375, 1625]
  )
  equal(sent.at(-1)?.atMs, 3875)
})

const loopOf = (params: Record<string, unknown>, infinite = true): LoopControl =>
  loopControlFor(taskFromJson({ name: 't', operation: 'o', ...params }), { infinite })

test('a time period has an end, iterations have none', () => {
  equal(loopOf({ 'warmup-time-period': 5, 'time-period': 10 }).endsAtMs, 15_000)
  equal(loopOf({ 'warmup-time-period': 5 }).endsAtMs, Infinity)
  equal(loopOf({ iterations: 5 }).endsAtMs, Infinity)
})

test('a time period wins over iterations', () => {
  equal(loopOf({ iterations: 5, 'time-period': 10 }).kind, 'time')
})

test('a task without any bound runs once, or to the end of its source', () => {
  const once = loopOf({})
  deepEqual([once.begin(0, 0), once.begin(0, 0)], ['normal', null])
  equal(loopOf({}, false).isInfinite, true)
})

test('progress never goes beyond the whole', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), fc.nat(100_000), (warmup, period, elapsedMs) => {
      const progress = loopOf({ 'warmup-time-period': warmup, 'time-period': period }).progress(elapsedMs)
      ok(progress !== null && progress >= 0 && progress <= 1)
    })
  )
})
