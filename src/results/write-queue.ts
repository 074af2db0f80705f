// Writes to one disk, one after another; after the first that fails no other is begun.

export class WriteQueue {
  readonly #failed: (error: unknown) => void
  #hasFailed = false
  #last: Promise<void> = Promise.resolve()

  /** `failed` is told once. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  /** `done` is called when the write has ended, failed, or was left out. */
  add(write: () => Promise<void>, done?: () => void): void {
    this.#last = this.#after(this.#last, write, done)
  }

  /** Resolves when all that was added has ended. */
  settled(): Promise<void> {
    return this.#last
  }

  async #after(before: Promise<void>, write: () => Promise<void>, done?: () => void): Promise<void> {
    await before
    await this.#try(write)
    done?.()
  }

  async #try(write: () => Promise<void>): Promise<void> {
    if (this.#hasFailed) return
    try {
      await write()
    } catch (error) {
      this.#hasFailed = true
      this.#failed(error)
    }
  }
}
