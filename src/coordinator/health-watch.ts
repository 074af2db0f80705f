// One figure over the race: its worst value, and where and when it was over its limit for how long. Memory is bounded by places and steps.

import type { HealthMoment } from '../metrics/measurement.ts'

/** A step as far as health is judged by it. */
export interface WatchedStep {
  /** From 0. */
  readonly step: number
  readonly tasks: readonly string[]
  readonly isThrottled: boolean
  /** Second of the race in which it began: runs go on over the join points. */
  readonly beganAt: number
}

/** Seconds of a step, both ends included. */
export interface Stretch {
  readonly step: WatchedStep
  readonly from: number
  readonly to: number
}

/** What tells of itself, when, and what share of its machine's cores (0…1) other processes had then. */
export interface Place {
  readonly where: string
  readonly stretch: Stretch
  readonly othersCpu: number
}

/** Seconds in a row in which a place was over the limit. */
export interface Run {
  readonly where: string
  readonly first: Stretch
  last: Stretch
  worst: number
  seconds: number
  /** The most of it. */
  othersCpu: number
}

export interface Worst {
  readonly value: number
  readonly where: string
  readonly stretch: Stretch
}

export class Watch {
  readonly #limit: number | null
  readonly #windowSeconds: number
  readonly #open = new Map<string, Run>()
  /** The longest breach that began in each step. */
  readonly #breaches = new Map<number, Run>()
  readonly #places = new Set<string>()
  worst: Worst | null = null

  /** `limit` null: nothing is a breach. */
  constructor(limit: number | null, windowSeconds: number) {
    this.#limit = limit
    this.#windowSeconds = windowSeconds
  }

  /** Each stretch of a place once, in order; null: it does not tell. */
  add({ where, stretch, othersCpu }: Place, value: number | null): void {
    if (value === null) return
    if (this.worst === null || value > this.worst.value) this.worst = { value, where, stretch }
    if (this.#limit === null) return
    if (value <= this.#limit) {
      this.#open.delete(where)
      return
    }
    const run = this.#run(where, stretch)
    run.last = stretch
    run.seconds = raceSecond(stretch, 'to') - raceSecond(run.first, 'from') + 1
    run.worst = Math.max(run.worst, value)
    run.othersCpu = Math.max(run.othersCpu, othersCpu)
    if (run.seconds >= this.#windowSeconds) this.#breach(run)
  }

  /** The longest breach of each step. */
  get breaches(): readonly Run[] {
    return [...this.#breaches.values()]
  }

  /** Those that were over the limit for long enough, ever. */
  get places(): ReadonlySet<string> {
    return this.#places
  }

  #run(where: string, stretch: Stretch): Run {
    const open = this.#open.get(where)
    if (open !== undefined && raceSecond(stretch, 'from') <= raceSecond(open.last, 'to') + 1) return open
    const run: Run = { where, first: stretch, last: stretch, worst: 0, seconds: 0, othersCpu: 0 }
    this.#open.set(where, run)
    return run
  }

  #breach(run: Run): void {
    this.#places.add(run.where)
    const { step } = run.first.step
    const before = this.#breaches.get(step)
    if (before === undefined || run.seconds > before.seconds) this.#breaches.set(step, run)
  }
}

function raceSecond(stretch: Stretch, end: 'from' | 'to'): number {
  return stretch.step.beganAt + stretch[end]
}

/** A run, or a single stretch, as a report tells it; of a run over several steps, the part in its first one. */
export function momentOf(first: Stretch, last: Stretch = first): HealthMoment {
  const { step, tasks } = first.step
  const to = last.step === first.step ? last.to : first.to
  return { step: step + 1, tasks, fromSecond: first.from, toSecond: Math.max(first.from, to) }
}
