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
  /** How long it was: steps, and what is left at their ends, are no whole seconds. */
  readonly ms: number
}

/** What tells of itself, when, and what share of its machine's cores (0…1) other processes had then. */
export interface Place {
  readonly where: string
  readonly stretch: Stretch
  readonly othersCpu: number
}

/** Time in a row in which a place was over the limit. */
export interface Run {
  readonly where: string
  /** All of which it has a part, in order. */
  readonly steps: WatchedStep[]
  readonly first: Stretch
  /** Of its first step: what a report tells. */
  lastOfFirst: Stretch
  last: Stretch
  worst: number
  /** The sum of its stretches: pauses between steps are nobody's. */
  ms: number
  /** The same in whole seconds, at least one: ticks come a little early or late. */
  seconds: number
  /** The most of it. */
  othersCpu: number
}

export interface Worst {
  readonly value: number
  readonly where: string
  readonly stretch: Stretch
}

/**
 * What a run goes on over: from step to step of a kind (throttled or not), so that short ones add up; or nothing but its own step,
 * because which unthrottled steps are strict is only known at the end.
 */
const REACHES = ['kind', 'step'] as const
type Reach = (typeof REACHES)[number]

export class Watch {
  readonly #limit: number | null
  readonly #windowSeconds: number
  /** By reach and place. */
  readonly #open = new Map<string, Run>()
  /** By reach and step: the longest breach that began in it. */
  readonly #breaches = new Map<string, Run>()
  readonly #places = new Set<string>()
  worst: Worst | null = null

  /** `limit` null: nothing is a breach. */
  constructor(limit: number | null, windowSeconds: number) {
    this.#limit = limit
    this.#windowSeconds = windowSeconds
  }

  /** Each stretch of a place once, in order; null: it does not tell. */
  add(place: Place, value: number | null): void {
    if (value === null) return
    const { where, stretch } = place
    if (this.worst === null || value > this.worst.value) this.worst = { value, where, stretch }
    if (this.#limit === null) return
    for (const reach of REACHES) {
      if (value <= this.#limit) this.#open.delete(`${reach} ${where}`)
      else this.#addTo(this.#run(reach, place), reach, place, value)
    }
  }

  /** The longest of each step, and those of steps in a row. */
  get breaches(): readonly Run[] {
    return [...this.#breaches.values()]
  }

  /** Those that were over the limit for long enough, ever. */
  get places(): ReadonlySet<string> {
    return this.#places
  }

  #run(reach: Reach, { where, stretch }: Place): Run {
    const key = `${reach} ${where}`
    const open = this.#open.get(key)
    if (open !== undefined && goesOn(open.last, stretch, reach)) return open
    const run: Run = { where, steps: [], first: stretch, lastOfFirst: stretch, last: stretch, worst: 0, ms: 0, seconds: 0, othersCpu: 0 }
    this.#open.set(key, run)
    return run
  }

  #addTo(run: Run, reach: Reach, { stretch, othersCpu }: Place, value: number): void {
    if (run.steps.at(-1) !== stretch.step) run.steps.push(stretch.step)
    run.last = stretch
    if (stretch.step === run.first.step) run.lastOfFirst = stretch
    run.ms += stretch.ms
    run.seconds = Math.max(1, Math.round(run.ms / 1000))
    run.worst = Math.max(run.worst, value)
    run.othersCpu = Math.max(run.othersCpu, othersCpu)
    if (run.seconds < this.#windowSeconds) return
    this.#places.add(run.where)
    const key = `${reach} ${run.first.step.step}`
    const before = this.#breaches.get(key)
    if (before === undefined || run.seconds > before.seconds) this.#breaches.set(key, run)
  }
}

/** More than a second of which nothing is known is a break. */
function goesOn(last: Stretch, next: Stretch, reach: Reach): boolean {
  const isSame = reach === 'step' ? next.step === last.step : next.step.isThrottled === last.step.isThrottled
  return isSame && raceSecond(next, 'from') <= raceSecond(last, 'to') + 1
}

function raceSecond(stretch: Stretch, end: 'from' | 'to'): number {
  return stretch.step.beganAt + stretch[end]
}

/** A single stretch, or a run, as a report tells it; of a run over several steps, the part in its first one. */
export function momentOf({ step, from, to }: Stretch): HealthMoment {
  return { step: step.step + 1, tasks: step.tasks, fromSecond: from, toSecond: Math.max(from, to) }
}

export function momentOfRun({ first, lastOfFirst }: Run): HealthMoment {
  return momentOf({ ...first, to: lastOfFirst.to })
}
