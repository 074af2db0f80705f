// What the node itself saw of each request: the truth a load generator's figures are held against.

import { writeFileSync } from 'node:fs'

const COLUMNS = 4
const ROWS_PER_BLOCK = 65_536
/** 160 MB; what comes later is only counted. */
const MAX_BLOCKS = 80

export class TruthLog {
  readonly #startMs: number
  #blocks: Float64Array[] = []
  #rows = 0
  #dropped = 0

  /** `startMs`: the moment offsets are told from, monotonic. */
  constructor(startMs: number) {
    this.#startMs = startMs
  }

  /** Both moments monotonic; `delayMs` as drawn; status 0: never answered. */
  add(arrivalMs: number, answerMs: number, delayMs: number, status: number): void {
    const row = this.#rows % ROWS_PER_BLOCK
    if (row === 0) {
      if (this.#blocks.length === MAX_BLOCKS) {
        this.#dropped++
        return
      }
      this.#blocks.push(new Float64Array(ROWS_PER_BLOCK * COLUMNS))
    }
    const block = this.#blocks.at(-1)!
    const at = row * COLUMNS
    block[at] = arrivalMs - this.#startMs
    block[at + 1] = answerMs - this.#startMs
    block[at + 2] = delayMs
    block[at + 3] = status
    this.#rows++
  }

  clear(): void {
    this.#blocks = []
    this.#rows = 0
    this.#dropped = 0
  }

  /** A head line, then one line per request in order of answers: `[arrival offset, answer offset, delay, status]`, milliseconds. */
  toText(): string {
    const lines = [JSON.stringify({ startMs: this.#startMs, requests: this.#rows, dropped: this.#dropped })]
    for (let row = 0; row < this.#rows; row++) {
      const at = (row % ROWS_PER_BLOCK) * COLUMNS
      const values = this.#blocks[Math.floor(row / ROWS_PER_BLOCK)]!.subarray(at, at + COLUMNS)
      lines.push(`[${Array.from(values, (value) => Number(value.toFixed(4))).join(',')}]`)
    }
    return `${lines.join('\n')}\n`
  }

  writeTo(file: string): void {
    writeFileSync(file, this.toText())
  }
}
