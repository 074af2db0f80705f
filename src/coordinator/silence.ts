// Which node has said nothing for too long. A coordinator that was stopped itself (Ctrl-Z, a laptop's sleep) has not heard
// anything either: then everybody gets a new chance.

const LIMIT_MS = 10_000
/** Looks are a second apart. */
const OWN_PAUSE_MS = 5000

/** Times are monotonic milliseconds. */
export class Silence {
  readonly #heardAtMs = new Map<string, number>()
  #lookedAtMs: number | null = null

  heard(node: string, nowMs: number): void {
    this.#heardAtMs.set(node, nowMs)
  }

  /** How long the node has been silent, if that is too long; null: it is not. */
  tooLong(node: string, nowMs: number): number | null {
    if (this.#lookedAtMs !== null && nowMs - this.#lookedAtMs > OWN_PAUSE_MS) this.#heardAtMs.set(node, nowMs)
    const silentMs = nowMs - (this.#heardAtMs.get(node) ?? nowMs)
    return silentMs > LIMIT_MS ? silentMs : null
  }

  /** All nodes were looked at. */
  looked(nowMs: number): void {
    this.#lookedAtMs = nowMs
  }
}
