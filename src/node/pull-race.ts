// Brings what the nodes keep of a race to this machine, a folder for each of them.

import { join } from 'node:path'
import { messageOf, RallyError } from '../core/errors.ts'
import { nodeKeyOf, type StoredKey } from '../protocol/cluster-key.ts'
import type { Connection } from '../protocol/connection.ts'
import { dial, RefusedError } from '../protocol/dial.ts'
import type { ResultsAnswer, ResultsRequest } from '../protocol/transfer-messages.ts'
import { pullResults, type Pulled } from '../results/pull-results.ts'
import type { KnownNode } from './known-nodes.ts'

export interface PullRaceOptions {
  readonly race: string
  readonly nodes: readonly KnownNode[]
  readonly key: StoredKey | null
  /** Where the nodes' folders go. */
  readonly into: string
  readonly signal: AbortSignal
  /** Told of each file that has come. */
  readonly progress: (node: string, pulled: Pick<Pulled, 'files' | 'bytes' | 'totalBytes'>) => void
}

export interface NodePull {
  readonly node: string
  /** null: it keeps nothing of the race. */
  readonly pulled: Pulled | null
  /** Why it could not be asked, or not all could be brought. */
  readonly trouble: Error | null
}

const DIAL_DEADLINE_MS = 5000
/** At once: each has a window of some megabytes on its way. */
const NODES_AT_ONCE = 8

/** Never rejects, but for a full disk here, or when it is aborted. */
export async function pullRace(options: PullRaceOptions): Promise<NodePull[]> {
  const waiting = [...options.nodes]
  const done: NodePull[] = []
  const work = async (): Promise<void> => {
    for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) done.push(await pullNode(node, options))
  }
  await Promise.all(Array.from({ length: Math.min(NODES_AT_ONCE, waiting.length) }, work))
  return done.sort((a, b) => (a.node < b.node ? -1 : 1))
}

async function pullNode({ node, address }: KnownNode, options: PullRaceOptions): Promise<NodePull> {
  const { race, key, into, signal, progress } = options
  const connect = async (): Promise<Connection<ResultsRequest, ResultsAnswer>> => {
    const nodeKey = 'socketPath' in address || key === null ? null : nodeKeyOf(key, node)
    return dial({ address, identity: node, key: nodeKey, hello: { role: 'results', race }, deadlineMs: DIAL_DEADLINE_MS, signal })
  }
  try {
    let first: Connection<ResultsRequest, ResultsAnswer> | null = await connect()
    const next = async (): Promise<Connection<ResultsRequest, ResultsAnswer>> => {
      const connection = first ?? (await connect())
      first = null
      return connection
    }
    const pulled = await pullResults({
      race,
      node,
      into: join(into, folderOf(node)),
      connect: next,
      signal,
      progress: (facts) => progress(node, facts)
    })
    return { node, pulled, trouble: null }
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'race') return { node, pulled: null, trouble: null }
    if (!(error instanceof RallyError) || error.kind === 'disk' || error.kind === 'cancelled') throw error
    return { node, pulled: null, trouble: new RallyError(error.kind, messageOf(error), { hint: error.hint }) }
  }
}

/** Names of nodes hold signs that those of folders may not. */
function folderOf(node: string): string {
  return encodeURIComponent(node).replace(/^\./, '%2E')
}
