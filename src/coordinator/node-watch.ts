// Who is silent, and what follows from it.
//
// | silent for | what                                                                        |
// |------------|-----------------------------------------------------------------------------|
// | 2 s        | another connection is tried, again and again (at once, if this one broke)   |
// | 3 s        | the node is suspect: shown                                                  |
// | 10 s       | the node is lost                                                            |
//
// One that is heard again in time goes on; the gap is told.

import type { NodeLink } from './node-link.ts'
import { Silence, type Pause } from '../core/silence.ts'

const MEND_MS = 2000
const SUSPECT_MS = 3000
const LOST_MS = 10_000

export interface WatchListener {
  lost(node: string, what: string): void
  /** Heard again after a gap worth telling. */
  back(node: string, gapMs: number): void
}

/** Times are monotonic milliseconds. */
export class NodeWatch {
  readonly #links: readonly NodeLink[]
  readonly #listener: WatchListener
  readonly #silence = new Silence()
  /** Longest silence of those that are silent now. */
  readonly #gaps = new Map<string, number>()
  readonly #dismissed = new Set<string>()

  constructor(links: readonly NodeLink[], listener: WatchListener) {
    this.#links = links
    this.#listener = listener
  }

  heard(node: string, nowMs: number): void {
    this.#silence.heard(node, nowMs)
    const gapMs = this.#gaps.get(node)
    if (gapMs === undefined) return
    this.#gaps.delete(node)
    if (!this.#dismissed.has(node)) this.#listener.back(node, gapMs)
  }

  /** No word of it is waited for any more. */
  dismiss(node: string): void {
    this.#dismissed.add(node)
    this.#gaps.delete(node)
  }

  /** Every LOOK_EVERY_MS. */
  look(nowMs: number): void {
    this.#silence.look(nowMs)
    for (const link of this.#links) {
      if (this.#dismissed.has(link.name)) continue
      const silentMs = this.#silence.silentMs(link.name, nowMs)
      if (silentMs >= MEND_MS) this.#gaps.set(link.name, silentMs)
      if (silentMs >= MEND_MS || link.isBroken) link.mend(nowMs)
      if (silentMs >= LOST_MS) this.#listener.lost(link.name, `has been silent for ${Math.round(silentMs / 1000)} s`)
    }
  }

  /** A line for each node that is suspect. */
  troubles(nowMs: number): string[] {
    return [...this.#gaps.keys()].flatMap((node) => {
      const silentMs = this.#silence.silentMs(node, nowMs)
      const limit = `it is lost after ${LOST_MS / 1000} s`
      return silentMs < SUSPECT_MS ? [] : [`node ${node} has been silent for ${Math.floor(silentMs / 1000)} s: another connection is tried; ${limit}`]
    })
  }

  /** The longest time this process itself stood still. */
  get ownPause(): Pause | null {
    return this.#silence.longestPause
  }
}
