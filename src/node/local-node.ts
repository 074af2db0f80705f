// A race on one machine is a race with one node, in this process: same messages, no socket.

import { peerPair, type Peer } from '../protocol/peer.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import { serveSession } from '../driver/session.ts'
import type { NodeSettings } from '../driver/prepare-node.ts'

export interface NodeConnection {
  readonly name: string
  readonly peer: Peer<NodeCommand, NodeEvent>
  /** Resolves when nothing of the node's session is left. */
  readonly closed: Promise<void>
}

/** Opens a session on this machine. */
export function openLocalNode(name: string, settings: NodeSettings): NodeConnection {
  const [coordinatorSide, nodeSide] = peerPair<NodeCommand, NodeEvent>()
  const closed = serveSession({ node: name, settings, peer: nodeSide })
  return { name, peer: coordinatorSide, closed }
}
