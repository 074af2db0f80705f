// A race on one machine is a race with one node, in this process: same messages, no socket.

import { programVersion } from '../core/version.ts'
import { openSession } from '../driver/session.ts'
import type { NodeSettings } from '../driver/prepare-node.ts'
import type { NodeFacts } from '../protocol/hello.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import { peerPair, type Peer } from '../protocol/peer.ts'
import { nodeFacts } from './node-facts.ts'

export interface LocalNode {
  readonly name: string
  readonly weight: 1
  readonly address: null
  readonly version: string
  readonly facts: NodeFacts
  readonly peer: Peer<NodeCommand, NodeEvent>
  /** Resolves when nothing of the node's session is left. */
  readonly closed: Promise<void>
  /** Within a process no connection breaks. */
  readonly reconnect: null
  /** It is on the disk that the coordinator reads. */
  readonly openFiles: null
}

/** Opens a session on this machine. */
export function openLocalNode(settings: NodeSettings, name = 'localhost'): LocalNode {
  const [coordinatorSide, nodeSide] = peerPair<NodeCommand, NodeEvent>()
  const session = openSession({ node: name, settings, isLocal: true })
  session.attach(nodeSide, 0)
  const { version } = programVersion()
  return { name, weight: 1, address: null, version, facts: nodeFacts(settings.dataCacheDir), peer: coordinatorSide, closed: session.closed, reconnect: null, openFiles: null }
}
