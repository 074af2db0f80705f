// One node, asked how it does, over the network.

import { systemClock } from '../core/clock.ts'
import { RallyError } from '../core/errors.ts'
import { nodeKeyOf, type StoredKey } from '../protocol/cluster-key.ts'
import { dial, RefusedError } from '../protocol/dial.ts'
import type { NodeStatus } from '../protocol/status-messages.ts'
import type { Address } from '../protocol/transport.ts'
import { ask } from './ask-daemon.ts'
import type { KnownNode } from './known-nodes.ts'

export type ProbedNode = KnownNode & ({ readonly answer: NodeAnswer } | { readonly answer: null; readonly trouble: RallyError })

export interface NodeAnswer {
  readonly status: NodeStatus
  /** The quickest of several. */
  readonly roundTripMs: number
  /** The node's wall clock minus this machine's, as of the quickest round trip: true to half of that. */
  readonly clockOffsetMs: number
}

const DIAL_DEADLINE_MS = 3000
const ROUND_TRIPS = 5

/** Never rejects: a node that cannot be asked is an answer, too. */
export async function probeNode(known: KnownNode, key: StoredKey | null): Promise<ProbedNode> {
  try {
    return { ...known, answer: await askNode(known, key) }
  } catch (error) {
    if (!(error instanceof RallyError)) throw error
    return { ...known, answer: null, trouble: error }
  }
}

/** Whether the node was there, and said no. */
export function hasRefused(trouble: RallyError): boolean {
  return trouble instanceof RefusedError
}

async function askNode({ node, address }: KnownNode, key: StoredKey | null): Promise<NodeAnswer> {
  const connection = await dial({
    address,
    identity: node,
    key: keyOf(node, address, key),
    hello: { role: 'status' },
    deadlineMs: DIAL_DEADLINE_MS
  })
  try {
    let best: NodeAnswer | null = null
    for (let seq = 1; seq <= ROUND_TRIPS; seq++) {
      const [askedMs, askedWallMs] = [systemClock.monotonicMs(), systemClock.wallMs()]
      const status = await ask(connection, { t: 'ask-status', seq })
      const roundTripMs = systemClock.monotonicMs() - askedMs
      if (best === null || roundTripMs < best.roundTripMs)
        best = { status, roundTripMs, clockOffsetMs: status.wallMs - (askedWallMs + roundTripMs / 2) }
    }
    return best!
  } finally {
    connection.close()
  }
}

function keyOf(node: string, address: Address, key: StoredKey | null): Buffer | null {
  if ('socketPath' in address) return null
  if (key === null)
    throw new RallyError('config', 'this machine has no key', { hint: 'run it on the coordinator, or: rally cluster key create' })
  return nodeKeyOf(key, node)
}
