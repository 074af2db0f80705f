// What the daemon and the process of a race say to each other beside the wire: over the channel between parent and child.

/** Daemon → race process. */
export interface RaceOrder {
  /** End the session, and tell its coordinator why. */
  readonly t: 'end'
  readonly reason: string
}

/** Race process → daemon. */
export type RaceReport =
  | { readonly t: 'listening' }
  /** Each time it changes. */
  | ({ readonly t: 'status' } & RaceStatus)

export interface RaceStatus {
  /** `none`: no coordinator owns it (any more); what it still does is give out results. */
  readonly phase: 'none' | 'preparing' | 'waiting' | 'running' | 'over'
  /** Counts from 0; null: none has begun. */
  readonly step: number | null
  readonly steps: number
}
