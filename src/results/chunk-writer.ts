// Full columns → chunk files, one after another, off the measured path. While the disk lags, chunks wait here; how many may
// wait is for the workers to keep to, who drop and count beyond.

import { join } from 'node:path'
import { syncFolder, writeFileAtomically } from '../core/atomic-file.ts'
import type { ColumnChunk } from '../sample/columns.ts'
import { CHUNK_CODEC, deflateColumns, encodeColumns } from './chunk-codec.ts'
import type { RaceFolder } from './race-folder.ts'
import { fileOf } from './result-file.ts'
import { WriteQueue } from './write-queue.ts'

/** What the samples of a step have in common. */
export interface ChunkStep {
  readonly step: number
  /** Names in the order of the column `task`. */
  readonly tasks: readonly string[]
  /** By this machine's wall clock. */
  readonly startedAtMs: number
}

export class ChunkWriter {
  readonly #folder: RaceFolder
  readonly #queue: WriteQueue
  #seq = 0
  #samples = 0
  #bytes = 0

  /** `failed` is told once; from then on nothing more is written. */
  constructor(folder: RaceFolder, failed: (error: unknown) => void) {
    this.#folder = folder
    this.#queue = new WriteQueue(failed)
  }

  /** Samples on disk. */
  get samples(): number {
    return this.#samples
  }

  get bytes(): number {
    return this.#bytes
  }

  /** `done` is called when the columns are no longer needed, written or not. */
  add(step: ChunkStep, chunk: ColumnChunk, done: () => void): void {
    this.#queue.add(() => this.#write(step, chunk), done)
  }

  /** Resolves when all that was added is on disk, also through a power cut. */
  settled(): Promise<void> {
    // A file is only found again if its folder is on disk, too.
    this.#queue.add(async () => {
      if (this.#samples > 0) await syncFolder(this.#folder.chunks)
    })
    return this.#queue.settled()
  }

  async #write(step: ChunkStep, chunk: ColumnChunk): Promise<void> {
    const seq = ++this.#seq
    const { planes, firstNs, lastNs, bytes } = encodeColumns(chunk)
    const payload = await deflateColumns(bytes)
    const { race, node, epoch } = this.#folder.session
    const header = {
      rally: 'chunk',
      version: 1,
      race,
      node,
      epoch,
      seq,
      step: step.step,
      tasks: step.tasks,
      errors: chunk.errors,
      units: chunk.units,
      'started-at-ms': step.startedAtMs,
      'first-ns': firstNs,
      'last-ns': lastNs,
      count: chunk.rows,
      codec: CHUNK_CODEC,
      planes
    } as const
    const file = fileOf(header, payload)
    await writeFileAtomically(join(this.#folder.chunks, `${epoch}-${String(seq).padStart(7, '0')}`), file)
    this.#samples += chunk.rows
    this.#bytes += file.length
  }
}
