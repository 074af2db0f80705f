// A server and clients of a test, closed in reverse order when its file ends.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { TransportError, type TargetClient, type TargetRequest } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const cleanUps: (() => Promise<unknown>)[] = []
after(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp()
})

/** Closes something when the file ends. */
export function later(cleanUp: () => Promise<unknown>): void {
  cleanUps.push(cleanUp)
}

export async function serve(handler: Handler): Promise<{ port: number; server: Server; connections: () => number }> {
  let connections = 0
  const server = createServer({ keepAliveTimeout: 0 }, handler)
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  return { port: (server.address() as AddressInfo).port, server, connections: () => connections }
}

export function clientOf(engine: HttpEngine, port: number, changes: Parameters<typeof plainOptions>[1] = {}): TargetClient {
  const client = createTargetClient(plainOptions([port], { engine, ...changes }), systemClock)
  cleanUps.push(() => client.close())
  return client
}

export const get: TargetRequest = { method: 'GET', path: '/x', body: null, keep: 'all' }

export async function failureOf(promise: Promise<unknown>): Promise<TransportError> {
  const error: unknown = await promise.then(
    () => assert.fail('an answer came'),
    (reason: unknown) => reason
  )
  assert.ok(error instanceof TransportError, String(error))
  return error
}
