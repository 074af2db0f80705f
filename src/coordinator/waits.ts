// What the race waits for, by name, and since when. Pure but for the time it is given.

import { CANCEL_GRACE_MS, isOver, missing, type RaceState } from './race-state.ts'

export interface Wait {
  readonly what: string
  readonly sinceMs: number
}

/** A node that says nothing new of its preparation for so long will not get ready. */
const STUCK_MS = 10 * 60_000

export class Waits {
  readonly #beganAtMs: number
  readonly #preparing = new Map<string, { readonly what: string; readonly atMs: number }>()
  #key = ''
  #sinceMs: number
  #other: string | null = null

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
    this.#beganAtMs = nowMs
  }

  /** What a node says it does before it is ready. */
  prepares(node: string, what: string, nowMs: number): void {
    this.#preparing.set(node, { what, atMs: nowMs })
  }

  /** Last word on what it does; null: none yet. */
  preparing(node: string): string | null {
    return this.#preparing.get(node)?.what ?? null
  }

  /** Nodes that will not get ready. */
  stuck(state: RaceState, nowMs: number): { readonly node: string; readonly what: string }[] {
    if (state.phase !== 'preparing') return []
    const late = missing(state).filter((node) => nowMs - (this.#preparing.get(node)?.atMs ?? this.#beganAtMs) >= STUCK_MS)
    return late.map((node) => ({ node, what: `has not come any further for ${STUCK_MS / 60_000} minutes` }))
  }

  /** Something besides the nodes; null: it is over. */
  waitsFor(what: string | null): void {
    this.#other = what
  }

  /** The present wait; how far it has come may change, what it is for begins anew. */
  now(state: RaceState, nowMs: number): Wait {
    const key = `${state.phase} ${state.step} ${this.#other}`
    if (key !== this.#key) this.#sinceMs = nowMs
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
    return nodes.map((node) => `${node} (${this.preparing(node) ?? 'no word yet'})`).join(', ')
  }
}
