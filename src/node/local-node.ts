// A race on one machine is a race with one node, in this process: same messages, no socket.

import { peerPair, type Peer } from '../protocol/peer.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import { openSession } from '../driver/session.ts'
import type { NodeSettings } from '../driver/prepare-node.ts'

export interface NodeConnection {
  readonly name: string
  readonly weight: 1
  readonly peer: Peer<NodeCommand, NodeEvent>
  /** Resolves when nothing of the node's session is left. */
  readonly closed: Promise<void>
  /** Within a process no connection breaks. */
  readonly reconnect: null
}

/** Opens a session on this machine. */
export function openLocalNode(name: string, settings: NodeSettings): NodeConnection {
  const [coordinatorSide, nodeSide] = peerPair<NodeCommand, NodeEvent>()
  const session = openSession({ node: name, settings, isLocal: true })
  session.attach(nodeSide, 0)
  return { name, weight: 1, peer: coordinatorSide, closed: session.closed, reconnect: null }
}
