// What this machine is, as a node tells it.

import { existsSync, statfsSync } from 'node:fs'
import { availableParallelism, platform, release, totalmem } from 'node:os'
import { dirname } from 'node:path'
import type { NodeFacts } from '../protocol/hello.ts'

/** @param folder whose disk takes chunks and data; it need not be there yet */
export function nodeFacts(folder: string): NodeFacts {
  return {
    cores: availableParallelism(),
    memoryBytes: memoryBytes(),
    freeDiskBytes: freeDiskBytes(folder),
    os: `${platform()} ${release()} ${process.arch}`,
    runtime: process.versions.node,
    // Sampling it would cost an idle daemon more than all else together; a race tells its own.
    loopDelayMs: null
  }
}

/** Of the machine, or of the container where that has less. */
function memoryBytes(): number {
  const limit = process.constrainedMemory() ?? 0
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

function freeDiskBytes(folder: string): number | null {
  const there = existsSync(folder) || dirname(folder) === folder
  if (!there) return freeDiskBytes(dirname(folder))
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    // Some file systems do not tell.
    return null
  }
}
