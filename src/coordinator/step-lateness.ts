// How late a worker's event loop was over a whole step: the quantile of all its moments. A window of seconds does not see a single
// long stall (a process that was stopped, a machine that slept), yet every request and answer of that time is late by it.

import type { WorkerHealth } from '../protocol/messages.ts'
import type { Place, Stretch, WatchedStep } from './health-watch.ts'

/** 5 ms to 2 min, twelve to the decade: the quantile is exact within a tenth of itself. */
const GRID_MS = Array.from({ length: 54 }, (_, step) => 5 * 10 ** (step / 12))

/** Of one worker in one step. */
export interface StepLateness {
  readonly where: string
  readonly step: WatchedStep
  /** By the entries of the grid: time in which what came had to wait longer than that. */
  readonly overMs: Float64Array
  elapsedMs: number
  longestMs: number
  longest: Stretch
  /** Of other processes, in the second of the longest. */
  othersCpu: number
}

export class LatenessWatch {
  readonly #byPlace = new Map<string, StepLateness>()
  /** The worst worker of each step. */
  readonly #steps = new Map<number, StepLateness>()

  add({ where, stretch, othersCpu }: Place, { longDelaysMs, toMs }: Pick<WorkerHealth, 'longDelaysMs' | 'toMs'>): void {
    const { step } = stretch
    let late = this.#byPlace.get(where)
    if (late?.step !== step) {
      late = { where, step, overMs: new Float64Array(GRID_MS.length), elapsedMs: 0, longestMs: 0, longest: stretch, othersCpu: 0 }
      this.#byPlace.set(where, late)
    }
    late.elapsedMs = toMs
    for (const delayMs of longDelaysMs) addDelay(late.overMs, delayMs)
    const longestMs = longDelaysMs[0] ?? 0
    if (longestMs > late.longestMs) Object.assign(late, { longestMs, longest: stretch, othersCpu })
    const worst = this.#steps.get(step.step)
    if (worst === undefined || p99Ms(late) > p99Ms(worst)) this.#steps.set(step.step, late)
  }

  /** The worst worker of each step that has told of any second. */
  steps(): readonly StepLateness[] {
    return [...this.#steps.values()]
  }
}

/** One moment in a hundred of the step had to wait longer; 0: less than 5 ms. */
export function p99Ms({ overMs, elapsedMs }: StepLateness): number {
  const allowedMs = elapsedMs / 100
  const index = overMs.findLastIndex((ms) => ms > allowedMs)
  if (index === -1) return 0
  const [low, high] = [overMs[index]!, overMs[index + 1] ?? 0]
  const [lowMs, highMs] = [GRID_MS[index]!, GRID_MS[index + 1] ?? GRID_MS[index]!]
  return lowMs + ((highMs - lowMs) * (low - allowedMs)) / (low - high)
}

/** Of a delay d, all moments but the last x milliseconds waited longer than x. */
function addDelay(overMs: Float64Array, delayMs: number): void {
  for (let index = 0; index < GRID_MS.length && GRID_MS[index]! < delayMs; index++) overMs[index]! += delayMs - GRID_MS[index]!
}
