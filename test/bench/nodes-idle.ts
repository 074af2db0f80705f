// What a daemon costs while it waits.

import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { absolute, type Measured } from './measure.ts'
import { BenchDaemons } from './nodes-daemons.ts'

const SETTLE_MS = 20_000
const WATCH_MS = 60_000
/** Of /proc/<pid>/stat, everywhere on Linux. */
const TICKS_PER_SECOND = 100

export async function idleDaemon(budgetMb: number, budgetPercent: number): Promise<Measured[]> {
  const daemons = await BenchDaemons.open(1)
  try {
    const pid = daemons.pid('n1')
    await wait(SETTLE_MS)
    const before = ticksOf(pid)
    await wait(WATCH_MS)
    const percent = ((ticksOf(pid) - before) / TICKS_PER_SECOND / (WATCH_MS / 1000)) * 100
    const megabytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
    return [
      absolute('memory of a daemon that waits', 'MB', { ours: megabytes, peer: 0 }, budgetMb),
      absolute('CPU of a daemon that waits', '% of a core', { ours: percent, peer: 0 }, budgetPercent)
    ]
  } finally {
    daemons.close()
  }
}

function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return Number(fields[11]) + Number(fields[12])
}
