// The files connections of a race: one to each node while it prepares, opened anew when it breaks.

import { setTimeout as wait } from 'node:timers/promises'
import type { FileServer } from '../files/serve-files.ts'
import type { ConnectedNode, FilesConnection } from './connected-node.ts'

const RETRY_AFTER_MS = 500

export class FileService {
  readonly #nodes: readonly ConnectedNode[]
  readonly #server: FileServer
  readonly #warn: (line: string) => void
  readonly #over = new AbortController()
  readonly #open = new Set<FilesConnection>()

  constructor(nodes: readonly ConnectedNode[], server: FileServer, warn: (line: string) => void) {
    this.#nodes = nodes
    this.#server = server
    this.#warn = warn
  }

  /** From when the nodes know what they may ask for. */
  open(): void {
    for (const node of this.#nodes) void this.#serve(node)
  }

  /** All are ready, or the race is over. */
  close(): void {
    this.#over.abort()
    for (const connection of this.#open) connection.close()
  }

  /** Never rejects: a node that gets nothing says so itself, and when it is gone its control connection tells. */
  async #serve(node: ConnectedNode): Promise<void> {
    const { signal } = this.#over
    while (!signal.aborted && node.openFiles !== null) {
      const connection = await node.openFiles().catch(() => null)
      const problem = connection === null ? null : await this.#until(connection)
      if (problem !== null) return this.#warn(`node ${node.name}: ${problem}: it is sent no more files`)
      await wait(RETRY_AFTER_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #until(connection: FilesConnection): Promise<string | null> {
    if (this.#over.signal.aborted) {
      connection.close()
      return null
    }
    this.#open.add(connection)
    const problem = await this.#server.serve(connection)
    this.#open.delete(connection)
    return problem
  }
}
