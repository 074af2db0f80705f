// How late the calling thread's event loop is: what comes while it is busy, or stopped, waits that long.

import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Ticks of Node.js's own monitor (a timer in C++: 0.8 % of a core in a thread that sleeps, less in one that works). */
const TICK_MS = 5
/** Delays above are kept one by one: at most a hundred of those that a second has room for. */
export const LONG_MS = 5
const MAX_LONG = 100

export interface LoopDelays {
  /**
   * One moment in a hundred had to wait longer. Of moments, not of ticks: a stall of a second is one late tick among two hundred,
   * but a whole second of moments.
   */
  readonly p99Ms: number
  /** Delays over 5 ms, longest first, at most 100. */
  readonly longMs: readonly number[]
}

export class LoopDelay {
  readonly #monitor = monitorEventLoopDelay({ resolution: TICK_MS })

  constructor() {
    this.#monitor.enable()
  }

  /** The delays of the `elapsedMs` since the last call (or `restart`); the next stretch begins. */
  take(elapsedMs: number): LoopDelays {
    const monitor = this.#monitor
    const { count } = monitor
    if (count === 0) return delaysOf([elapsedMs - 2 * TICK_MS], elapsedMs, 0)
    const late: number[] = []
    while (late.length < Math.min(MAX_LONG, count)) {
      const delayMs = this.#atRank(count - late.length)
      if (delayMs <= LONG_MS) break
      late.push(delayMs)
    }
    // The first tick after a reset only starts the monitor: a stall before it is what is missing from the sum of all ticks.
    late.push(elapsedMs - (monitor.mean * count) / 1e6 - 2 * TICK_MS)
    const p99Ms = Math.min(LONG_MS, Math.max(0, this.#atRank(Math.ceil(count * 0.99))))
    monitor.reset()
    return delaysOf(late, elapsedMs, p99Ms)
  }

  /** Forgets what was before. */
  restart(): void {
    this.#monitor.reset()
  }

  close(): void {
    this.#monitor.disable()
  }

  /** The monitor measures from tick to tick, its own pause included. */
  #atRank(rank: number): number {
    return this.#monitor.percentile((100 * rank) / this.#monitor.count) / 1e6 - TICK_MS
  }
}

function delaysOf(late: readonly number[], elapsedMs: number, p99OfTicksMs: number): LoopDelays {
  const longMs = late.filter((delayMs) => delayMs > LONG_MS).sort((a, b) => b - a)
  return { p99Ms: p99OfMoments(longMs, elapsedMs) ?? p99OfTicksMs, longMs }
}

/**
 * Of a delay d all moments but the last x milliseconds waited longer than x: the quantile is where Σ max(0, d − x) is one hundredth
 * of the time. null: below all the delays given.
 * @param delaysMs descending
 */
export function p99OfMoments(delaysMs: readonly number[], elapsedMs: number): number | null {
  let sum = 0
  for (const [index, delayMs] of delaysMs.entries()) {
    sum += delayMs
    const xMs = (sum - elapsedMs / 100) / (index + 1)
    if (xMs >= (delaysMs[index + 1] ?? LONG_MS)) return xMs
  }
  return null
}
