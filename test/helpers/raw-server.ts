// A server that knows no HTTP: it writes the bytes it was given, in the pieces it was given.

import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** What comes back for one request. */
export interface RawAnswer {
  /** Each a write of its own; latin1. */
  readonly pieces: readonly string[]
  /** What becomes of the connection afterwards. */
  readonly then: 'stay' | 'end' | 'reset'
}

export interface RawServer {
  readonly port: number
  /** Taken so far. */
  readonly connections: () => number
  /** Resolves once no connection is open. */
  readonly quiet: () => Promise<void>
  close(): Promise<void>
}

/** @param answer by the first line of a request; connections carry one request after the other, without bodies */
export async function rawServer(answer: (requestLine: string) => RawAnswer): Promise<RawServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer({ noDelay: true }, (socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      if (!text.endsWith('\r\n\r\n')) return
      void write(socket, answer(text.slice(0, text.indexOf('\r\n'))))
      text = ''
    })
  })
  await listening(server)
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    quiet: async () => {
      for (const socket of sockets) if (!socket.closed) await once(socket, 'close')
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

async function write(socket: Socket, { pieces, then }: RawAnswer): Promise<void> {
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await nextTurn()
    if (socket.destroyed) return
    socket.write(piece, 'latin1')
  }
  // What was written must have left before a reset throws it away.
  if (then === 'reset') socket.write('', () => socket.resetAndDestroy())
  else if (then === 'end') socket.end()
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
}
