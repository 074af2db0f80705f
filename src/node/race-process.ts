// The process of one race on this node. It is one of its own so that what a race loads (threads, HTTP, data) is gone when the race is,
// so that a race that crashes takes nothing with it, and so that it can be killed. It lives no longer than its daemon.
//
//   node race-process.js NODE SOCKET

import { homedir } from 'node:os'
import { configDir, nodeDir } from '../config/directories.ts'
import { loadConfig } from '../config/load-config.ts'
import { messageOf } from '../core/errors.ts'
import { nodeSettings } from '../driver/node-settings.ts'
import type { NodeSettings } from '../driver/prepare-node.ts'
import { openSession, type NodeSession } from '../driver/session.ts'
import type { Connection } from '../protocol/connection.ts'
import { listen } from '../protocol/listener.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import type { FilesAnswer, FilesRequest, ResultsAnswer, ResultsRequest } from '../protocol/transfer-messages.ts'
import { serveResults } from '../results/serve-results.ts'
import { nodeFacts } from './node-facts.ts'
import type { RaceOrder, RaceReport, RaceStatus } from './race-messages.ts'

/** How often a change of state is looked for. */
const LOOK_EVERY_MS = 100
/** Results are often asked for right after the race, and in several connections. */
const LINGER_LOOKS = 20
/** Until its first connection: it was started for one, which a busy machine may be slow to bring. */
const FIRST_LOOKS = 100
/** Of a session that ends because its daemon has gone. */
const END_DEADLINE_MS = 5000

const NO_SESSION: RaceStatus = { phase: 'none', step: null, steps: 0 }

class RaceProcess {
  readonly #node: string
  #session: NodeSession | null = null
  #isSessionOver = false
  #connections: Pick<Connection<unknown, unknown>, 'closeReason'>[] = []
  /** Looks, not time: a process that stood still reads what has come meanwhile before it goes. */
  #looksLeft = FIRST_LOOKS
  #lingerLooks = LINGER_LOOKS
  #told = ''

  constructor(node: string) {
    this.#node = node
  }

  async open(socketPath: string): Promise<void> {
    const facts = nodeFacts(nodeDir(configDir(process.env, homedir())))
    await listen({
      at: { socketPath },
      greet: () => ({ node: this.#node, facts }),
      accept: {
        control: (hello, connection) => this.#control(connection, hello.seq ?? 0),
        files: (_hello, connection) => this.#files(connection),
        results: (hello, connection) => this.#results(connection, hello.race ?? '')
      },
      problem: (line) => process.stderr.write(`${line}\n`)
    })
    setInterval(() => this.#look(), LOOK_EVERY_MS)
    tell({ t: 'listening' })
  }

  async end(reason: string): Promise<void> {
    this.#lingerLooks = 0
    this.#looksLeft = 0
    await this.#session?.end(reason)
    this.#look()
  }

  #control(connection: Connection<NodeEvent, NodeCommand>, seq: number): void {
    this.#connections.push(connection)
    this.#looksLeft = this.#lingerLooks
    try {
      if (this.#session === null || this.#isSessionOver) this.#session = this.#begin()
      this.#session.attach(connection, seq)
    } catch (error) {
      // A rally.ini that cannot be used: the coordinator shows why.
      connection.close(messageOf(error))
    }
    this.#look()
  }

  #files(connection: Connection<FilesRequest, FilesAnswer>): void {
    this.#connections.push(connection)
    this.#looksLeft = this.#lingerLooks
    if (this.#session === null || this.#isSessionOver) connection.close('the race has no session here')
    else this.#session.attachFiles(connection)
  }

  #results(connection: Connection<ResultsAnswer, ResultsRequest>, race: string): void {
    this.#connections.push(connection)
    this.#looksLeft = this.#lingerLooks
    const dir = nodeDir(configDir(process.env, homedir()))
    serveResults({ peer: connection, dir, race, problem: (line) => process.stderr.write(`${line}\n`) })
    this.#look()
  }

  #begin(): NodeSession {
    this.#isSessionOver = false
    const session = openSession({ node: this.#node, settings: readSettings(), isLocal: false })
    void session.closed.then(() => {
      this.#isSessionOver = true
      this.#look()
    })
    return session
  }

  #look(): void {
    const status = this.#status()
    const text = JSON.stringify(status)
    if (text !== this.#told) tell({ t: 'status', ...status })
    this.#told = text
    this.#connections = this.#connections.filter(({ closeReason }) => closeReason === null)
    const isInUse = this.#connections.length > 0 || (this.#session !== null && !this.#isSessionOver)
    if (isInUse) this.#looksLeft = this.#lingerLooks
    else if (this.#looksLeft-- <= 0) process.exit(0)
  }

  #status(): RaceStatus {
    if (this.#session === null || this.#isSessionOver) return NO_SESSION
    const { phase, step, steps } = this.#session.status
    return { phase, step, steps }
  }
}

/** Read for each race anew: a change of rally.ini needs no other daemon. */
function readSettings(): NodeSettings {
  const config = loadConfig({ environment: process.env, homeDir: homedir(), needsDatastore: false })
  return nodeSettings(config, (line) => process.stderr.write(`${line}\n`))
}

function tell(report: RaceReport): void {
  // The daemon may be gone; then `disconnect` says so, too.
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined)
}

async function main([node = '', socketPath = '']: readonly string[]): Promise<void> {
  const race = new RaceProcess(node)
  process.on('message', (order: RaceOrder) => void race.end(order.reason))
  process.on('disconnect', () => {
    setTimeout(() => process.exit(1), END_DEADLINE_MS)
    void race.end('the daemon of this node has gone').then(() => process.exit(1))
  })
  // A Ctrl-C for a daemon in the foreground reaches us, too: what it means is for the daemon to say.
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => undefined)
  await race.open(socketPath)
}

await main(process.argv.slice(2))
