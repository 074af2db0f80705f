// When each request is answered, decided on its arrival: its delay, the queue, stalls, faults.

import { seededRandom, type Random } from '../../core/random.ts'
import { sampleDelay, type Delay } from './delay.ts'
import type { Fault } from './fault.ts'

export interface CalibrationOptions {
  /** null: at once. */
  readonly delay: Delay | null
  /** `fifo`: one request at a time, in order; a delay is then a service time. */
  readonly queue: 'concurrent' | 'fifo'
  readonly faults: readonly Fault[]
  readonly seed: string
}

export interface Fate {
  readonly kind: 'answer' | 'hang' | 'reset'
  /** null: as it would be. */
  readonly status: number | null
  /** Monotonic. */
  readonly answerAtMs: number
  readonly delayMs: number
}

interface Stall {
  readonly fromMs: number
  readonly toMs: number
}

export class Timetable {
  readonly #options: CalibrationOptions
  readonly #random: Random
  readonly #stalls: Stall[] = []
  /** Arrival of the first request: faults are told from here. */
  #originMs: number | null = null
  #freeAtMs = 0

  constructor(options: CalibrationOptions) {
    this.#options = options
    this.#random = seededRandom('embedded node', options.seed)
  }

  /** Takes one request in; called once for each, in order of arrival. */
  admit(arrivalMs: number): Fate {
    if (this.#originMs === null) this.#begin(arrivalMs)
    const { delay } = this.#options
    const delayMs = delay === null ? 0 : sampleDelay(delay, this.#random)
    const fault = this.#faultAt(arrivalMs - this.#originMs!)
    const answerAtMs = this.#serve(arrivalMs, delayMs)
    if (fault?.kind === 'hang' || fault?.kind === 'reset') return { kind: fault.kind, status: null, answerAtMs, delayMs }
    return { kind: 'answer', status: fault?.status ?? null, answerAtMs, delayMs }
  }

  /** Freezes the node from now on; tells how answers already due later move. */
  stall(nowMs: number, forMs: number): (answerAtMs: number) => number {
    const toMs = nowMs + forMs
    this.#addStall({ fromMs: nowMs, toMs })
    if (this.#options.queue === 'concurrent') return (answerAtMs) => Math.max(answerAtMs, toMs)
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + forMs
    return (answerAtMs) => answerAtMs + forMs
  }

  #begin(arrivalMs: number): void {
    this.#originMs = arrivalMs
    for (const { kind, atMs, forMs } of this.#options.faults) {
      if (kind === 'stall') this.#addStall({ fromMs: arrivalMs + atMs, toMs: arrivalMs + atMs + forMs })
    }
  }

  #addStall(stall: Stall): void {
    this.#stalls.push(stall)
    this.#stalls.sort((a, b) => a.fromMs - b.fromMs)
  }

  // One number is drawn per fault and request, whether it is its time or not: the choice depends on the seed and the order of arrival alone.
  #faultAt(offsetMs: number): Fault | null {
    let chosen: Fault | null = null
    for (const fault of this.#options.faults) {
      if (fault.kind === 'stall') continue
      const isHit = fault.share >= 1 || this.#random() < fault.share
      if (chosen === null && isHit && offsetMs >= fault.atMs && offsetMs < fault.atMs + fault.forMs) chosen = fault
    }
    return chosen
  }

  #serve(arrivalMs: number, delayMs: number): number {
    if (this.#options.queue === 'concurrent') {
      let at = arrivalMs + delayMs
      for (const { fromMs, toMs } of this.#stalls) if (at >= fromMs && at < toMs) at = toMs
      return at
    }
    let at = Math.max(arrivalMs, this.#freeAtMs)
    let left = delayMs
    for (const { fromMs, toMs } of this.#stalls) {
      if (toMs <= at) continue
      if (at + left <= fromMs) break
      left -= Math.max(0, fromMs - at)
      at = toMs
    }
    this.#freeAtMs = at + left
    return this.#freeAtMs
  }
}
