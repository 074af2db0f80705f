// A worker's full columns on their way to the main thread. A disk that lags must cost samples, which are counted, never load.

import type { WorkerEvent } from '../protocol/worker-messages.ts'
import { ColumnWriter, type ColumnChunk, type Columns } from '../sample/columns.ts'

export interface OutboxOptions {
  /** Chunks that may be under way at once. */
  readonly maxInFlight: number
  readonly post: (event: WorkerEvent) => void
  readonly dropped: (samples: number) => void
}

/** So much may be lost with the process or its machine, not with a thread: columns that are not full go to the disk, too. */
const FLUSH_EVERY_MS = 10_000

export class ChunkOutbox {
  readonly columns: ColumnWriter
  readonly #options: OutboxOptions
  #inFlight = 0
  /** Of the last tick in which a chunk had left. */
  #leftAtMs = 0
  #hasLeft = false

  constructor(options: OutboxOptions) {
    this.#options = options
    const { post } = options
    this.columns = new ColumnWriter((chunk) => this.#full(chunk), {
      filling: (columns, rows) => post({ t: 'filling', columns, rows }),
      label: (of, label) => post({ t: 'label', of, label })
    })
  }

  stepStarts(atMs: number): void {
    this.#leftAtMs = atMs
    this.#hasLeft = false
  }

  /** Called about once a second. */
  tick(nowMs: number): void {
    if (this.#hasLeft) this.#leftAtMs = nowMs
    this.#hasLeft = false
    if (nowMs - this.#leftAtMs < FLUSH_EVERY_MS) return
    this.#leftAtMs = nowMs
    this.columns.flush()
  }

  /** The main thread has a chunk on disk. */
  taken(columns: Columns): void {
    this.#inFlight--
    this.columns.giveBack(columns)
  }

  #full(chunk: ColumnChunk): void {
    this.#hasLeft = true
    const { maxInFlight, post, dropped } = this.#options
    if (this.#inFlight >= maxInFlight) {
      dropped(chunk.rows)
      this.columns.giveBack(chunk.columns)
      return
    }
    this.#inFlight++
    post({ t: 'chunk', chunk })
  }
}
