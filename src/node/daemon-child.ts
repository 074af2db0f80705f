// What the processes that a daemon starts for a race have in common: they listen for the daemon, tell it so, and live no longer than it
// does, or than somebody is connected to them.

import { homedir } from 'node:os'
import { configDir, nodeDir } from '../config/directories.ts'
import type { Connection } from '../protocol/connection.ts'
import type { Host } from '../protocol/host.ts'
import { listen } from '../protocol/listener.ts'
import { nodeFacts } from './node-facts.ts'
import type { RaceOrder, RaceReport } from './race-messages.ts'

/** How often a change of state is looked for. */
const LOOK_EVERY_MS = 100
/** The same race is sometimes asked for again at once. */
const LINGER_LOOKS = 20
/** Until its first connection: it was started for one, which a busy machine may be slow to bring. */
const FIRST_LOOKS = 100
/** What it still does when its daemon has gone. */
const END_DEADLINE_MS = 5000

export interface ChildWork {
  readonly accept: Host['accept']
  /** Beside its connections. */
  readonly isInUse: () => boolean
  /** Asked every 100 ms, and told the daemon each time it changes; null: nothing. */
  readonly status: () => RaceReport | null
  /** Ends what it does; resolves when that is over. */
  readonly end: (reason: string) => Promise<void>
}

/** Where this node keeps its races. */
export function keptDir(): string {
  return nodeDir(configDir(process.env, homedir()))
}

export class DaemonChild {
  readonly #work: ChildWork
  #connections: Pick<Connection<unknown, unknown>, 'closeReason'>[] = []
  /** Looks, not time: a process that stood still reads what has come meanwhile before it goes. */
  #looksLeft = FIRST_LOOKS
  #lingerLooks = LINGER_LOOKS
  #told = ''

  constructor(work: ChildWork) {
    this.#work = work
  }

  /** Resolves when it listens, and the daemon knows. */
  async open(node: string, socketPath: string): Promise<void> {
    process.on('message', (order: RaceOrder) => void this.#end(order.reason))
    process.on('disconnect', () => {
      setTimeout(() => process.exit(1), END_DEADLINE_MS)
      void this.#end('the daemon of this node has gone').then(() => process.exit(1))
    })
    // A Ctrl-C for a daemon in the foreground reaches us, too: what it means is for the daemon to say.
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => undefined)
    const facts = nodeFacts(keptDir())
    await listen({ at: { socketPath }, greet: () => ({ node, facts }), accept: this.#work.accept, problem })
    setInterval(() => this.look(), LOOK_EVERY_MS)
    tell({ t: 'listening' })
  }

  /** It is needed as long as this connection is open. */
  connected(connection: Pick<Connection<unknown, unknown>, 'closeReason'>): void {
    this.#connections.push(connection)
    this.#looksLeft = this.#lingerLooks
  }

  look(): void {
    const status = this.#work.status()
    const text = JSON.stringify(status)
    if (status !== null && text !== this.#told) tell(status)
    this.#told = text
    this.#connections = this.#connections.filter(({ closeReason }) => closeReason === null)
    if (this.#connections.length > 0 || this.#work.isInUse()) this.#looksLeft = this.#lingerLooks
    else if (this.#looksLeft-- <= 0) process.exit(0)
  }

  async #end(reason: string): Promise<void> {
    this.#lingerLooks = 0
    this.#looksLeft = 0
    await this.#work.end(reason)
    this.look()
  }
}

/** To the daemon's log. */
export function problem(line: string): void {
  process.stderr.write(`${line}\n`)
}

function tell(report: RaceReport): void {
  // The daemon may be gone; then `disconnect` says so, too.
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined)
}
