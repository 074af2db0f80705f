// How the thread itself is doing: a load generator that cannot keep up must not look as if it could.

import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../core/clock.ts'
import { Histogram } from '../sample/histogram.ts'
import type { WorkerHealth } from '../protocol/messages.ts'

/** Resolution of the delay monitor: it sees what is longer than this late. */
const MONITOR_MS = 5

export class ThreadHealth {
  readonly #clock: Clock
  readonly #loop = monitorEventLoopDelay({ resolution: MONITOR_MS })
  readonly #sendDelay = new Histogram()
  #dropped = 0
  #cpuNs: number | null
  #atMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#cpuNs = threadCpuNs()
    this.#atMs = clock.monotonicMs()
    this.#loop.enable()
  }

  sendDelay(ms: number): void {
    this.#sendDelay.record(ms)
  }

  dropped(samples: number): void {
    this.#dropped += samples
  }

  /** The state since the last call; starts the next stretch. */
  take(worker: number, second: number, late: number): WorkerHealth {
    const nowMs = this.#clock.monotonicMs()
    const cpuNs = threadCpuNs()
    const elapsedMs = nowMs - this.#atMs
    const cpu = cpuNs === null || this.#cpuNs === null || elapsedMs <= 0 ? null : (cpuNs - this.#cpuNs) / 1e6 / elapsedMs
    // The monitor measures the whole interval between two ticks, its own resolution included.
    const loopDelayP99Ms = Math.max(0, this.#loop.percentile(99) / 1e6 - MONITOR_MS)
    const health = { worker, second, loopDelayP99Ms, cpu, steal: null, sendDelay: this.#sendDelay.toSparse(), dropped: this.#dropped, late }
    this.#loop.reset()
    this.#sendDelay.clear()
    this.#dropped = 0
    this.#cpuNs = cpuNs
    this.#atMs = nowMs
    return health
  }

  close(): void {
    this.#loop.disable()
  }
}

/** CPU time of the calling thread, or null where Linux's /proc is not to be had. */
function threadCpuNs(): number | null {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0])
  } catch {
    // Other systems have no such file: the figure is then left out of the judgement.
    return null
  }
}
