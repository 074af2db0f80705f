import type { NodeFacts } from '../protocol/hello.ts'
import type { Connection } from '../protocol/connection.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import type { Peer } from '../protocol/peer.ts'
import type { FilesAnswer, FilesRequest } from '../protocol/transfer-messages.ts'

export type ControlPeer = Peer<NodeCommand, NodeEvent>
export type FilesConnection = Connection<FilesAnswer, FilesRequest>

/** A node as the coordinator first sees it. */
export interface ConnectedNode {
  readonly name: string
  /** Its share of the clients relative to the others'; 1 unless the inventory says otherwise. */
  readonly weight: number
  /** `10.0.0.2:1900`; null: this process itself. */
  readonly address: string | null
  readonly version: string
  readonly facts: NodeFacts
  readonly peer: ControlPeer
  /** Opens one more control connection to the same session; null: a node in this process has the one that never breaks. */
  readonly reconnect: Reconnect | null
  /** Opens a connection over which it asks for files; null: it reads those of this machine. */
  readonly openFiles: (() => Promise<FilesConnection>) | null
  /** Resolves when nothing of its session is left; null: what the node says must do. */
  readonly closed: Promise<void> | null
}

/**
 * The node is told that all events up to `seq` have come. `gone`: it is there, but knows no such session any more, and why;
 * throws when it cannot be reached now.
 */
export type Reconnect = (seq: number) => Promise<{ readonly peer: ControlPeer } | { readonly gone: string }>
