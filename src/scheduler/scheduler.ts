// When one client's next request is due. Every scheduler of a task, and what is wrong with a task's pace, comes from here.

import { didYouMean } from '../core/close-match.ts'
import { RallyError, messageOf } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import type { Task } from '../track/track.ts'
import { deterministicDueTimes, poissonDueTimes } from './due-times.ts'
import { TEST_MODE_THROUGHPUT, targetThroughputOf } from './target-throughput.ts'
import type { TargetThroughput } from './target-throughput.ts'

const SCHEDULERS = ['deterministic', 'poisson']

export interface Scheduler {
  readonly isThrottled: boolean
  /** When the next request is due, in ms from the client's start of the task (after its ramp-up); NaN if unthrottled. Once per request. */
  nextDueMs(): number
  /**
   * Tells the work that the last request did: it decides how long the next one has to wait. Work of 0 (a failed request) leaves the
   * pace as it is. Throws RallyError('track') if the work is counted in another unit than the target.
   */
  requestDone(weight: number, unit: string): void
}

export interface SchedulerClient {
  /** Number of the client in its task, from 0. */
  readonly clientIndex: number
  readonly random: Random
  /** Work of the first request if it is known (bulk-size), else null: 1. */
  readonly expectedWeight: number | null
  /** Told at most once. */
  readonly warn?: (message: string) => void
}

/** The scheduler of one client of a task. Throws RallyError('track') if the task's pace is malformed or its scheduler unknown. */
export function schedulerFor(task: Task, client: SchedulerClient): Scheduler {
  const name = schedulerName(task)
  const target = targetThroughputOf(task)
  // Test mode's target is far above anything: as a due time it would charge the whole race to every request's latency.
  if (target === null || target.value >= TEST_MODE_THROUGHPUT) return UNTHROTTLED
  const { clientIndex, random } = client
  let weight = target.unit === 'ops/s' ? 1 : (client.expectedWeight ?? 1)
  const pace = { perSecond: target.value, clients: task.clients, clientIndex, expectedWeight: weight }
  const dueTimes = name === 'poisson' ? poissonDueTimes(pace, random) : deterministicDueTimes(pace)
  const weightOf = weightInTargetUnit(task, target, client.warn)
  return {
    isThrottled: true,
    nextDueMs: () => dueTimes(weight),
    requestDone(reported, unit) {
      if (reported > 0 && Number.isFinite(reported)) weight = weightOf(reported, unit)
    }
  }
}

/** What is wrong with the pace of these tasks, a line each: for the checks before a race. */
export function paceProblems(tasks: readonly Task[]): string[] {
  return tasks.flatMap((task) => [schedulerName, targetThroughputOf].flatMap((check) => problemOf(() => check(task))))
}

const UNTHROTTLED: Scheduler = { isThrottled: false, nextDueMs: () => Number.NaN, requestDone: () => {} }

function schedulerName(task: Task): string {
  const name = task.schedule ?? 'deterministic'
  if (SCHEDULERS.includes(name)) return name
  throw new RallyError('track', `task ${task.name}: unknown schedule ${JSON.stringify(name)}${didYouMean(name, SCHEDULERS)}`, {
    hint: `known are ${SCHEDULERS.join(' and ')}`
  })
}

// As Elastic Rally: a target without a unit of its own counts requests, whatever they do; any other mismatch is a mistake.
function weightInTargetUnit(task: Task, target: TargetThroughput, warn: SchedulerClient['warn']): (weight: number, unit: string) => number {
  let isWarned = false
  return (weight, unit) => {
    if (`${unit}/s` === target.unit) return weight
    if (target.unit === 'ops/s') {
      if (!isWarned)
        warn?.(`task ${task.name}: target throughput is in ops/s, work is counted in ${unit}: requests are throttled, not ${unit}`)
      isWarned = true
      return 1
    }
    throw new RallyError('track', `task ${task.name}: target throughput is in ${target.unit}, work is counted in ${unit}/s`, {
      hint: `write the target throughput in ${unit}/s, or as a number for requests per second`
    })
  }
}

function problemOf(check: () => unknown): string[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof RallyError)) throw error
    return [messageOf(error)]
  }
}
