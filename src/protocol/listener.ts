// The side that waits: greets strangers within bounds, and hands each channel to the one who serves its role.

import { chmod, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { messageOf, RallyError, systemCode } from '../core/errors.ts'
import type { Host } from './host.ts'
import { securedBy } from './pre-shared-key.ts'
import { boundedProblems } from './problem-log.ts'
import { thisProgram } from './program.ts'
import { Strangers } from './strangers.ts'
import { addressText } from './transport.ts'
import { receive } from './visitor.ts'

export type { Greeting } from './host.ts'

export interface ListenOptions extends Host {
  /** TCP needs a key for each identity (null: a stranger); without any there is only a Unix socket, for this user alone. */
  readonly at: { readonly host: string; readonly port: number; readonly keyFor: (identity: string) => Buffer | null } | { readonly socketPath: string }
  /** One line of what went wrong with a visitor; a flood of them is counted, not told. */
  readonly problem: (line: string) => void
}

export interface Listener {
  /** The real one, where 0 was asked for; null: a Unix socket. */
  readonly port: number | null
  /** Takes no more visitors, and hangs up on all. */
  close(): Promise<void>
}

/** The kernel's limit for the path of a socket, without its final zero. */
const MAX_SOCKET_PATH_BYTES = 107

/** Resolves when it listens; rejects with the system's error (its `code`), or with a RallyError. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { at } = options
  const program = thisProgram()
  const problem = boundedProblems(options.problem)
  const strangers = new Strangers(problem)
  const sockets = new Set<Socket>()
  const secure = 'keyFor' in at ? securedBy(at.keyFor) : (socket: Socket) => socket
  const server = createServer((socket) => {
    const remote = remoteText(socket, at)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    strangers.admit(socket, remote)
    // Its errors come up on the stream around it, too.
    socket.on('error', () => undefined)
    const stream = secure(socket.setNoDelay(true).setKeepAlive(true, 30_000))
    // Until it is a guest: afterwards the connection tells its own end.
    stream.on('error', (error: Error) => void (strangers.has(socket) && problem(`${remote}: ${visitorError(error)}`)))
    void receive({ stream, remote, program, host: options, problem, known: () => strangers.know(socket) })
  })
  await bind(server, at)
  server.on('error', (error) => problem(messageOf(error)))
  const bound = server.address()
  return {
    port: bound === null || typeof bound === 'string' ? null : bound.port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    }
  }
}

async function bind(server: Server, at: ListenOptions['at']): Promise<void> {
  if (!('socketPath' in at)) return listenAt(server, () => server.listen({ host: at.host, port: at.port }))
  const { socketPath } = at
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH_BYTES) {
    throw new RallyError('config', `${socketPath}: the path of a socket has ${MAX_SOCKET_PATH_BYTES} bytes at most`, { hint: 'use a shorter home: RALLY_HOME' })
  }
  try {
    await listenPrivately(server, socketPath)
  } catch (error) {
    if (systemCode(error) !== 'EADDRINUSE' || (await isServed(socketPath))) throw error
    // Left by one that was killed.
    await rm(socketPath, { force: true })
    await listenPrivately(server, socketPath)
  }
}

/** Nobody else may connect, not even in the moment between its making and its mode. */
async function listenPrivately(server: Server, socketPath: string): Promise<void> {
  await listenAt(server, () => {
    const before = process.umask(0o177)
    server.listen(socketPath)
    process.umask(before)
  })
  await chmod(socketPath, 0o600)
}

function listenAt(server: Server, begin: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      server.off('error', failed).off('listening', listening)
      settle()
    }
    const failed = (error: Error): void => end(() => reject(error))
    const listening = (): void => end(resolve)
    server.on('error', failed).on('listening', listening)
    begin()
  })
}

function isServed(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

function remoteText({ remoteAddress, remotePort }: Socket, at: ListenOptions['at']): string {
  if ('socketPath' in at) return 'the Unix socket'
  // One that has gone already has no address any more.
  if (remoteAddress === undefined || remotePort === undefined) return 'a visitor'
  return addressText({ host: remoteAddress.replace(/^::ffff:/, ''), port: remotePort })
}

const VISITOR_ERRORS: Readonly<Record<string, string>> = {
  ERR_SSL_BINDER_DOES_NOT_VERIFY: 'wrong key, or the name of another node',
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: 'TLS without a key',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'TLS older than 1.3',
  ERR_SSL_HTTP_REQUEST: 'HTTP',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS',
  ECONNRESET: 'gone before its hello'
}

function visitorError(error: Error): string {
  return VISITOR_ERRORS[systemCode(error) ?? ''] ?? messageOf(error)
}
