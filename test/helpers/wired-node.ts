// A node in this process whose connections are real ones: a listener, the wire, and what one puts in between.

import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectedNode } from '../../src/coordinator/connected-node.ts'
import { openSession, type NodeSession } from '../../src/driver/session.ts'
import { dial } from '../../src/protocol/dial.ts'
import { listen, type Listener } from '../../src/protocol/listener.ts'
import { nodeSettings } from './node-settings.ts'
import { openProxy, type Proxy } from '../hosts/proxy.ts'
import { FACTS } from './node-facts.ts'

export const KEY = Buffer.alloc(32, 7)

export interface WiredOptions {
  /** `tls`: over TCP with the node's key; `lines`: over a Unix socket, through a proxy that sees the lines. */
  readonly over: 'tls' | 'lines'
}

export class WiredNode {
  readonly name: string
  readonly session: NodeSession
  /** What the listener said of its visitors, and why connections closed. */
  readonly problems: string[] = []
  readonly closes: string[] = []
  connections = 0
  readonly #folder: string
  readonly #listener: Listener
  readonly #proxy: Proxy | null

  static async open(name: string, { over }: WiredOptions): Promise<WiredNode> {
    const folder = await mkdtemp(join(tmpdir(), 'rally-wired-'))
    const socketPath = join(folder, 's')
    const problems: string[] = []
    const session = openSession({ node: name, settings: nodeSettings(), isLocal: false })
    const listener = await listen({
      at: over === 'tls' ? { host: '127.0.0.1', port: 0, keyFor: (identity) => (identity === name ? KEY : null) } : { socketPath },
      greet: () => ({ node: name, facts: FACTS }),
      accept: { control: (hello, connection) => session.attach(connection, hello.seq ?? 0) },
      problem: (line) => problems.push(line)
    })
    const proxy = over === 'lines' ? await openProxy({ target: { path: socketPath } }) : null
    return new WiredNode({ name, session, problems, folder, listener, proxy })
  }

  private constructor(parts: { name: string; session: NodeSession; problems: string[]; folder: string; listener: Listener; proxy: Proxy | null }) {
    this.name = parts.name
    this.session = parts.session
    this.problems = parts.problems
    this.#folder = parts.folder
    this.#listener = parts.listener
    this.#proxy = parts.proxy
  }

  get proxy(): Proxy {
    if (this.#proxy === null) throw new Error(`node ${this.name} has no proxy`)
    return this.#proxy
  }

  /** As the coordinator gets it. */
  async connect(): Promise<ConnectedNode> {
    const reconnect = async (seq: number) => ({ peer: await this.#dial(seq) })
    return { name: this.name, weight: 1, address: this.name, version: '0', facts: FACTS, peer: await this.#dial(0), closed: null, reconnect, openFiles: null }
  }

  async close(): Promise<void> {
    await this.session.end('the test is over')
    await this.#proxy?.close()
    await this.#listener.close()
    await rm(this.#folder, { recursive: true })
  }

  async #dial(seq: number): Promise<ConnectedNode['peer']> {
    const { port } = this.#proxy ?? this.#listener
    const address =
      this.#proxy === null ? { host: '127.0.0.1', port: port! } : { name: `proxy of ${this.name}`, connect: () => connect(port!, '127.0.0.1') }
    const connection = await dial({ address, identity: this.name, key: KEY, hello: { role: 'control', race: 'test', seq }, deadlineMs: 2000 })
    this.connections++
    // The coordinator has the only listener of a peer's end: what it was is looked at when it is over.
    const watch = setInterval(() => {
      if (connection.closeReason === null) return
      this.closes.push(connection.closeReason)
      clearInterval(watch)
    }, 20).unref()
    return connection
  }
}
