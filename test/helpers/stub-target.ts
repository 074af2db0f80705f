// A small HTTP server that answers as told and remembers what it was asked.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly body: string
  /** Number of the connection it came by: a client has one of its own. */
  readonly connection: number
}

export interface StubTarget {
  readonly host: string
  readonly port: number
  /** Without the warm-up's `HEAD /`. */
  readonly requests: readonly SeenRequest[]
  close(): Promise<void>
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void

export const OK: Answer = (_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end('{"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"hits":[]}}')
}

export async function startStubTarget(answer: Answer = OK): Promise<StubTarget> {
  const requests: SeenRequest[] = []
  const connections = new Map<Socket, number>()
  const server = createServer((request, response) => void receive(request, response, connections.get(request.socket) ?? -1))
  server.on('connection', (socket) => connections.set(socket, connections.size))
  const receive = async (request: IncomingMessage, response: ServerResponse, connection: number): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const seen = { method: request.method ?? '', path: request.url ?? '', body: Buffer.concat(parts).toString(), connection }
    if (seen.method === 'HEAD' && seen.path === '/') {
      response.end()
      return
    }
    requests.push(seen)
    answer(seen, response)
  }
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: '127.0.0.1',
    port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
