// Typed lists that double when full: a segment under construction does not know its size.

export class Uint32List {
  #items = new Uint32Array(64)
  length = 0

  push(value: number): void {
    if (this.length === this.#items.length) {
      const bigger = new Uint32Array(this.length * 2)
      bigger.set(this.#items)
      this.#items = bigger
    }
    this.#items[this.length++] = value
  }

  at(index: number): number {
    return this.#items[index]!
  }

  toArray(): Uint32Array {
    return this.#items.slice(0, this.length)
  }
}

export class Float64List {
  #items = new Float64Array(64)
  length = 0

  push(value: number): void {
    if (this.length === this.#items.length) {
      const bigger = new Float64Array(this.length * 2)
      bigger.set(this.#items)
      this.#items = bigger
    }
    this.#items[this.length++] = value
  }

  at(index: number): number {
    return this.#items[index]!
  }

  toArray(): Float64Array {
    return this.#items.slice(0, this.length)
  }
}

/** Bytes, appended; read back by position. */
export class ByteList {
  #bytes = Buffer.allocUnsafe(4096)
  length = 0

  push(part: Uint8Array): void {
    const end = this.length + part.length
    if (end > this.#bytes.length) {
      const bigger = Buffer.allocUnsafe(Math.max(end, this.#bytes.length * 2))
      this.#bytes.copy(bigger, 0, 0, this.length)
      this.#bytes = bigger
    }
    this.#bytes.set(part, this.length)
    this.length = end
  }

  slice(from: number, to: number): Buffer {
    return this.#bytes.subarray(from, to)
  }

  toBuffer(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.length))
  }
}
