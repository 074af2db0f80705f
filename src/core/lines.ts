// Bytes → lines, for sockets and pipes. Bounded: a line over the limit is an error, never a growing buffer.

export class LineTooLongError extends Error {
  constructor(limitBytes: number) {
    super(`line over ${limitBytes} bytes`)
    this.name = 'LineTooLongError'
  }
}

const NEWLINE = 10
const EMPTY = Buffer.alloc(0)
/** Of a buffer that is kept for lines to come: lines of bulk bytes fit. */
const MAX_FREE_BYTES = 128 * 1024

export class LineSplitter {
  readonly #limitBytes: number
  /** The begun line: one buffer that doubles, so that a line that comes byte by byte costs no more than one in a piece. */
  #begun: Buffer = EMPTY
  #begunBytes = 0
  /** Of the last line that was given out. */
  #lent: Buffer = EMPTY
  /** Nobody looks at it any more: for a line to come. */
  #free: Buffer = EMPTY

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** The complete lines that `chunk` ends, without their newline; throws LineTooLongError. Lines may share the chunk's memory. */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = []
    let from = 0
    for (let at = chunk.indexOf(NEWLINE, from); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const part = chunk.subarray(from, at)
      if (this.#begunBytes === 0) lines.push(this.#checked(part))
      else {
        this.#keep(part)
        lines.push(this.rest())
      }
      from = at + 1
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from))
    return lines
  }

  /** What came after the last newline; it is then forgotten. */
  rest(): Buffer {
    const line = this.#begun.subarray(0, this.#begunBytes)
    this.#lent = this.#begun
    this.#begun = EMPTY
    this.#begunBytes = 0
    return line
  }

  /** None of the lines that were given out is looked at any more: long ones that follow need no memory of their own. */
  recycle(): void {
    if (this.#lent.length > this.#free.length && this.#lent.length <= MAX_FREE_BYTES) this.#free = this.#lent
    this.#lent = EMPTY
  }

  /** Whether a line has begun that has not ended yet. */
  get hasBegun(): boolean {
    return this.#begunBytes > 0
  }

  #checked(line: Buffer): Buffer {
    if (line.length > this.#limitBytes) throw new LineTooLongError(this.#limitBytes)
    return line
  }

  #keep(part: Buffer): void {
    const bytes = this.#begunBytes + part.length
    if (bytes > this.#limitBytes) throw new LineTooLongError(this.#limitBytes)
    if (bytes > this.#begun.length) {
      const larger = this.#larger(bytes)
      this.#begun.copy(larger, 0, 0, this.#begunBytes)
      this.#begun = larger
    }
    part.copy(this.#begun, this.#begunBytes)
    this.#begunBytes = bytes
  }

  #larger(bytes: number): Buffer {
    const free = this.#free
    if (free.length < bytes) return Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(2 * bytes, this.#limitBytes)))
    this.#free = EMPTY
    return free
  }
}
