// What `rally status` asks a node, and what daemons tell the coordinator's daemon.

import type { NodeFacts } from './hello.ts'

/** Dialler → daemon. */
export type StatusQuestion =
  | { readonly t: 'ask-status'; readonly seq: number }
  /** Only a coordinator's daemon knows others. */
  | { readonly t: 'ask-members'; readonly seq: number }

/** Daemon → dialler. */
export type StatusAnswer = ({ readonly t: 'status'; readonly seq: number } & NodeStatus) | { readonly t: 'members'; readonly seq: number; readonly members: readonly Member[] }

export interface NodeStatus {
  readonly node: string
  readonly version: string
  readonly program: string
  /** This machine's wall clock, milliseconds since the epoch: for the clock offset that status shows. */
  readonly wallMs: number
  readonly state: NodeState
  readonly facts: NodeFacts
  /** Chunks kept of all races; null: not counted yet. */
  readonly chunks: { readonly count: number; readonly bytes: number } | null
  /** How it gets on with its coordinator's daemon; null: none was named. */
  readonly coordinator: { readonly address: string; readonly state: string } | null
}

export type NodeState =
  | { readonly is: 'idle' }
  | { readonly is: 'preparing'; readonly race: string; readonly sinceMs: number }
  | { readonly is: 'running'; readonly race: string; readonly step: number; readonly steps: number; readonly sinceMs: number }

export interface Member {
  readonly node: string
  /** Where its daemon listens. */
  readonly host: string
  readonly port: number
  /** Wall clock of the coordinator's daemon, milliseconds since the epoch. */
  readonly seenMs: number
  readonly isConnected: boolean
}

/** Daemon → coordinator's daemon, at once and every few seconds. */
export interface MemberReport {
  readonly t: 'member'
  readonly seq: number
  readonly node: string
  /** Where its daemon listens. */
  readonly host: string
  readonly port: number
}

/** Coordinator's daemon → daemon. */
export interface MemberAnswer {
  readonly t: 'member-noted'
  readonly seq: number
}
