// How long each node, or each worker thread, has been silent. Only time counts in which this process was awake: one that was stopped
// itself (Ctrl-Z, a laptop's sleep) has not heard anything either.

/** Looks are this far apart, as a rule. */
export const LOOK_EVERY_MS = 250
/** Looks further apart than this: the process stood still, or was busy. */
const OWN_PAUSE_MS = 1000

export interface Pause {
  /** Monotonic, when it was over. */
  readonly untilMs: number
  readonly ms: number
}

/** Times are monotonic milliseconds. */
export class Silence {
  readonly #heardAtMs = new Map<string, number>()
  #lookedAtMs: number | null = null
  #longestPause: Pause | null = null

  heard(who: string, nowMs: number): void {
    this.#heardAtMs.set(who, nowMs)
  }

  /** Call every LOOK_EVERY_MS, before asking. */
  look(nowMs: number): void {
    const gapMs = this.#lookedAtMs === null ? 0 : nowMs - this.#lookedAtMs
    this.#lookedAtMs = nowMs
    if (gapMs <= OWN_PAUSE_MS) return
    if (gapMs >= (this.#longestPause?.ms ?? 0)) this.#longestPause = { untilMs: nowMs, ms: gapMs }
    for (const [who, atMs] of this.#heardAtMs) this.#heardAtMs.set(who, Math.min(nowMs, atMs + gapMs - LOOK_EVERY_MS))
  }

  silentMs(who: string, nowMs: number): number {
    return nowMs - (this.#heardAtMs.get(who) ?? nowMs)
  }

  /** The longest time this process itself stood still; null: it never did. */
  get longestPause(): Pause | null {
    return this.#longestPause
  }
}
