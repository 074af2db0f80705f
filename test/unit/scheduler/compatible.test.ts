// Elastic Rally's own pacing, loops and samples: what comes out of a whole client with a clock that only work and sleep move.

import { test } from 'node:test'
import { deepEqual, equal, fail, match, ok } from 'node:assert/strict'
import { allocate } from '../../../src/allocation/allocation.ts'
import { RallyError } from '../../../src/core/errors.ts'
import { compatibleSchedulerFor, nextDue } from '../../../src/scheduler/compatible.ts'
import { loopControlFor } from '../../../src/scheduler/loop-control.ts'
import { rampUpDelayMs } from '../../../src/scheduler/ramp-up.ts'
import { targetThroughputOf } from '../../../src/scheduler/target-throughput.ts'
import { scheduleFromJson, taskFromJson } from '../../schedule-from-json.ts'
import { close, isFailed, randomOf, scheduleCases, sourceOf } from './schedule-cases.ts'
import type { ScheduleCase, Response } from './schedule-cases.ts'

test('due times of a bare scheduler are added up', () => {
  for (const { name, input, expected } of scheduleCases('deterministic')) {
    const next = nextDue('deterministic', input.rate, Math.random)
    let due = 0
    close(
      Array.from({ length: input.iterations }, () => (due = next(due))),
      expected.due,
      name
    )
  }
})

test("due times follow the work reported, as Elastic Rally's do", () => {
  for (const vector of scheduleCases('due-times')) {
    const { name, input } = vector
    const task = taskFromJson(input.task)
    const random = randomOf(input.uniforms)
    if (isFailed(vector)) {
      failsAt(() => compatibleSchedulerFor(task, random), vector)
      continue
    }
    const scheduler = compatibleSchedulerFor(task, random)
    equal(scheduler.name, vector.expected.scheduler, name)
    const due: number[] = []
    let failedAfter: number | undefined
    for (let i = 0; i < input.iterations && failedAfter === undefined; i++) {
      due.push(scheduler.next(due.at(-1) ?? 0))
      const { weight, unit } = input.responses[i % input.responses.length]!
      try {
        scheduler.afterRequest(weight, unit)
      } catch (error) {
        ok(error instanceof RallyError, name)
        failedAfter = i
      }
    }
    close(due, vector.expected.due, name)
    equal(failedAfter, vector.expected.fails_after_request, name)
    if ('target' in vector.expected) deepEqual(targetThroughputOf(task), vector.expected.target, name)
  }
})

test('ramp-up delays are a fraction of the period by number of client', () => {
  for (const { name, input, expected } of scheduleCases('ramp-up')) {
    const rows = allocate(scheduleFromJson(input.schedule)).rows
    const waits = rows.flatMap((row, client) =>
      row.flatMap((cell, column) =>
        cell === null || 'join' in cell ? [] : [{ client, column, task: cell.task.name, wait: rampUpDelayMs(cell.task, cell) / 1000 }]
      )
    )
    deepEqual(
      waits.map(({ client, column, task }) => [client, column, task]),
      expected.map((row) => [row.client, row.column, row.task]),
      name
    )
    close(
      waits.map((row) => row.wait),
      expected.map((row) => row.wait),
      name
    )
  }
})

test('a loop ends, and counts its warm-up, by iterations, by time or with its source', () => {
  for (const { name, input, expected } of scheduleCases('loop')) {
    const task = taskFromJson(input.task)
    const source = sourceOf(input.task)
    const control = loopControlFor(task, source)
    equal(`${control.kind === 'time' ? 'time-period' : 'iteration-count'}-based`, expected.loop, name)
    equal(control.isInfinite, expected.infinite, name)
    let clock = 0
    let ended = 'limit'
    const iterations: { type: string; percent_completed: number | null }[] = []
    while (iterations.length < input.limit) {
      const type = control.begin(clock * 1000, Number.NaN)
      const percent = control.isInfinite ? source.percent() : control.progress(clock * 1000)
      if (type === null || !source.next()) {
        ended = 'schedule'
        break
      }
      clock += input.durations[iterations.length % input.durations.length]!
      iterations.push({ type, percent_completed: percent })
    }
    equal(ended, expected.ended, name)
    deepEqual(
      iterations.map(({ type, percent_completed }) => [type, percent_completed === null]),
      expected.iterations.map(({ type, percent_completed }) => [type, percent_completed === null]),
      name
    )
    close(iterations.map(progress), expected.iterations.map(progress), name)
  }
})

test("a client's samples are Elastic Rally's", () => {
  for (const vector of scheduleCases('executor')) {
    const { name, expected } = vector
    // A wrong ignore-response-error-level is found where errors are judged, not where requests are paced.
    if (isFailed(vector)) continue
    const run = execute(vector)
    deepEqual(run.samples.map(withoutTimes), expected.samples.map(withoutTimes), name)
    close(run.samples.flatMap(times), expected.samples.flatMap(times), name)
    close(run.samples.map(progress), expected.samples.map(progress), name)
    close(run.sleeps, expected.sleeps, name)
    close([run.end], [expected.end], name)
    equal(run.failed, 'error' in expected, name)
  }
})

const TIMES = ['absolute_time', 'relative_time', 'latency', 'service_time', 'processing_time', 'time_period'] as const
type Sample = Record<(typeof TIMES)[number], number> & { type: string; ops: number; unit: string; percent_completed: number | null }

function execute(vector: ScheduleCase<'executor'>): { samples: Sample[]; sleeps: number[]; end: number; failed: boolean } {
  const { input } = vector
  const task = taskFromJson(input.task)
  const source = sourceOf(input.task)
  const control = loopControlFor(task, source)
  const scheduler = compatibleSchedulerFor(task, Math.random)
  const samples: Sample[] = []
  const sleeps: number[] = []
  const clock = { now: 0 }
  const sleep = (seconds: number): void => {
    sleeps.push(seconds)
    clock.now += seconds
  }
  const rampUp = rampUpDelayMs(task, { globalClientIndex: input.client ?? 0, totalClients: task.clients }) / 1000
  let due = 0
  for (let i = 0; ; i++) {
    due = scheduler.next(due)
    const type = control.begin(clock.now * 1000, Number.NaN)
    const planned = control.isInfinite ? source.percent() : control.progress(clock.now * 1000)
    if (type === null || !source.next()) break
    // The first request is taken from the schedule before the client waits for its late start.
    if (i === 0 && rampUp > 0) sleep(rampUp)
    if (due > clock.now) sleep(due - clock.now)
    const response = input.responses[i % input.responses.length]!
    const sample = request(response, clock, due)
    const isFatal = input.on_error === 'abort' && response.success === false && input.task['ignore-response-error-level'] === undefined
    try {
      if (!isFatal) scheduler.afterRequest(response.weight, response.unit)
    } catch {
      return { samples, sleeps, end: clock.now, failed: true }
    }
    if (isFatal) return { samples, sleeps, end: clock.now, failed: true }
    const completed = response.completed === true
    samples.push({ ...sample, type, percent_completed: completed ? 1 : (response.percent ?? planned) })
    if (completed) break
  }
  return { samples, sleeps, end: clock.now, failed: false }
}

function request(response: Response, clock: { now: number }, due: number): Omit<Sample, 'type' | 'percent_completed'> {
  const begin = clock.now
  const start = begin + (response.before ?? 0)
  const end = start + response.service
  clock.now = end + (response.after ?? 0)
  return {
    absolute_time: 1.6e9 + begin,
    relative_time: start,
    latency: due > 0 ? end - due : end - start,
    service_time: end - start,
    processing_time: clock.now - begin,
    time_period: end,
    ops: response.weight,
    unit: response.unit
  }
}

function times(sample: Sample): number[] {
  return TIMES.map((time) => sample[time])
}

function withoutTimes({ type, ops, unit, percent_completed }: Sample): unknown {
  return { type, ops, unit, hasProgress: percent_completed !== null }
}

function progress(of: { readonly percent_completed: number | null }): number {
  return of.percent_completed ?? 0
}

function failsAt(run: () => unknown, vector: { readonly name: string; readonly input: { readonly task: Record<string, unknown> } }): void {
  try {
    run()
  } catch (error) {
    ok(error instanceof RallyError, vector.name)
    match(error.message, /^task t: /, vector.name)
    const told = Object.entries(vector.input.task).filter(([key]) => key.startsWith('target-') || key === 'schedule')
    ok(
      told.some(([, value]) => error.message.includes(JSON.stringify(value))),
      `${vector.name}: ${error.message}`
    )
    return
  }
  fail(`${vector.name}: did not fail`)
}
