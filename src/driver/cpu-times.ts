// Where this machine's CPU time goes: to any process, or, though it was wanted here, to other machines of the same host.

import { readFileSync } from 'node:fs'

export interface CpuShares {
  /** Of all cores, 0…1, by whatever process. */
  readonly busy: number
  readonly steal: number
}

export class CpuTimes {
  #last = read()

  /** Shares since the last call, or null where the system does not tell. */
  take(): CpuShares | null {
    const now = read()
    const before = this.#last
    this.#last = now
    if (now === null || before === null || now.total <= before.total) return null
    const total = now.total - before.total
    return { busy: (now.busy - before.busy) / total, steal: (now.steal - before.steal) / total }
  }
}

interface Ticks {
  readonly total: number
  readonly busy: number
  readonly steal: number
}

/** Ticks since the machine's start: user nice system idle iowait irq softirq steal. */
function read(): Ticks | null {
  try {
    const line = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? ''
    const ticks = line.split(/\s+/).slice(1, 9).map(Number)
    const [, , , idle = 0, waiting = 0, , , steal = 0] = ticks
    const total = ticks.reduce((sum, tick) => sum + tick, 0)
    return { total, busy: total - idle - waiting - steal, steal }
  } catch {
    // Only Linux has this file.
    return null
  }
}
