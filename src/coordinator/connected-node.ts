import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import type { Peer } from '../protocol/peer.ts'

/** A node as the coordinator sees it; `closed` resolves when nothing of its session is left. */
export interface ConnectedNode {
  readonly name: string
  readonly peer: Peer<NodeCommand, NodeEvent>
  readonly closed: Promise<void>
}
