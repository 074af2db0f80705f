// Which process is which. An id alone is not believed: after its process has ended, the system gives it to another.

import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks from the machine's boot to the start of the process: with `bootId`, no two processes share both. */
  readonly startTicks: number
  readonly bootId: string
}

/** Of a process of this machine that has not ended; null: there is none with this id. */
export function identityOf(pid: number): ProcessIdentity | null {
  const stat = statOf(pid)
  return stat === null || stat.state === 'Z' ? null : { pid, startTicks: stat.startTicks, bootId: bootId() }
}

/** Whether exactly this process still runs. */
export function isRunning({ pid, startTicks, bootId: boot }: ProcessIdentity): boolean {
  const now = identityOf(pid)
  return now !== null && now.startTicks === startTicks && now.bootId === boot
}

/** The process's children, theirs, and so on. */
export function descendantsOf(pid: number): ProcessIdentity[] {
  const children = new Map<number, ProcessIdentity[]>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null
    if (stat === null || stat.state === 'Z') continue
    const identity = { pid: Number(name), startTicks: stat.startTicks, bootId: bootId() }
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), identity])
  }
  const below = (parent: number): ProcessIdentity[] => (children.get(parent) ?? []).flatMap((child) => [child, ...below(child.pid)])
  return below(pid)
}

interface ProcessStat {
  /** `R`, `S`, `T` … `Z`: ended, its parent does not know yet. */
  readonly state: string
  readonly parent: number
  readonly startTicks: number
}

function statOf(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in parentheses, may hold anything; what follows is state, parent, …; the start time is field 22 of all.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', parent: Number(fields[1]), startTicks: Number(fields[19]) }
  } catch {
    // It has ended.
    return null
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}
