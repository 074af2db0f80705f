// A node on another machine, or a daemon of this one, as a race's coordinator gets it: a session behind a control connection, which can
// be opened anew when it breaks.

import { systemClock } from '../core/clock.ts'
import { messageOf, RallyError } from '../core/errors.ts'
import { nodeKeyOf, type StoredKey } from '../protocol/cluster-key.ts'
import type { Connection } from '../protocol/connection.ts'
import { dial, RefusedError } from '../protocol/dial.ts'
import type { NodeFacts } from '../protocol/hello.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import type { FilesAnswer, FilesRequest } from '../protocol/transfer-messages.ts'
import { addressText } from '../protocol/transport.ts'
import type { KnownNode } from './known-nodes.ts'

type ControlConnection = Connection<NodeCommand, NodeEvent>

export interface RemoteNode {
  readonly name: string
  readonly weight: number
  /** `10.0.0.2:1900` */
  readonly address: string
  readonly version: string
  readonly facts: NodeFacts
  readonly peer: ControlConnection
  /** Only what it says tells when nothing is left. */
  readonly closed: null
  /** `gone`: it is there, but its session is not, and why; rejects when it cannot be reached now. */
  readonly reconnect: (seq: number) => Promise<{ readonly peer: ControlConnection } | { readonly gone: string }>
  readonly openFiles: () => Promise<Connection<FilesAnswer, FilesRequest>>
}

export interface RemoteRace {
  readonly race: string
  /** Whoever shows it is this race's coordinator. */
  readonly token: string
  /** Who runs the race: `esra@laptop`. */
  readonly owner: string
  /** Take nodes that another race has. */
  readonly force: boolean
}

export interface RemoteNodesRequest {
  readonly nodes: readonly KnownNode[]
  /** null: only nodes behind a socket of this machine can be reached. */
  readonly key: StoredKey | null
  readonly race: RemoteRace
  readonly signal: AbortSignal
  /** What the user should know, as a race that had to end for this one. */
  readonly warn: (line: string) => void
  /** After three seconds, and then now and again: who has not answered yet. */
  readonly waits: (nodes: readonly string[], seconds: number) => void
}

/** A node may have to end another race first. */
const OPEN_DEADLINE_MS = 20_000
const TOLD_AFTER_MS = 3000
const TOLD_AGAIN_MS = 10_000
/** Within the ten seconds after which a node counts as lost, several attempts must fit. */
const REOPEN_DEADLINE_MS = 2500

/** A session on each node; throws RallyError('node') with one line for each that cannot take part, no session left open then. */
export async function openRemoteNodes(request: RemoteNodesRequest): Promise<readonly RemoteNode[]> {
  const tried = await openAll(request)
  const failures = tried.flatMap((one, index) => (one.status === 'rejected' ? [{ node: request.nodes[index]!.node, error: one.reason as unknown }] : []))
  const opened = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (failures.length === 0) return opened
  void giveBack(opened)
  request.signal.throwIfAborted()
  throw refusalOf(failures, request.nodes.length)
}

async function openAll(request: RemoteNodesRequest): Promise<PromiseSettledResult<RemoteNode>[]> {
  const waiting = new Set(request.nodes.map(({ node }) => node))
  const sinceMs = systemClock.monotonicMs()
  const tell = (): void => {
    request.waits([...waiting], Math.floor((systemClock.monotonicMs() - sinceMs) / 1000))
    timer = setTimeout(tell, TOLD_AGAIN_MS)
  }
  let timer = setTimeout(tell, TOLD_AFTER_MS)
  const tried = await Promise.allSettled(request.nodes.map((node) => openRemoteNode(node, request).finally(() => waiting.delete(node.node))))
  clearTimeout(timer)
  return tried
}

/** What each of them said, and what to do about it. A bug is thrown as it is. */
function refusalOf(failures: readonly { readonly node: string; readonly error: unknown }[], nodes: number): unknown {
  const bug = failures.find(({ error }) => !(error instanceof RallyError))
  if (bug !== undefined) return bug.error
  const told = failures.map(({ node, error }) => ({ text: `node ${node}: ${messageOf(error)}`, hint: (error as RallyError).hint }))
  const [first, ...more] = told
  if (first !== undefined && more.length === 0) return new RallyError('node', first.text, { hint: first.hint })
  const problems = told.map(({ text, hint }) => `${text} (${hint})`)
  return new RallyError('node', `${told.length} of ${nodes} nodes cannot take part`, {
    problems,
    hint: '`rally status` shows every node that is known'
  })
}

async function openRemoteNode(known: KnownNode, { key, race, signal, warn }: RemoteNodesRequest): Promise<RemoteNode> {
  const { node, address, weight } = known
  const common = { address, identity: node, key: 'socketPath' in address || key === null ? null : nodeKeyOf(key, node) }
  const words = { role: 'control', race: race.race, token: race.token, owner: race.owner } as const
  const hello = race.force ? { ...words, force: true } : words
  const peer = await dial({ ...common, hello, deadlineMs: OPEN_DEADLINE_MS, signal })
  const { evicted, facts, version } = peer.welcome
  if (evicted !== undefined) warn(`node ${node}: ${evicted} had to end for this race (--force)`)
  return {
    name: node,
    weight,
    address: addressText(address),
    version,
    facts,
    peer,
    closed: null,
    async reconnect(seq) {
      try {
        return { peer: await dial({ ...common, hello: { ...words, seq }, deadlineMs: REOPEN_DEADLINE_MS }) }
      } catch (error) {
        if (error instanceof RefusedError) return { gone: `has no session of this race any more: ${error.said}` }
        throw error
      }
    },
    openFiles: () => dial({ ...common, hello: { role: 'files', race: race.race, token: race.token }, deadlineMs: REOPEN_DEADLINE_MS })
  }
}

/** Nothing has been asked of them yet: they are free as soon as they have heard of it. */
export async function giveBack(nodes: readonly RemoteNode[]): Promise<void> {
  await Promise.all(nodes.map(({ peer }) => giveBackOne(peer)))
}

async function giveBackOne(peer: ControlConnection): Promise<void> {
  const closed = new Promise<void>((resolve) => peer.onClose(() => resolve()))
  peer.send({ t: 'finish', seq: 1 })
  let timer: NodeJS.Timeout | undefined
  await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, GIVE_BACK_MS)))])
  clearTimeout(timer)
  peer.close()
}

const GIVE_BACK_MS = 2000
