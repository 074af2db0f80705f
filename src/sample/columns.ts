// Samples as columns of numbers: filled in place, handed to the main thread by transfer when full.

import type { Sample } from './sample.ts'

/** Rows of one chunk. */
export const CHUNK_ROWS = 16_384

/** A full (or last) set of columns; row i of all of them is one sample. Times are milliseconds from the step's start. */
export interface ColumnChunk {
  readonly rows: number
  readonly endOffsetMs: Float64Array
  readonly latencyMs: Float64Array
  readonly serviceMs: Float64Array
  readonly processingMs: Float64Array
  readonly weight: Float64Array
  readonly client: Uint32Array
  /** Index into the step's list of tasks. */
  readonly task: Uint16Array
  /** Bit 0: normal (else warm-up); bit 1: failed. */
  readonly flags: Uint8Array
}

export const FLAG_NORMAL = 1
export const FLAG_FAILED = 2

export class ColumnWriter {
  #chunk = emptyChunk()
  #rows = 0
  readonly #full: (chunk: ColumnChunk) => void

  /** `full` is given each full chunk and owns it from then on. */
  constructor(full: (chunk: ColumnChunk) => void) {
    this.#full = full
  }

  get rows(): number {
    return this.#rows
  }

  add(sample: Sample): void {
    const chunk = this.#chunk
    const row = this.#rows
    chunk.endOffsetMs[row] = sample.endOffsetMs
    chunk.latencyMs[row] = sample.latencyMs
    chunk.serviceMs[row] = sample.serviceMs
    chunk.processingMs[row] = sample.processingMs
    chunk.weight[row] = sample.weight
    chunk.client[row] = sample.client
    chunk.task[row] = sample.task
    chunk.flags[row] = (sample.isNormal ? FLAG_NORMAL : 0) | (sample.errorClass === null ? 0 : FLAG_FAILED)
    this.#rows = row + 1
    if (this.#rows === CHUNK_ROWS) this.flush()
  }

  flush(): void {
    if (this.#rows === 0) return
    const chunk = { ...this.#chunk, rows: this.#rows }
    this.#chunk = emptyChunk()
    this.#rows = 0
    this.#full(chunk)
  }
}

/** The buffers to hand over with a chunk. */
export function transferOf(chunk: ColumnChunk): ArrayBuffer[] {
  const { endOffsetMs, latencyMs, serviceMs, processingMs, weight, client, task, flags } = chunk
  return [endOffsetMs, latencyMs, serviceMs, processingMs, weight, client, task, flags].map((column) => column.buffer as ArrayBuffer)
}

function emptyChunk(): ColumnChunk {
  return {
    rows: 0,
    endOffsetMs: new Float64Array(CHUNK_ROWS),
    latencyMs: new Float64Array(CHUNK_ROWS),
    serviceMs: new Float64Array(CHUNK_ROWS),
    processingMs: new Float64Array(CHUNK_ROWS),
    weight: new Float64Array(CHUNK_ROWS),
    client: new Uint32Array(CHUNK_ROWS),
    task: new Uint16Array(CHUNK_ROWS),
    flags: new Uint8Array(CHUNK_ROWS)
  }
}
