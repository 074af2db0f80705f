/** The least of many, again and again: a binary heap. */
export class Heap<T> {
  readonly #isLess: (a: T, b: T) => boolean
  readonly #items: T[] = []

  constructor(isLess: (a: T, b: T) => boolean) {
    this.#isLess = isLess
  }

  /** The least one. */
  get first(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let at = items.length
    for (; at > 0; at = (at - 1) >> 1) {
      const parent = items[(at - 1) >> 1]!
      if (!this.#isLess(item, parent)) break
      items[at] = parent
    }
    items[at] = item
  }

  pop(): void {
    const last = this.#items.pop()
    if (last === undefined || this.#items.length === 0) return
    this.#items[0] = last
    this.moved()
  }

  /** The least one has changed. */
  moved(): void {
    const items = this.#items
    const item = items[0]
    if (item === undefined) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && this.#isLess(items[child + 1]!, items[child]!)) child++
      if (!this.#isLess(items[child]!, item)) break
      items[at] = items[child]!
      at = child
    }
    items[at] = item
  }
}
