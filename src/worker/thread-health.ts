// How the thread itself is doing: a load generator that cannot keep up must not look as if it could.

import { readFileSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import type { Clock } from '../core/clock.ts'
import { LoopDelay } from '../core/loop-delay.ts'
import { Histogram } from '../sample/histogram.ts'
import type { WorkerHealth } from '../protocol/messages.ts'

export class ThreadHealth {
  readonly #clock: Clock
  readonly #loop = new LoopDelay()
  readonly #sendDelay = new Histogram()
  readonly #firstClient: number
  /** By client: when the request was due that it could not send in time, because it was busy; NaN: it is on time. */
  readonly #lateSinceMs: Float64Array
  #dropped = 0
  #cpu = threadCpu()
  #atMs: number

  /** `clients`: ids, contiguous. */
  constructor(clock: Clock, clients: readonly number[]) {
    this.#clock = clock
    this.#firstClient = clients[0] ?? 0
    this.#lateSinceMs = new Float64Array(clients.length).fill(Number.NaN)
    this.#atMs = clock.monotonicMs()
  }

  sendDelay(ms: number): void {
    this.#sendDelay.record(ms)
  }

  dropped(samples: number): void {
    this.#dropped += samples
  }

  /** A client has been free since `freeAtMs`, and its next request is (or was) due at `dueMs`; NaN: whenever it is free. */
  clientIsFree(client: number, dueMs: number, freeAtMs: number): void {
    this.#lateSinceMs[client - this.#firstClient] = dueMs < freeAtMs ? dueMs : Number.NaN
  }

  clientHasEnded(client: number): void {
    this.#lateSinceMs[client - this.#firstClient] = Number.NaN
  }

  /** A step starts: what was before it is nobody's load. */
  begin(): void {
    this.#loop.restart()
    this.#cpu = threadCpu()
    this.#atMs = this.#clock.monotonicMs()
  }

  /** The state since the last call; starts the next stretch. `startMs`: of the step. */
  take(worker: number, startMs: number): WorkerHealth {
    const nowMs = this.#clock.monotonicMs()
    const elapsedMs = nowMs - this.#atMs
    const cpu = threadCpu()
    const { p99Ms: loopDelayP99Ms, longMs: longDelaysMs } = this.#loop.take(elapsedMs)
    const { used_heap_size: heapUsed, heap_size_limit: heapLimit } = getHeapStatistics()
    const health: WorkerHealth = {
      worker,
      fromMs: Math.max(0, this.#atMs - startMs),
      toMs: Math.max(0, nowMs - startMs),
      loopDelayP99Ms,
      longDelaysMs,
      cpu: shareOf(cpu?.runMs, this.#cpu?.runMs, elapsedMs),
      cpuWait: shareOf(cpu?.waitMs, this.#cpu?.waitMs, elapsedMs),
      sendDelayP99Ms: this.#sendDelay.count === 0 ? null : this.#sendDelay.percentile(99),
      dropped: this.#dropped,
      ...this.#late(nowMs),
      heapUsed,
      heapLimit
    }
    this.#sendDelay.clear()
    this.#dropped = 0
    this.#cpu = cpu
    this.#atMs = nowMs
    return health
  }

  close(): void {
    this.#loop.close()
  }

  #late(nowMs: number): Pick<WorkerHealth, 'lateClients' | 'lateMs'> {
    let lateClients = 0
    let lateMs = 0
    for (const dueMs of this.#lateSinceMs) {
      if (Number.isNaN(dueMs)) continue
      lateClients++
      if (nowMs - dueMs > lateMs) lateMs = nowMs - dueMs
    }
    return { lateClients, lateMs }
  }
}

interface ThreadCpu {
  /** On a core. */
  readonly runMs: number
  /** Ready to run, but others had the cores. */
  readonly waitMs: number
}

/** Of the calling thread since its start, or null where Linux's /proc is not to be had. */
function threadCpu(): ThreadCpu | null {
  try {
    const [runNs, waitNs] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')
    return { runMs: Number(runNs) / 1e6, waitMs: Number(waitNs) / 1e6 }
  } catch {
    // Other systems have no such file: the figures are then left out of the judgement.
    return null
  }
}

function shareOf(now: number | undefined, before: number | undefined, elapsedMs: number): number | null {
  return now === undefined || before === undefined || elapsedMs <= 0 ? null : (now - before) / elapsedMs
}
