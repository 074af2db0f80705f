// The process of one race on this node. It is one of its own so that what a race loads (threads, HTTP, data) is gone when the race is,
// so that a race that crashes takes nothing with it, and so that it can be killed. It lives no longer than its daemon.
//
//   node race-process.js NODE SOCKET

import { homedir } from 'node:os'
import { loadConfig } from '../config/load-config.ts'
import { messageOf } from '../core/errors.ts'
import { nodeSettings } from '../driver/node-settings.ts'
import type { NodeSettings } from '../driver/prepare-node.ts'
import { openSession, type NodeSession } from '../driver/session.ts'
import type { Connection } from '../protocol/connection.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import type { FilesAnswer, FilesRequest } from '../protocol/transfer-messages.ts'
import { DaemonChild, problem } from './daemon-child.ts'
import type { RaceStatus } from './race-messages.ts'

const NO_SESSION: RaceStatus = { phase: 'none', step: null, steps: 0 }

class RaceProcess {
  readonly #node: string
  readonly #child: DaemonChild
  #session: NodeSession | null = null
  #isSessionOver = false

  constructor(node: string) {
    this.#node = node
    this.#child = new DaemonChild({
      accept: {
        control: (hello, connection) => this.#control(connection, hello.seq ?? 0),
        files: (_hello, connection) => this.#files(connection)
      },
      isInUse: () => this.#session !== null && !this.#isSessionOver,
      status: () => ({ t: 'status', ...this.#status() }),
      end: async (reason) => this.#session?.end(reason)
    })
  }

  open(socketPath: string): Promise<void> {
    return this.#child.open(this.#node, socketPath)
  }

  #control(connection: Connection<NodeEvent, NodeCommand>, seq: number): void {
    this.#child.connected(connection)
    try {
      if (this.#session === null || this.#isSessionOver) this.#session = this.#begin()
      this.#session.attach(connection, seq)
    } catch (error) {
      // A rally.ini that cannot be used: the coordinator shows why.
      connection.close(messageOf(error))
    }
    this.#child.look()
  }

  #files(connection: Connection<FilesRequest, FilesAnswer>): void {
    this.#child.connected(connection)
    if (this.#session === null || this.#isSessionOver) connection.close('the race has no session here')
    else this.#session.attachFiles(connection)
  }

  #begin(): NodeSession {
    this.#isSessionOver = false
    const session = openSession({ node: this.#node, settings: readSettings(), isLocal: false })
    void session.closed.then(() => {
      this.#isSessionOver = true
      this.#child.look()
    })
    return session
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
  return nodeSettings(config, problem)
}

const [node = '', socketPath = ''] = process.argv.slice(2)
await new RaceProcess(node).open(socketPath)
