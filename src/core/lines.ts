// Bytes → lines, for sockets and pipes. Bounded: a line over the limit is an error, never a growing buffer.

export class LineTooLongError extends Error {
  constructor(limitBytes: number) {
    super(`line over ${limitBytes} bytes`)
    this.name = 'LineTooLongError'
  }
}

const NEWLINE = 10

export class LineSplitter {
  readonly #limitBytes: number
  #pending: Buffer[] = []
  #pendingBytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** The complete lines that `chunk` ends, without their newline; throws LineTooLongError. */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = []
    let from = 0
    for (let at = chunk.indexOf(NEWLINE, from); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, at))
      lines.push(this.#take())
      from = at + 1
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from))
    return lines
  }

  /** What came after the last newline. */
  rest(): Buffer {
    return this.#take()
  }

  #keep(part: Buffer): void {
    this.#pendingBytes += part.length
    if (this.#pendingBytes > this.#limitBytes) throw new LineTooLongError(this.#limitBytes)
    this.#pending.push(part)
  }

  #take(): Buffer {
    const line = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending)
    this.#pending = []
    this.#pendingBytes = 0
    return line
  }
}
