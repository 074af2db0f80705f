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
    const to = from + Buffer.byteLength(line) + 1
    if (to > this.#bytes.length) this.#grow(to)
    this.#bytes.write(line, from)
    this.#bytes[to - 1] = NEWLINE
    this.#length = to
    this.#count++
    return this.#bytes.subarray(from, to)
  }

  clear(): void {
    this.#length = 0
    this.#count = 0
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(Math.max(least, FIRST_BYTES))))
    this.bytes.copy(larger)
    this.#bytes = larger
  }
}

const NEWLINE = 10
