// Samples as columns of numbers: filled in place, handed to the main thread when full, and given back for reuse. They lie in memory
// that both threads see: nothing is copied, and what a thread had measured outlives it.

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

/** What the main thread must know of the columns that are being filled, so that it has them should the thread die. */
export interface ColumnWatcher {
  /** From now on these, from their first row. `rows` holds how many are filled. */
  filling(columns: Columns, rows: Uint32Array): void
  /** The next label of the chunk that is being filled. */
  label(of: 'errors' | 'units', label: string): void
}

const NOBODY: ColumnWatcher = { filling: () => undefined, label: () => undefined }

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
  readonly #watcher: ColumnWatcher
  readonly #spares: Columns[] = []
  #columns = emptyColumns()
  #rows = 0
  readonly #filled = new Uint32Array(new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT))
  #errors: string[] = []
  #units: string[] = []
  // Nearly all samples have the unit of the one before.
  #lastUnit: string | null = null
  #lastUnitIndex = 0

  /** `full` is given each full chunk and owns it from then on; `giveBack` may return its columns. */
  constructor(full: (chunk: ColumnChunk) => void, watcher = NOBODY) {
    this.#full = full
    this.#watcher = watcher
    watcher.filling(this.#columns, this.#filled)
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
    columns.error[row] = sample.errorClass === null ? 0 : 1 + this.#labelIndex('errors', sample.errorClass)
    columns.unit[row] = sample.unit === this.#lastUnit ? this.#lastUnitIndex : this.#unitIndex(sample.unit)
    columns.normal[row] = sample.isNormal ? 1 : 0
    this.#rows = row + 1
    this.#filled[0] = row + 1
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
    this.#filled[0] = 0
    this.#watcher.filling(this.#columns, this.#filled)
  }

  /** Columns whose samples are no longer needed here. */
  giveBack(columns: Columns): void {
    if (this.#spares.length < MAX_SPARES) this.#spares.push(columns)
  }

  #unitIndex(unit: string): number {
    this.#lastUnit = unit
    return (this.#lastUnitIndex = this.#labelIndex('units', unit))
  }

  #labelIndex(of: 'errors' | 'units', label: string): number {
    const labels = of === 'errors' ? this.#errors : this.#units
    const index = labels.indexOf(label)
    if (index !== -1) return index
    if (labels.length === MAX_LABELS) return MAX_LABELS - 1
    const added = labels.length === MAX_LABELS - 1 ? OTHERS : label
    this.#watcher.label(of, added)
    return labels.push(added) - 1
  }
}

function emptyColumns(): Columns {
  const doubles = (): Float64Array => new Float64Array(shared(Float64Array))
  const bytes = (): Uint8Array => new Uint8Array(shared(Uint8Array))
  return {
    endOffsetMs: doubles(),
    latencyMs: doubles(),
    serviceMs: doubles(),
    processingMs: doubles(),
    sendDelayMs: doubles(),
    weight: doubles(),
    client: new Uint32Array(shared(Uint32Array)),
    task: new Uint16Array(shared(Uint16Array)),
    error: bytes(),
    unit: bytes(),
    normal: bytes()
  }
}

function shared({ BYTES_PER_ELEMENT }: { readonly BYTES_PER_ELEMENT: number }): SharedArrayBuffer {
  return new SharedArrayBuffer(CHUNK_ROWS * BYTES_PER_ELEMENT)
}
