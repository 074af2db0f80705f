// How much of the machine was taken by others while something was measured: figures of a machine that is not ours alone prove little.

import { readFileSync } from 'node:fs'

interface Reading {
  /** Clock ticks over all cores. */
  readonly all: number
  readonly busy: number
  /** Of this process and its children that have ended. */
  readonly own: number
}

/** Call the result at the end: per cent of all cores that others took; null where Linux's /proc is not to be had. Children still running count as others. */
export function watchOthers(): () => number | null {
  const before = read()
  return () => {
    const after = read()
    if (before === null || after === null || after.all === before.all) return null
    return (100 * (after.busy - before.busy - (after.own - before.own))) / (after.all - before.all)
  }
}

function read(): Reading | null {
  try {
    const [user, nice, system, idle, ioWait, irq, softIrq, steal] = numbers(readFileSync('/proc/stat', 'latin1').split('\n')[0]!.replace(/^cpu +/, ''))
    const busy = user! + nice! + system! + irq! + softIrq! + steal!
    // Fields 14 to 17, after the name in parentheses: utime, stime, cutime, cstime.
    const own = numbers(readFileSync('/proc/self/stat', 'latin1').replace(/^.*\) . /, '')).slice(10, 14)
    return { all: busy + idle! + ioWait!, busy, own: own.reduce((sum, ticks) => sum + ticks, 0) }
  } catch {
    return null
  }
}

function numbers(text: string): number[] {
  return text.trim().split(' ').map(Number)
}
