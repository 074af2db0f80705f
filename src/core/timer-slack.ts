// How late the system may end a sleep of the calling thread. Linux gathers wake-ups: by 50 µs, if a thread does not ask for less.

import { readlinkSync, writeFileSync } from 'node:fs'

/** From now on this thread is woken as soon as its time has come; false where the system has no such switch. */
export function wakeOnTime(): boolean {
  try {
    // `123/task/456`; the file is the thread's own, though only processes are listed there.
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1)
    writeFileSync(`/proc/${thread}/timerslack_ns`, '1')
    return true
  } catch {
    // Not Linux, or one that hides it: naps take longer.
    return false
  }
}
