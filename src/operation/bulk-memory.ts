// Where a client's bulks are put together: in the same memory again and again, once the one before has left it. New
// memory for each costs more than all else of a bulk: pages the system has to clear, and collections of garbage.

import type { BodyMemory } from '../target/request.ts'

/** Bulks of the same number of documents differ a little in size. */
const SPARE_SHARE = 1 / 8

export class BulkMemory {
  #bytes: Buffer = Buffer.alloc(0)
  #use: BodyMemory = { begun: 0, gone: 0 }

  /** What is made of `take`'s memory carries this, so that its connections tell when they are done with it. */
  get use(): BodyMemory {
    return this.#use
  }

  /** Memory of this size that nobody reads from any more; holds until the next call. */
  readonly take = (size: number): Buffer => {
    const { begun, gone } = this.#use
    // Unless sent, and left to the last byte each time, it may still be on its way.
    const isFree = begun > 0 && begun === gone
    if (!isFree || size > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(Math.ceil(size * (1 + SPARE_SHARE)))
    this.#use = { begun: 0, gone: 0 }
    return this.#bytes.subarray(0, size)
  }
}
