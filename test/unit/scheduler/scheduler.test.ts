import { test } from 'node:test'
import { deepEqual, doesNotThrow, equal, ok, throws } from 'node:assert/strict'
import fc from 'fast-check'
import { RallyError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { paceProblems, schedulerFor } from '../../../src/scheduler/scheduler.ts'
import type { Scheduler } from '../../../src/scheduler/scheduler.ts'
import { targetThroughputOf } from '../../../src/scheduler/target-throughput.ts'
import type { Task } from '../../../src/track/track.ts'
import { taskFromJson } from '../../schedule-from-json.ts'
import { close, isFailed, randomOf, scheduleCases } from './schedule-cases.ts'

type Work = readonly [weight: number, unit: string]

const scheduler = (params: Record<string, unknown>, clientIndex = 0, expectedWeight: number | null = null): Scheduler =>
  schedulerFor(taskFromJson({ name: 't', operation: 'o', ...params }), {
    clientIndex,
    expectedWeight,
    random: seededRandom('seed', clientIndex)
  })

/** Due times in ms while the requests do this work in turn. */
function dueTimes(of: Scheduler, count: number, work: readonly Work[] = [[1, 'ops']]): number[] {
  return Array.from({ length: count }, (_, i) => {
    const due = of.nextDueMs()
    of.requestDone(...work[i % work.length]!)
    return due
  })
}

/** Why the first client of a task is not due when Elastic Rally's is, or null. */
function deviation(task: Task, work: readonly Work[]): string | null {
  if (task.schedule === 'poisson') return 'a Poisson process has a gap before its first request too'
  if (work[0]?.[0] === 0) return 'a failing task is throttled from its first request'
  const unit = targetThroughputOf(task)?.unit
  if (unit !== 'ops/s' && work.some((each) => each[0] > 0 && `${each[1]}/s` !== unit))
    return 'work in a wrong unit is refused, also if its amount stays the same'
  if (new Set(work.filter(([weight]) => weight > 0).map(([, of]) => of)).size > 1) return 'the unit is looked at for every request'
  return null
}

test("the first client is due when Elastic Rally's is, but for deliberate deviations", () => {
  const deviations = new Map<string, string>()
  for (const vector of scheduleCases('due-times')) {
    const { name, input } = vector
    const task = taskFromJson(input.task)
    const create = (): Scheduler => schedulerFor(task, { clientIndex: 0, expectedWeight: null, random: randomOf(input.uniforms) })
    if (isFailed(vector)) {
      throws(create, RallyError, name)
      continue
    }
    const work = input.responses.map(({ weight, unit }): Work => [weight, unit])
    const reason = create().isThrottled ? deviation(task, work) : null
    if (reason !== null) {
      deviations.set(name, reason)
      continue
    }
    const due = dueTimes(create(), vector.expected.due.length, work)
    close(
      due.map((ms) => (Number.isNaN(ms) ? 0 : ms / 1000)),
      vector.expected.due,
      name
    )
  }
  const named = ['all-requests-fail', 'first-requests-fail', 'string-docs-mismatch', 'unit-changes', 'unit-changes-same-weight']
  deepEqual([...deviations.keys()].filter((name) => !/^(random|poisson)-/.test(name) && !named.includes(name)), [])
})

test("test mode's target is above anything a server can do: the task is not throttled", () => {
  equal(scheduler({ 'target-throughput': '9223372036854775807 docs/s' }).isThrottled, false)
})

test('without a target nothing is due, whatever the work', () => {
  for (const params of [
    {},
    { 'target-throughput': 0 },
    { 'target-throughput': '0 docs/s' },
    { 'target-interval': 0 },
    { schedule: 'poisson' }
  ]) {
    const free = scheduler(params)
    equal(free.isThrottled, false)
    ok(dueTimes(free, 3).every(Number.isNaN))
  }
})

test('client i of n starts at i/n of its interval', () => {
  const first = (clientIndex: number): number => scheduler({ clients: 4, 'target-throughput': 10 }, clientIndex).nextDueMs()
  deepEqual([0, 1, 2, 3].map(first), [0, 100, 200, 300])
  deepEqual(dueTimes(scheduler({ clients: 4, 'target-throughput': 10 }, 3), 3), [300, 700, 1100])
})

test('the first request is throttled by the work expected of it', () => {
  const bulk = scheduler({ clients: 2, 'target-throughput': '1000 docs/s' }, 1, 500)
  deepEqual(dueTimes(bulk, 3, [[500, 'docs']]), [500, 1500, 2500])
  // A target in requests per second does not care how much a request does.
  deepEqual(dueTimes(scheduler({ clients: 2, 'target-throughput': 10 }, 1, 500), 3, [[500, 'docs']]), [100, 300, 500])
})

test('the next interval follows the last work reported, and failures keep the pace', () => {
  const bulk = scheduler({ 'target-throughput': '100 docs/s' }, 0, 10)
  deepEqual(
    dueTimes(bulk, 6, [
      [10, 'docs'],
      [20, 'docs'],
      [0, 'ops'],
      [0, 'ops'],
      [5, 'docs'],
      [Number.NaN, 'docs']
    ]),
    [0, 100, 300, 500, 700, 750]
  )
  deepEqual(dueTimes(scheduler({ 'target-throughput': 10 }), 4, [[0, 'ops']]), [0, 100, 200, 300])
})

test('work in another unit than the target ends the race, unless the target counts requests', () => {
  const wrong = scheduler({ 'target-throughput': '5 docs/s' })
  throws(
    () => wrong.requestDone(1, 'pages'),
    (error) => error instanceof RallyError && error.kind === 'track' && /docs\/s.*pages\/s/.test(error.message)
  )
  const warnings: string[] = []
  const task = taskFromJson({ name: 't', operation: 'o', 'target-throughput': 5 })
  const warned = schedulerFor(task, {
    clientIndex: 0,
    expectedWeight: null,
    random: Math.random,
    warn: (message) => warnings.push(message)
  })
  deepEqual(dueTimes(warned, 3, [[100, 'docs']]), [0, 200, 400])
  equal(warnings.length, 1)
})

test('after a million requests a client is due to the microsecond', () => {
  const long = scheduler({ clients: 3, 'target-throughput': 7 }, 2)
  let due = 0
  for (let i = 0; i < 1_000_000; i++) {
    due = long.nextDueMs()
    long.requestDone(1, 'ops')
  }
  equal(due, ((999_999 * 3 + 2) * 1000) / 7)
})

test('all clients together are due evenly, one after another', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 1000 }),
      (clients, perSecond, weight) => {
        const params = { clients, 'target-throughput': `${perSecond} docs/s` }
        const all = Array.from({ length: clients }, (_, i) => dueTimes(scheduler(params, i, weight), 5, [[weight, 'docs']])).flat()
        const wanted = Array.from({ length: 5 * clients }, (_, turn) => (turn * weight * 1000) / perSecond)
        deepEqual(
          all.sort((a, b) => a - b),
          wanted
        )
      }
    )
  )
})

test('a Poisson process keeps its rate on average, and its gaps their spread', () => {
  const clients = 4
  const count = 20_000
  const due = Array.from({ length: clients }, (_, i) =>
    dueTimes(scheduler({ clients, schedule: 'poisson', 'target-throughput': 100 }, i), count)
  )
  for (const times of due) {
    const gaps = times.map((time, i) => time - (times[i - 1] ?? 0))
    const mean = gaps.reduce((a, b) => a + b, 0) / count
    const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / count)
    // 4 standard errors of the mean, and of the deviation, of an exponential distribution.
    ok(Math.abs(mean - 40) < (4 * 40) / Math.sqrt(count), `mean gap ${mean}`)
    ok(Math.abs(spread - 40) < (4 * 40 * Math.SQRT2) / Math.sqrt(count), `deviation ${spread}`)
    ok((gaps[0] ?? 0) > 0)
  }
})

test('the same seed gives the same due times', () => {
  const params = { schedule: 'poisson', 'target-throughput': 100 }
  deepEqual(dueTimes(scheduler(params, 1), 50), dueTimes(scheduler(params, 1), 50))
  ok(scheduler(params, 1).nextDueMs() !== scheduler(params, 2).nextDueMs())
})

test('an unknown scheduler is refused with the nearest one, and all mistakes of all tasks are told', () => {
  const wrong = { name: 'a', operation: 'o', schedule: 'poison', 'target-throughput': '20docs/s' }
  throws(
    () => scheduler(wrong),
    (error) => error instanceof RallyError && error.kind === 'track' && /"poison".*poisson/.test(error.message)
  )
  const tasks = [wrong, { name: 'b', operation: 'o' }, { name: 'c', operation: 'o', 'target-interval': 1, 'target-throughput': 1 }].map(
    (task) => taskFromJson(task)
  )
  const problems = paceProblems(tasks)
  equal(problems.length, 3)
  ok(problems[0]!.includes('task a') && problems[1]!.includes('20docs/s') && problems[2]!.includes('task c'))
})

test('whatever stands in a task, its scheduler is made or refused by a message', () => {
  const value = fc.oneof(fc.jsonValue(), fc.string(), fc.stringMatching(/^[0-9.]{1,6} \w{0,4}\/s$/))
  fc.assert(
    fc.property(value, value, fc.option(fc.string(), { nil: undefined }), (throughput, interval, schedule) => {
      doesNotThrow(() => {
        try {
          const made = scheduler({ 'target-throughput': throughput, 'target-interval': interval, schedule })
          const [first, second] = dueTimes(made, 2)
          ok(!made.isThrottled || (first! >= 0 && second! >= first!))
        } catch (error) {
          if (!(error instanceof RallyError)) throw error
        }
      })
    })
  )
})
