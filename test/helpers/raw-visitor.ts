// A visitor that says what it likes, over whatever stream: bytes in, lines out.

import { connect as connectNet, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { clientSecurity } from '../../src/protocol/pre-shared-key.ts'
import { until } from './race-process.ts'

export interface RawVisitor {
  readonly socket: Socket
  /** All that came back. */
  text: string
  error: Error | null
  isClosed: boolean
  /** Resolves when the other side has hung up; fails after a time that no limit of the wire reaches. */
  closed(): Promise<void>
}

export type Door = { readonly host?: string; readonly port: number; readonly key: Buffer | null; readonly identity?: string } | { readonly path: string }

/** Connects, and sends. */
export function visit(door: Door, ...pieces: readonly (string | Uint8Array)[]): RawVisitor {
  const socket = open(door)
  const visitor: RawVisitor = {
    socket,
    text: '',
    error: null,
    isClosed: false,
    closed: () => until(() => visitor.isClosed, 'the visitor was not hung up on')
  }
  socket.on('data', (chunk: Buffer) => (visitor.text += chunk.toString()))
  socket.on('error', (error) => (visitor.error = error))
  socket.on('close', () => (visitor.isClosed = true))
  for (const piece of pieces) socket.write(piece)
  return visitor
}

function open(door: Door): Socket {
  if ('path' in door) return connectNet(door.path)
  const { host = '127.0.0.1', port, key, identity = 'a' } = door
  return key === null ? connectNet(port, host) : connectTls({ host, port, ...clientSecurity(identity, key) })
}
