// Stalls: moments in which a worker stood still, be it one long one (a process that was stopped, a machine that slept) or many. A
// window of seconds does not see the one, yet every request that was due in it is late.

import type { WorkerHealth } from '../protocol/messages.ts'
import type { Place, Stretch } from './health-watch.ts'

/** Less time than this in one step is the noise of a system: it is told, not judged. */
const MIN_LOST_MS = 500

/** Of one worker in one step. */
export interface StepStalls {
  readonly where: string
  readonly stretch: Stretch
  /** Time in which what came had to wait longer than the limit. */
  lostMs: number
  elapsedMs: number
  longestMs: number
  longest: Stretch
  /** Of other processes, in the second of the longest. */
  othersCpu: number
}

export class StallWatch {
  readonly #limitMs: number
  readonly #byPlace = new Map<string, StepStalls>()
  /** The worst worker of each step. */
  readonly #steps = new Map<number, StepStalls>()

  /** `limitMs`: longer delays are stalls. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  add({ where, stretch, othersCpu }: Place, { longDelaysMs, toMs }: Pick<WorkerHealth, 'longDelaysMs' | 'toMs'>): void {
    let stalls = this.#byPlace.get(where)
    if (stalls?.stretch.step !== stretch.step) {
      stalls = { where, stretch, lostMs: 0, elapsedMs: 0, longestMs: 0, longest: stretch, othersCpu: 0 }
      this.#byPlace.set(where, stalls)
    }
    stalls.elapsedMs = toMs
    for (const delayMs of longDelaysMs) stalls.lostMs += Math.max(0, delayMs - this.#limitMs)
    const longestMs = longDelaysMs[0] ?? 0
    if (longestMs > stalls.longestMs) Object.assign(stalls, { longestMs, longest: stretch, othersCpu })
    const worst = this.#steps.get(stretch.step.step)
    if (worst === undefined || stalls.lostMs > worst.lostMs) this.#steps.set(stretch.step.step, stalls)
  }

  /** The worst worker of each step that has told of any second. */
  steps(): readonly StepStalls[] {
    return [...this.#steps.values()]
  }
}

/** Of the step's time, %. */
export function lostPercent({ lostMs, elapsedMs }: StepStalls): number {
  return elapsedMs <= 0 ? 0 : (lostMs / elapsedMs) * 100
}

export function isOver(stalls: StepStalls, limitPercent: number): boolean {
  return stalls.lostMs >= MIN_LOST_MS && lostPercent(stalls) > limitPercent
}
