// Pings on their way, and how long the last answers took.

/** Of so many round trips the quickest counts: the others waited for something on their way. */
const KEPT = 8
/** An answer that has not come by then never will. */
const MAX_OPEN = 30

export interface OpenPing {
  readonly sentAtMs: number
  /** Highest command sent before it. */
  readonly commands: number
}

export class RoundTrips {
  readonly #open = new Map<number, OpenPing>()
  #last = 0
  #recentMs: number[] = []

  /** The number of the next ping. */
  begin(ping: OpenPing): number {
    this.#last++
    this.#open.set(this.#last, ping)
    this.#open.delete(this.#last - MAX_OPEN)
    return this.#last
  }

  /** The ping that was answered; null: unknown, or answered before. */
  end(ping: number, nowMs: number): OpenPing | null {
    const open = this.#open.get(ping)
    if (open === undefined) return null
    this.#open.delete(ping)
    this.#recentMs = [...this.#recentMs, nowMs - open.sentAtMs].slice(-KEPT)
    return open
  }

  /** The quickest of the last round trips; null: none yet. */
  get ms(): number | null {
    return this.#recentMs.length === 0 ? null : Math.min(...this.#recentMs)
  }
}
