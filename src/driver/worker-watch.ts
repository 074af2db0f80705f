// Whether the worker threads still turn. Each says so once a second; one that is stuck (an endless loop, a huge answer that is taken
// apart) can neither send nor read, nor be asked to end.
//
// | silent for                    | what                                  |
// |-------------------------------|---------------------------------------|
// | 5 s                           | told; and again when it is back       |
// | 60 s (300 s outside of steps) | it is ended, as if it had died        |

import { RallyError } from '../core/errors.ts'
import { systemClock } from '../core/clock.ts'
import { LOOK_EVERY_MS, Silence } from '../core/silence.ts'

export const STUCK_MS = 5000
export const GIVEN_UP_MS = 60_000
/** Preparing may have much to read at once, and nothing is measured yet. */
export const GIVEN_UP_IDLE_MS = 300_000

export interface WorkerWatchListener {
  warn(message: string): void
  /** Whether a step is running. */
  isRunning(): boolean
  giveUp(worker: number, why: RallyError): void
}

export class WorkerWatch {
  readonly #listener: WorkerWatchListener
  readonly #silence = new Silence()
  readonly #workers: Set<number>
  /** Longest silence of those that are stuck now. */
  readonly #stuck = new Map<number, number>()
  readonly #timer: NodeJS.Timeout

  constructor(workers: number, listener: WorkerWatchListener) {
    this.#listener = listener
    this.#workers = new Set(Array.from({ length: workers }, (_, worker) => worker))
    const nowMs = systemClock.monotonicMs()
    for (const worker of this.#workers) this.#silence.heard(`${worker}`, nowMs)
    this.#timer = setInterval(() => this.look(systemClock.monotonicMs()), LOOK_EVERY_MS)
  }

  heard(worker: number, nowMs = systemClock.monotonicMs()): void {
    this.#silence.heard(`${worker}`, nowMs)
    const stuckMs = this.#stuck.get(worker)
    if (stuckMs === undefined) return
    this.#stuck.delete(worker)
    this.#listener.warn(`worker ${worker} turns again after ${Math.round(stuckMs / 1000)} s: what its clients measured in that time is not the target's`)
  }

  /** It is gone. */
  dismiss(worker: number): void {
    this.#workers.delete(worker)
    this.#stuck.delete(worker)
  }

  look(nowMs: number): void {
    this.#silence.look(nowMs)
    const limitMs = this.#listener.isRunning() ? GIVEN_UP_MS : GIVEN_UP_IDLE_MS
    for (const worker of this.#workers) {
      const silentMs = this.#silence.silentMs(`${worker}`, nowMs)
      if (silentMs < STUCK_MS) continue
      if (!this.#stuck.has(worker)) {
        this.#listener.warn(`worker ${worker} has been stuck for ${STUCK_MS / 1000} s: its clients neither send nor read; it is ended after ${limitMs / 1000} s`)
      }
      this.#stuck.set(worker, silentMs)
      if (silentMs < limitMs) continue
      this.dismiss(worker)
      this.#listener.giveUp(worker, new RallyError('node', `worker ${worker} was stuck for ${Math.round(silentMs / 1000)} s and was ended`, { hint: STUCK_HINT }))
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

const STUCK_HINT = 'a huge answer that is taken apart, or code that does not end, keeps a thread from its work: ask for smaller answers; if it happens again, please report it'
