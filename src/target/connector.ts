// How a connection is opened, whatever speaks over it: one TLS context per thread, and no half-open socket left behind.

import type { OnReadOpts, Socket } from 'node:net'
import { buildConnector } from 'undici'
import type { TargetOptions } from './connection-options.ts'
import { tlsConnectOptions } from './tls-context.ts'

/** Opens sockets for one simulated client and knows those that are not open yet. */
export interface Connector {
  readonly connect: buildConnector.connector
  /** Gives up what is being opened; who waits for it gets this error. */
  giveUp(error: Error): void
}

export interface ConnectionEvents {
  /** A connection stands, before the first request is written to it. */
  opened?(socket: Socket): void
  /** The first error of a connection: undici only tells the last one, which may just say that it is closed. */
  broke?(error: Error): void
  /** So many bytes were read into the memory that all sockets of the thread share: it is filled anew by the next reading. False: pauses it. */
  read(memory: Buffer, bytes: number): boolean
}

const READ_BYTES = 64 * 1024
const shared = Buffer.allocUnsafeSlow(READ_BYTES)

export function createConnector(options: TargetOptions, events: ConnectionEvents): Connector {
  const open = baseConnector(options, { buffer: shared, callback: (bytes) => events.read(shared, bytes) })
  const opening = new Set<Socket>()
  const connect: buildConnector.connector = (details, callback) => {
    // undici returns the socket, though its types do not say so.
    const socket = open(details, (...result) => {
      opening.delete(socket)
      if (result[0] === null) events.opened?.(result[1])
      callback(...result)
    }) as unknown as Socket
    opening.add(socket)
    socket.once('error', (error) => events.broke?.(error))
  }
  const giveUp = (error: Error): void => {
    for (const socket of opening) socket.destroy(error)
  }
  return { connect, giveUp }
}

function baseConnector(options: TargetOptions, onread: OnReadOpts): buildConnector.connector {
  // Our own wheel times out; undici's timer is coarse.
  const common = { timeout: 0, keepAliveInitialDelay: 60_000, onread }
  return buildConnector(options.hosts.some((host) => host.useSsl) ? { ...tlsConnectOptions(options), ...common } : common)
}
