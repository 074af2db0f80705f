// A coordinator and a node with nothing between them but a files connection: real sockets, and a bad network if it is wanted.

import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ConnectedNode, FilesConnection } from '../../src/coordinator/connected-node.ts'
import { FileService } from '../../src/coordinator/file-service.ts'
import { PieceFetcher } from '../../src/files/fetch-pieces.ts'
import { hashFile, type HashedFile } from '../../src/files/hash-file.ts'
import { KeptFiles } from '../../src/files/kept-files.ts'
import { FileServer } from '../../src/files/serve-files.ts'
import type { Connection } from '../../src/protocol/connection.ts'
import { dial } from '../../src/protocol/dial.ts'
import { listen } from '../../src/protocol/listener.ts'
import type { FilesAnswer, FilesRequest, SuppliedFile } from '../../src/protocol/transfer-messages.ts'
import { openProxy, type Proxy } from '../hosts/proxy.ts'
import { FACTS } from './node-facts.ts'

type NodeSide = Connection<FilesRequest, FilesAnswer>

export interface ChannelOptions {
  /** Of the node; default: as in a race. */
  readonly silenceMs?: number
  /** Of the coordinator; default: as in a race. */
  readonly hangsAfterMs?: number
  /** Takes the node's connections in place of its fetcher. */
  readonly accept?: (connection: NodeSide) => void
  /** Where the node keeps files; default: a folder that goes with the test. */
  readonly keeps?: string
}

export interface FileChannel {
  readonly server: FileServer
  readonly service: FileService
  readonly kept: KeptFiles
  readonly fetcher: PieceFetcher
  readonly proxy: Proxy
  /** For the coordinator's files. */
  readonly folder: string
  /** Where the node keeps its own. */
  readonly keeps: string
  /** What was said of the node. */
  readonly warnings: string[]
  /** What it told of its waiting. */
  readonly told: string[]
  readonly abort: AbortController
  /** Files connections that came to be. */
  connections(): number
  dial(): Promise<FilesConnection>
}

export async function openFileChannel(t: TestContext, { silenceMs, hangsAfterMs, accept, keeps }: ChannelOptions = {}): Promise<FileChannel> {
  const folder = mkdtempSync(join(tmpdir(), 'rf-'))
  const socketPath = join(folder, 's')
  const fetcher = new PieceFetcher(silenceMs)
  const count = { connections: 0 }
  const listener = await listen({
    at: { socketPath },
    greet: () => ({ node: 'b', facts: FACTS }),
    accept: { files: (_hello, connection) => (accept ?? ((peer: NodeSide) => fetcher.attach(peer)))(connection) },
    problem: () => undefined
  })
  const proxy = await openProxy({ target: { path: socketPath } })
  const openFiles = async (): Promise<FilesConnection> => {
    const connection = await dial({
      address: { name: 'b', connect: () => connect(proxy.port, '127.0.0.1') },
      identity: 'b',
      key: null,
      hello: { role: 'files', race: 'r', token: 't' },
      deadlineMs: 5000
    })
    count.connections++
    return connection
  }
  const server = new FileServer(hangsAfterMs)
  const [warnings, told]: [string[], string[]] = [[], []]
  const service = new FileService([{ name: 'b', openFiles } as unknown as ConnectedNode], server, (line) => warnings.push(line))
  const abort = new AbortController()
  const place = keeps ?? join(folder, 'node')
  const kept = new KeptFiles({ folder: place, node: 'b', fetcher, signal: abort.signal, tell: (what, howFar) => told.push(what + howFar) })
  t.after(async () => {
    service.close()
    fetcher.close()
    await proxy.close()
    await listener.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { server, service, kept, fetcher, proxy, folder, keeps: place, warnings, told, abort, connections: () => count.connections, dial: openFiles }
}

/** What `prepare` says of a file that is needed as far as these pieces; all of it by default. */
export function announced(file: HashedFile, path: string, pieces: readonly number[] = file.hashes.map((_, piece) => piece)): SuppliedFile {
  const { bytes, id, pieceBytes, hashes } = file
  return { path, bytes, id, pieceBytes, pieces: pieces.map((piece) => [piece, hashes[piece]!]) }
}

/** The coordinator has the file, and says so. */
export async function offered(channel: FileChannel, at: string, pieces?: readonly number[]): Promise<SuppliedFile> {
  const file = await hashFile(at, { memory: null, signal: channel.abort.signal })
  const announcement = announced(file, 'c/documents.json', pieces)
  channel.server.offer(file, announcement.path, announcement.pieces.map(([piece]) => piece))
  return announcement
}
