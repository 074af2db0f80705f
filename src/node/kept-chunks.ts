// How much of past races this node keeps: `<folder>/<race>/chunks/*`.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../core/clock.ts'
import { isRaceId } from '../config/directories.ts'

export interface KeptChunks {
  readonly count: number
  readonly bytes: number
}

/** Somebody who watches asks every second or two; thousands of files are not counted as often. */
const COUNTED_FOR_MS = 5000

/** Counts when asked, at most every five seconds. */
export class ChunkCounter {
  readonly #folder: string
  #counted: { readonly atMs: number; readonly chunks: Promise<KeptChunks> } | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  count(): Promise<KeptChunks> {
    const nowMs = systemClock.monotonicMs()
    if (this.#counted === null || nowMs - this.#counted.atMs > COUNTED_FOR_MS)
      this.#counted = { atMs: nowMs, chunks: countChunks(this.#folder) }
    return this.#counted.chunks
  }
}

async function countChunks(folder: string): Promise<KeptChunks> {
  let [count, bytes] = [0, 0]
  for (const race of (await namesIn(folder)).filter(isRaceId)) {
    const chunks = join(folder, race, 'chunks')
    for (const name of await namesIn(chunks)) {
      // What is removed meanwhile counts nothing.
      const size = await stat(join(chunks, name)).then(
        (file) => file.size,
        () => null
      )
      if (size === null) continue
      count++
      bytes += size
    }
  }
  return { count, bytes }
}

async function namesIn(folder: string): Promise<string[]> {
  // Not there, or not a folder: nothing is kept.
  return readdir(folder).catch(() => [])
}
