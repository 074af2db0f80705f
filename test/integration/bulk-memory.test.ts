import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { after } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { BulkMemory } from '../../src/operation/bulk-memory.ts'
import { TransportError, type TargetClient, type TargetRequest } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import { eachEngine } from '../helpers/each-engine.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

// The memory of a bulk is filled anew only once nobody can be writing from it any more.

/** More than the system takes of one connection that is not read from. */
const LARGE = 16 * 1024 * 1024
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'

const cleanUps: (() => void)[] = []
after(() => {
  for (const cleanUp of cleanUps) cleanUp()
})

/** A server that notes of each body its length and its letters. */
class Listener {
  readonly bodies: { length: number; letters: string }[] = []
  readonly sockets: Socket[] = []
  /** Answers heads, and reads no further. */
  isHasty = false
  isSilent = false
  port = 0

  async open(): Promise<this> {
    const server = createServer((socket) => this.#serve(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanUps.push(() => {
      for (const socket of this.sockets) socket.destroy()
      server.close()
    })
    this.port = (server.address() as AddressInfo).port
    return this
  }

  #serve(socket: Socket): void {
    this.sockets.push(socket)
    let wanted = 0
    let isAnswered = false
    let body = { length: 0, letters: '' }
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => {
      let rest = bytes
      while (rest.length > 0) {
        if (wanted === 0) {
          // A head is small: it comes at once.
          const end = rest.indexOf('\r\n\r\n') + 4
          wanted = Number(/content-length: (\d+)/.exec(rest.toString('latin1', 0, end))![1])
          rest = rest.subarray(end)
          this.bodies.push((body = { length: 0, letters: '' }))
          isAnswered = this.isHasty || this.isSilent
          if (this.isHasty) {
            socket.pause()
            socket.write(OK)
          }
        }
        const part = rest.subarray(0, wanted)
        rest = rest.subarray(part.length)
        wanted -= part.length
        body.length += part.length
        body.letters = [...new Set(body.letters + part.toString('latin1').replace(/(.)\1+/g, '$1'))].join('')
        if (this.isSilent) socket.pause()
        if (wanted === 0 && !isAnswered) socket.write(OK)
      }
    })
  }
}

function bulkOf(memory: BulkMemory, letter: string, size: number): TargetRequest & { body: Buffer } {
  const body = memory.take(size).fill(letter)
  return { method: 'PUT', path: '/_bulk', body, memory: memory.use, keep: 'none' }
}

function clientOf(engine: 'undici' | 'lean', port: number, timeoutMs = 10_000): TargetClient {
  const client = createTargetClient(plainOptions([port], { engine, timeoutMs }), systemClock)
  cleanUps.push(() => void client.close())
  return client
}

eachEngine('a bulk that was answered takes the memory of the one before', async (engine) => {
  const server = await new Listener().open()
  const client = clientOf(engine, server.port)
  const memory = new BulkMemory()
  const buffers = new Set<ArrayBufferLike>()
  for (const [letter, size] of [
    ['a', 300_000],
    ['b', 290_000],
    ['c', 320_000]
  ] as const) {
    const bulk = bulkOf(memory, letter, size)
    buffers.add(bulk.body.buffer)
    assert.equal((await client.send(bulk)).status, 200)
  }
  assert.equal(buffers.size, 1)
  assert.deepEqual(server.bodies, [
    { length: 300_000, letters: 'a' },
    { length: 290_000, letters: 'b' },
    { length: 320_000, letters: 'c' }
  ])
  assert.notEqual(bulkOf(memory, 'd', 1_000_000).body.buffer, [...buffers][0], 'a larger one needs more')
})

eachEngine('a bulk that is answered before it was read leaves as it was made', async (engine) => {
  const server = await new Listener().open()
  const client = clientOf(engine, server.port)
  const memory = new BulkMemory()
  server.isHasty = true
  assert.equal((await client.send(bulkOf(memory, 'a', LARGE))).status, 200)
  server.isHasty = false
  const second = client.send(bulkOf(memory, 'b', LARGE))
  server.sockets[0]!.resume()
  assert.equal((await second).status, 200)
  assert.deepEqual(server.bodies, [
    { length: LARGE, letters: 'a' },
    { length: LARGE, letters: 'b' }
  ])
})

eachEngine('a bulk that timed out half written, or was never sent, does not lend its memory', async (engine) => {
  const server = await new Listener().open()
  const client = clientOf(engine, server.port, 200)
  const memory = new BulkMemory()
  server.isSilent = true
  const first = bulkOf(memory, 'a', LARGE)
  await assert.rejects(client.send(first), (error) => error instanceof TransportError && error.failure === 'timeout')
  const second = bulkOf(memory, 'b', LARGE)
  assert.notEqual(second.body.buffer, first.body.buffer)
  assert.notEqual(bulkOf(memory, 'c', LARGE).body.buffer, second.body.buffer)
  server.isSilent = false
  const closed = new Promise((resolve) => server.sockets[0]!.once('close', resolve))
  server.sockets[0]!.resume()
  await closed
  assert.equal(server.bodies[0]!.letters, 'a')
})
