// Samples as columns of numbers: filled in place, handed to the main thread by transfer when full, and given back for reuse.

import type { Sample } from './sample.ts'

/** Rows of one chunk. */
export const CHUNK_ROWS = 16_384

/** Row i of all columns is one sample. Times are milliseconds; offsets count from the step's start. */
export interface Columns {
  readonly endOffsetMs: Float64Array
  readonly latencyMs: Float64Array
  readonly serviceMs: Float64Array
  readonly processingMs: Float64Array
  /** NaN: it was not due at a time, or its client was busy then. */
  readonly sendDelayMs: Float64Array
  readonly weight: Float64Array
  readonly client: Uint32Array
  /** Index into the step's list of tasks. */
  readonly task: Uint16Array
  /** 0: it succeeded; else 1 + index into the chunk's `errors`. */
  readonly error: Uint8Array
  /** Index into the chunk's `units`. */
  readonly unit: Uint8Array
  /** 1: normal; 0: warm-up. */
  readonly normal: Uint8Array
}

/** A full (or last) set of columns, of which only the first `rows` count. */
export interface ColumnChunk {
  readonly rows: number
  readonly columns: Columns
  /** Error classes in order of appearance. */
  readonly errors: readonly string[]
  /** Units of the weights. */
  readonly units: readonly string[]
}

/** An 8-bit column holds no more labels: what comes beyond them is filed under the last one. */
const MAX_LABELS = 254
const OTHERS = 'others'
/** Sets kept for reuse: while one is filled, a few are on their way to the disk. */
const MAX_SPARES = 4

export class ColumnWriter {
  readonly #full: (chunk: ColumnChunk) => void
  readonly #spares: Columns[] = []
  #columns = emptyColumns()
  #rows = 0
  #errors: string[] = []
  #units: string[] = []
  // Nearly all samples have the unit of the one before.
  #lastUnit: string | null = null
  #lastUnitIndex = 0

  /** `full` is given each full chunk and owns it from then on; `giveBack` may return its columns. */
  constructor(full: (chunk: ColumnChunk) => void) {
    this.#full = full
  }

  get rows(): number {
    return this.#rows
  }

  add(sample: Sample): void {
    const columns = this.#columns
    const row = this.#rows
    columns.endOffsetMs[row] = sample.endOffsetMs
    columns.latencyMs[row] = sample.latencyMs
    columns.serviceMs[row] = sample.serviceMs
    columns.processingMs[row] = sample.processingMs
    columns.sendDelayMs[row] = sample.sendDelayMs
    columns.weight[row] = sample.weight
    columns.client[row] = sample.client
    columns.task[row] = sample.task
    columns.error[row] = sample.errorClass === null ? 0 : 1 + labelIndex(this.#errors, sample.errorClass)
    columns.unit[row] = sample.unit === this.#lastUnit ? this.#lastUnitIndex : this.#unitIndex(sample.unit)
    columns.normal[row] = sample.isNormal ? 1 : 0
    this.#rows = row + 1
    if (this.#rows === CHUNK_ROWS) this.flush()
  }

  flush(): void {
    if (this.#rows === 0) return
    const chunk = { rows: this.#rows, columns: this.#columns, errors: this.#errors, units: this.#units }
    this.#rows = 0
    this.#errors = []
    this.#units = []
    this.#lastUnit = null
    this.#full(chunk)
    // A chunk that was dropped has been given back already.
    this.#columns = this.#spares.pop() ?? emptyColumns()
  }

  /** Columns whose samples are no longer needed here. */
  giveBack(columns: Columns): void {
    if (this.#spares.length < MAX_SPARES) this.#spares.push(columns)
  }

  #unitIndex(unit: string): number {
    this.#lastUnit = unit
    return (this.#lastUnitIndex = labelIndex(this.#units, unit))
  }
}

/** The buffers to hand over with columns. */
export function transferOf(columns: Columns): ArrayBuffer[] {
  return Object.values(columns as unknown as Record<string, Uint8Array>).map((column) => column.buffer as ArrayBuffer)
}

function labelIndex(labels: string[], label: string): number {
  const index = labels.indexOf(label)
  if (index !== -1) return index
  if (labels.length === MAX_LABELS) return MAX_LABELS - 1
  return labels.push(labels.length === MAX_LABELS - 1 ? OTHERS : label) - 1
}

function emptyColumns(): Columns {
  return {
    endOffsetMs: new Float64Array(CHUNK_ROWS),
    latencyMs: new Float64Array(CHUNK_ROWS),
    serviceMs: new Float64Array(CHUNK_ROWS),
    processingMs: new Float64Array(CHUNK_ROWS),
    sendDelayMs: new Float64Array(CHUNK_ROWS),
    weight: new Float64Array(CHUNK_ROWS),
    client: new Uint32Array(CHUNK_ROWS),
    task: new Uint16Array(CHUNK_ROWS),
    error: new Uint8Array(CHUNK_ROWS),
    unit: new Uint8Array(CHUNK_ROWS),
    normal: new Uint8Array(CHUNK_ROWS)
  }
}
