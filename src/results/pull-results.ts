// Brings all that a node has of a race into a folder here, over as many connections as it takes.

import { setTimeout as wait } from 'node:timers/promises'
import { messageOf, RallyError } from '../core/errors.ts'
import type { Peer } from '../protocol/peer.ts'
import type { ResultsAnswer, ResultsRequest } from '../protocol/transfer-messages.ts'
import { IncomingFiles, type IncomingOptions, type PullProgress } from './incoming-files.ts'
import { pullOver } from './results-connection.ts'

export interface PullOptions extends IncomingOptions {
  /** Opens a connection of role `results`. */
  readonly connect: () => Promise<Peer<ResultsRequest, ResultsAnswer>>
  readonly signal?: AbortSignal
  /** Between two connections; default: 1 s. */
  readonly retryAfterMs?: number
}

export interface Pulled extends PullProgress {
  /** A line for each file that could not be taken; it stays on the node. */
  readonly problems: readonly string[]
}

/** Connections in a row that bring nothing. */
const MAX_FRUITLESS = 5
const CONTINUE = 'run the same command again: what is here already stays'

/** Resolves when everything is here and the node is told; throws RallyError('node') if no connection brings anything any more. */
export async function pullResults(options: PullOptions): Promise<Pulled> {
  const { node, signal, retryAfterMs = 1000 } = options
  const files = new IncomingFiles(options)
  for (let fruitless = 0; ; ) {
    const before = files.receivedBytes
    const reason = await attempt(options, files)
    if (reason === null) return { ...files.progress, problems: files.problems }
    if (signal?.aborted === true) throw new RallyError('cancelled', `the results of node ${node} were not all pulled`, { hint: CONTINUE })
    fruitless = files.receivedBytes === before ? fruitless + 1 : 0
    if (fruitless === MAX_FRUITLESS) throw new RallyError('node', `node ${node}: its results cannot be pulled: ${reason}`, { hint: CONTINUE })
    await wait(retryAfterMs)
  }
}

/** One connection; why it did not bring everything, or null. */
async function attempt({ connect, into, signal }: PullOptions, files: IncomingFiles): Promise<string | null> {
  let peer: Peer<ResultsRequest, ResultsAnswer>
  try {
    peer = await connect()
  } catch (error) {
    return messageOf(error)
  }
  const abort = (): void => peer.close()
  signal?.addEventListener('abort', abort)
  try {
    return await pullOver(peer, files, into)
  } finally {
    signal?.removeEventListener('abort', abort)
    peer.close()
  }
}
