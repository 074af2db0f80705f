// CPU time that the hypervisor gave to others although this machine wanted it.

import { readFileSync } from 'node:fs'

export class StealMeter {
  #last = read()

  /** Share 0…1 of all cores since the last call, or null where the system does not tell. */
  take(): number | null {
    const now = read()
    const before = this.#last
    this.#last = now
    if (now === null || before === null || now.total <= before.total) return null
    return (now.steal - before.steal) / (now.total - before.total)
  }
}

/** Ticks since the machine's start: user nice system idle iowait irq softirq steal. */
function read(): { readonly total: number; readonly steal: number } | null {
  try {
    const line = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? ''
    const ticks = line.split(/\s+/).slice(1, 9).map(Number)
    return { total: ticks.reduce((sum, tick) => sum + tick, 0), steal: ticks[7] ?? 0 }
  } catch {
    // Only Linux has this file.
    return null
  }
}
