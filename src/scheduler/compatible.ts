// Elastic Rally's own pacing, to compare with: all clients start at once, the first request is not throttled, failing tasks are not
// throttled until one request succeeds, and due times are added up. Times in seconds, as there.

import { RallyError } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import type { Task } from '../track/track.ts'
import { schedulerFor } from './scheduler.ts'
import { targetThroughputOf } from './target-throughput.ts'

export interface CompatibleScheduler {
  readonly name: 'unthrottled' | 'unit-aware'
  /** The due time after `current`, in seconds from the task's start. */
  next(current: number): number
  /** Throws RallyError('track') if the work is counted in another unit than the target. */
  afterRequest(weight: number, unit: string): void
}

/** Elastic Rally's `scheduler_for(task)`. Throws as `schedulerFor` does. */
export function compatibleSchedulerFor(task: Task, random: Random): CompatibleScheduler {
  schedulerFor(task, { clientIndex: 0, random, expectedWeight: null })
  const target = targetThroughputOf(task)
  if (target === null) return { name: 'unthrottled', next: () => 0, afterRequest: () => {} }
  let weight: number | null = null
  let next: (current: number) => number = () => 0
  return {
    name: 'unit-aware',
    next: (current) => next(current),
    afterRequest(reported, unit) {
      if (reported <= 0 || reported === weight) return
      if (`${unit}/s` !== target.unit && target.unit !== 'ops/s') {
        throw new RallyError('track', `task ${task.name}: target throughput is in ${target.unit}, work is counted in ${unit}/s`)
      }
      weight = `${unit}/s` === target.unit ? reported : 1
      next = nextDue(task.schedule, target.value / task.clients / weight, random)
    }
  }
}

/** Elastic Rally's `DeterministicScheduler` and `PoissonScheduler` of a rate per second. */
export function nextDue(schedule: string | null, rate: number, random: Random): (current: number) => number {
  if (schedule === 'poisson') return (current) => current + -Math.log(1 - random()) / rate
  return (current) => current + 1 / rate
}
