// The best k of many documents: a heap whose top is the worst one kept.

/** Negative: a comes before b. */
export type DocOrder = (a: number, b: number) => number

export class BoundedHeap {
  readonly #items: Uint32Array
  readonly #order: DocOrder
  #size = 0

  constructor(capacity: number, order: DocOrder) {
    this.#items = new Uint32Array(capacity)
    this.#order = order
  }

  get isFull(): boolean {
    return this.#size === this.#items.length
  }

  /** The last of those kept; only when full and not of capacity 0. */
  get worst(): number {
    return this.#items[0]!
  }

  offer(doc: number): void {
    if (!this.isFull) {
      this.#items[this.#size++] = doc
      this.#rise(this.#size - 1)
    } else if (this.#size > 0 && this.#order(doc, this.#items[0]!) < 0) {
      this.#items[0] = doc
      this.#sink()
    }
  }

  /** Those kept, the best first. */
  sorted(): Uint32Array {
    return this.#items.slice(0, this.#size).sort(this.#order)
  }

  #rise(from: number): void {
    const items = this.#items
    let at = from
    while (at > 0) {
      const parent = (at - 1) >>> 1
      if (this.#order(items[at]!, items[parent]!) <= 0) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(): void {
    const items = this.#items
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= this.#size) return
      const right = left + 1
      const child = right < this.#size && this.#order(items[right]!, items[left]!) > 0 ? right : left
      if (this.#order(items[child]!, items[at]!) <= 0) return
      this.#swap(at, child)
      at = child
    }
  }

  #swap(a: number, b: number): void {
    const items = this.#items
    const kept = items[a]!
    items[a] = items[b]!
    items[b] = kept
  }
}
