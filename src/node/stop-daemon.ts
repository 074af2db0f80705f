// `rally daemon stop`: asks, waits, then takes away. Bounded, and nothing of the daemon is left whatever state it is in.

import { setTimeout as wait } from 'node:timers/promises'
import { systemClock } from '../core/clock.ts'
import { RallyError, systemCode } from '../core/errors.ts'
import { findDaemon, type DaemonRecord } from './pid-file.ts'
import { descendantsOf, isRunning, type ProcessIdentity } from './process-table.ts'

/** A daemon gives its sessions five seconds. */
const ASK_MS = 10_000
const KILL_MS = 5000
const LOOK_EVERY_MS = 20

export interface StoppedDaemon {
  readonly record: DaemonRecord
  /** It did not end by itself. */
  readonly wasKilled: boolean
}

/** Ends the daemon of this home and all its processes; throws RallyError('node') if none runs, or if it cannot be ended. */
export async function stopDaemon(pidFile: string, askMs = ASK_MS): Promise<StoppedDaemon> {
  const record = findDaemon(pidFile)
  if (record === null) throw new RallyError('node', 'no daemon of this home runs', { hint: 'start one with `rally daemon start`' })
  const { process: daemon } = record
  const children = descendantsOf(daemon.pid)
  signal(daemon, 'SIGTERM', record)
  // One that was halted would not hear it.
  signal(daemon, 'SIGCONT', record)
  const ended = await allEnded([daemon], askMs)
  // Those it began meanwhile, too; what it left behind belongs to nobody now.
  const left = [...(ended ? [] : [daemon, ...descendantsOf(daemon.pid)]), ...children].filter(isRunning)
  for (const one of left) signal(one, 'SIGKILL', record)
  if (!(await allEnded(left, KILL_MS))) {
    const pids = left.filter(isRunning).map(({ pid }) => pid)
    throw new RallyError('node', `the processes ${pids.join(', ')} of node ${record.settings.nodeName} do not end, even when killed`, {
      hint: 'they wait for the system itself: look at the disk and at `dmesg`'
    })
  }
  return { record, wasKilled: !ended }
}

async function allEnded(processes: readonly ProcessIdentity[], withinMs: number): Promise<boolean> {
  const endAtMs = systemClock.monotonicMs() + withinMs
  while (processes.some(isRunning)) {
    if (systemClock.monotonicMs() > endAtMs) return false
    await wait(LOOK_EVERY_MS)
  }
  return true
}

function signal({ pid }: ProcessIdentity, name: NodeJS.Signals, { settings }: DaemonRecord): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return
    throw new RallyError('node', `the daemon of node ${settings.nodeName} (pid ${pid}) belongs to another user`, {
      hint: 'stop it as the user who started it'
    })
  }
}
