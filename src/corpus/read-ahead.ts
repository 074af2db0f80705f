// Has the system bring the next part of a data file before it is asked for, where the file is not in the page cache: a
// worker that waits for a disk sends nothing meanwhile. A hint only: what is read here is thrown away.

import { closeSync, read } from 'node:fs'

/** A block of a data file comes from the page cache in a tenth of this, from a disk hardly ever in less. */
const SLOW_READ_MS = 1
/** Bytes of one hint at most: a larger bulk is brought in part. */
const MAX_BYTES = 4 * 1024 * 1024
/** Under way at once: more would only queue for the same disk. */
const MAX_HINTS = 32

// Of one thread: all hints write into it, nobody reads it.
let bin: Buffer | null = null

export class ReadAhead {
  readonly #fd: number
  readonly #slowMs: number
  #isOn = false
  #running = 0
  #isClosing = false

  /** Owns the descriptor from now on. */
  constructor(fd: number, slowMs = SLOW_READ_MS) {
    this.#fd = fd
    this.#slowMs = slowMs
  }

  /** A read has taken so long: from the first slow one on the file is read ahead. */
  took(ms: number): void {
    if (ms >= this.#slowMs) this.#isOn = true
  }

  get isOn(): boolean {
    return this.#isOn
  }

  /** What will be read soon; returns at once. */
  expect(from: number, length: number): void {
    if (!this.#isOn || this.#isClosing || length <= 0 || this.#running >= MAX_HINTS) return
    bin ??= Buffer.allocUnsafeSlow(MAX_BYTES)
    this.#running++
    // A file that cannot be read is told of by the read that is waited for.
    read(this.#fd, bin, 0, Math.min(length, MAX_BYTES), from, () => {
      this.#running--
      this.#closeIfDone()
    })
  }

  /** Closes the descriptor as soon as nothing reads from it. */
  close(): void {
    this.#isClosing = true
    this.#closeIfDone()
  }

  #closeIfDone(): void {
    if (this.#isClosing && this.#running === 0) closeSync(this.#fd)
  }
}
