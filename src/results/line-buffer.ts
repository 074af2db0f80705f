// Lines of text on their way into a file, as bytes in memory that is used again: strings that wait for a minute would each have become
// old on the heap, for a full collection to find.

const FIRST_BYTES = 64 * 1024

export class LineBuffer {
  #bytes = Buffer.alloc(0)
  #length = 0
  #count = 0

  /** Lines since the last `clear`. */
  get count(): number {
    return this.#count
  }

  /** All of them, each with its newline; holds until the next `add`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Gives the line's own bytes, newline included; they hold until the next `add`. */
  add(line: string): Buffer {
    const from = this.#length
    // A character of UTF-16 is at most three bytes of UTF-8.
    const most = from + 3 * line.length + 1
    if (most > this.#bytes.length) this.#grow(from + Buffer.byteLength(line) + 1)
    const to = from + this.#bytes.write(line, from)
    this.#length = this.#bytes.writeUInt8(NEWLINE, to)
    this.#count++
    return this.#bytes.subarray(from, this.#length)
  }

  clear(): void {
    this.#length = 0
    this.#count = 0
  }

  #grow(least: number): void {
    if (least <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(Math.max(least, FIRST_BYTES))))
    this.bytes.copy(larger)
    this.#bytes = larger
  }
}

const NEWLINE = 10
