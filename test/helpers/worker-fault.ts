// Preloaded into a race (`--import`): once RALLY_FAULT_FILE is there, one of its worker threads goes wrong in the way of RALLY_FAULT.

import { existsSync, mkdirSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const { RALLY_FAULT: fault, RALLY_FAULT_FILE: file = '', RALLY_SPIN_MS: spinMs = 'Infinity' } = process.env

const FAULTS: Readonly<Record<string, () => void>> = {
  throw: () => {
    throw new Error('a planted error')
  },
  exit: () => process.exit(3),
  memory: () => fill([]),
  /** Busy with something else for most of the time, as by a blocking operation. */
  block: () => void setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40), 50).unref(),
  spin: () => {
    const endMs = performance.now() + Number(spinMs)
    while (performance.now() < endMs) {
      // Nothing else gets its turn.
    }
  }
}

if (!isMainThread && fault !== undefined) {
  const look = setInterval(() => {
    if (!existsSync(file)) return
    clearInterval(look)
    if (isFirst()) FAULTS[fault]?.()
  }, 20)
  look.unref()
}

/** Of all threads that look at the same file. */
function isFirst(): boolean {
  try {
    mkdirSync(`${file}.taken`)
    return true
  } catch {
    return false
  }
}

function fill(kept: unknown[]): void {
  for (let i = 0; i < 1000; i++) kept.push(Array.from({ length: 1000 }, (_, n) => `${i}-${n}`))
  setImmediate(() => fill(kept))
}
