// What the race waits for, by name, and since when. Pure but for the time it is given.

import { CANCEL_GRACE_MS, isOver, missing, type RaceState } from './race-state.ts'

export interface Wait {
  readonly what: string
  readonly sinceMs: number
}

/** A node that says nothing new of its preparation for so long will not get ready. */
const STUCK_MS = 10 * 60_000

export class Waits {
  #askedAtMs: number | null = null
  readonly #preparing = new Map<string, { readonly what: string; readonly atMs: number }>()
  #key = ''
  #sinceMs: number
  #other: string | null = null
  #kind: string | null = null

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
  }

  /** What a node says it does before it is ready. */
  prepares(node: string, what: string, nowMs: number): void {
    this.#preparing.set(node, { what, atMs: nowMs })
  }

  /** The nodes were told to prepare. */
  asked(nowMs: number): void {
    this.#askedAtMs = nowMs
  }

  /** Last word on what it does; null: none yet. */
  preparing(node: string): string | null {
    return this.#preparing.get(node)?.what ?? null
  }

  /** Nodes that will not get ready. */
  stuck(state: RaceState, nowMs: number): { readonly node: string; readonly what: string }[] {
    const askedAtMs = this.#askedAtMs
    if (state.phase !== 'preparing' || askedAtMs === null) return []
    const late = missing(state).filter((node) => nowMs - (this.#preparing.get(node)?.atMs ?? askedAtMs) >= STUCK_MS)
    return late.map((node) => ({ node, what: `has not come any further for ${STUCK_MS / 60_000} minutes` }))
  }

  /** Something besides the nodes; null: it is over. `kind`: the same while only how far it has come changes. */
  waitsFor(what: string | null, kind = what): void {
    this.#other = what
    this.#kind = kind
  }

  /** The present wait; how far it has come may change, what it is for begins anew. A step whose load runs is not waited for. */
  now(state: RaceState, isWaiting: boolean, nowMs: number): Wait {
    const key = `${state.phase} ${state.step} ${this.#kind}`
    if (key !== this.#key || !isWaiting) this.#sinceMs = nowMs
    this.#key = key
    return { what: this.#other ?? this.#ofNodes(state), sinceMs: this.#sinceMs }
  }

  #ofNodes(state: RaceState): string {
    const nodes = missing(state)
    const names = nodes.join(', ')
    if (isOver(state)) return `the end of ${names}`
    switch (state.phase) {
      case 'preparing':
        return nodes.length === 1 && state.nodes.length === 1 ? (this.preparing(names) ?? 'the load driver') : this.#preparations(nodes)
      case 'cancelling':
        return `requests in flight at ${names}, at most ${CANCEL_GRACE_MS / 1000} s`
      case 'failing':
        return `what ${names} measured until the failure`
      default:
        return `step ${state.step + 1} at ${names}`
    }
  }

  #preparations(nodes: readonly string[]): string {
    return nodes.map((node) => `node ${node}: ${this.preparing(node) ?? 'no word yet'}`).join('; ')
  }
}
