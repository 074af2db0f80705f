// How the node is doing, once a second while a step runs: its machine's cores, memory, sockets and ports, its process, and its
// main thread, which the load does not wait for, but snapshots and commands do. All of it costs 1.1 ms a second.

import { cpus, totalmem } from 'node:os'
import { systemClock } from '../core/clock.ts'
import { LoopDelay } from '../core/loop-delay.ts'
import type { NodeHealth } from '../protocol/messages.ts'
import { CpuTimes } from './cpu-times.ts'
import { descriptorLimit, openDescriptors } from './descriptors.ts'
import { PortWatch } from './port-watch.ts'

export class MachineWatch {
  readonly #loop = new LoopDelay()
  readonly #cpu = new CpuTimes()
  readonly #ports: PortWatch
  readonly #descriptorLimit = finite(descriptorLimit())
  readonly #cores = cpus().length
  readonly #memoryTotal = memoryTotal()
  #rss = 0
  #own = process.cpuUsage()
  #atMs = systemClock.monotonicMs()

  constructor(targetPorts: readonly number[]) {
    this.#ports = new PortWatch(targetPorts)
  }

  /** A step starts: what was before it is nobody's load. */
  begin(): void {
    this.#loop.restart()
    this.#cpu.take()
    this.#own = process.cpuUsage()
    this.#atMs = systemClock.monotonicMs()
  }

  /** The state since the last call; starts the next stretch. `startMs`: of the step. */
  take(startMs: number): NodeHealth {
    const nowMs = systemClock.monotonicMs()
    const elapsedMs = nowMs - this.#atMs
    const { p99Ms, longMs } = this.#loop.take(elapsedMs)
    const cpu = this.#cpu.take()
    const health: NodeHealth = {
      fromMs: Math.max(0, this.#atMs - startMs),
      toMs: Math.max(0, nowMs - startMs),
      mainDelayP99Ms: p99Ms,
      mainLongDelaysMs: longMs,
      cpu: cpu?.busy ?? null,
      steal: cpu?.steal ?? null,
      ownCpu: this.#takeOwn(elapsedMs),
      rss: (this.#rss = rss() ?? this.#rss),
      memoryAvailable: memoryAvailable(),
      memoryTotal: this.#memoryTotal,
      descriptors: openDescriptors(),
      descriptorLimit: this.#descriptorLimit,
      ...this.#ports.take()
    }
    this.#atMs = nowMs
    return health
  }

  close(): void {
    this.#loop.close()
  }

  #takeOwn(elapsedMs: number): number {
    const { user, system } = process.cpuUsage(this.#own)
    this.#own = process.cpuUsage()
    return elapsedMs <= 0 ? 0 : (user + system) / 1000 / elapsedMs / this.#cores
  }
}

/** Of this process; null: it has no descriptor left to look, which others have to tell. */
function rss(): number | null {
  try {
    return process.memoryUsage.rss()
  } catch {
    return null
  }
}

/** Bytes that are free, or null where the system does not tell. */
export function memoryAvailable(): number | null {
  return process.availableMemory() || null
}

/** Bytes of the machine, or of the container's limit if that is less. */
export function memoryTotal(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/** JSON has no Infinity: unlimited is not told. */
function finite(limit: number | null): number | null {
  return limit === null || !Number.isFinite(limit) ? null : limit
}
