// What `rally status` asks a node, and what daemons tell the coordinator's daemon.

import type { NodeFacts } from './hello.ts'

/** Dialler → daemon. */
export type StatusQuestion =
  /** How is it? Answered at once with `status` of the same `seq`; may be asked as often as one likes over one connection. */
  | { readonly t: 'ask-status'; readonly seq: number }
  /** Who has told that he is there? Answered with `members`; empty from a daemon that is no coordinator's: only that one knows others. */
  | { readonly t: 'ask-members'; readonly seq: number }

/** Daemon → dialler. */
export type StatusAnswer = ({ readonly t: 'status'; readonly seq: number } & NodeStatus) | { readonly t: 'members'; readonly seq: number; readonly members: readonly Member[] }

export interface NodeStatus {
  readonly node: string
  readonly version: string
  readonly program: string
  /** How long this daemon has run. */
  readonly upMs: number
  /** This machine's wall clock, milliseconds since the epoch: for the clock offset that status shows. */
  readonly wallMs: number
  readonly state: NodeState
  readonly facts: NodeFacts
  /** Chunks kept of all races. */
  readonly chunks: { readonly count: number; readonly bytes: number }
  /** How it gets on with its coordinator's daemon, in words; null: none was named. */
  readonly coordinator: { readonly address: string; readonly isConnected: boolean; readonly state: string } | null
}

export type NodeState =
  | { readonly is: 'idle' }
  | {
      /** `ready`: prepared, or between two steps; `ending`: it has failed, or was told to stop. */
      readonly is: 'preparing' | 'ready' | 'running' | 'ending'
      readonly race: string
      readonly owner: string
      /** How long the race has had this node. */
      readonly forMs: number
      /** The last one that began, counted from 0; null: none has. */
      readonly step: number | null
      readonly steps: number
    }

export interface Member {
  readonly node: string
  /** Where its daemon listens. */
  readonly host: string
  readonly port: number
  /** Wall clock of the coordinator's daemon, milliseconds since the epoch. */
  readonly seenMs: number
  readonly isConnected: boolean
}

/**
 * Daemon → coordinator's daemon, role `member`: it is there, at this address. Said at once when the connection is open and then every ten
 * seconds; each is answered by `member-noted`. One who is silent is shown as unreachable, and forgotten after a day.
 */
export interface MemberReport {
  readonly t: 'member'
  readonly seq: number
  readonly node: string
  /** Where its daemon listens. */
  readonly host: string
  readonly port: number
}

/** Coordinator's daemon → daemon: the report of that `seq` is noted. Without it the daemon opens another connection, again and again. */
export interface MemberAnswer {
  readonly t: 'member-noted'
  readonly seq: number
}
