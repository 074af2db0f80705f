import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { after } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { TransportError, type TargetClient, type TargetRequest } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { eachEngine } from '../helpers/each-engine.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

// Answers that are in order themselves, but come too early, too often, or to nobody.

const cleanUps: (() => Promise<unknown>)[] = []
after(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp()
})

/** @param talk gets each connection with its number, from 1 */
async function serve(talk: (socket: Socket, number: number) => void): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    talk(socket, sockets.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, sockets }
}

function clientOf(engine: HttpEngine, port: number): TargetClient {
  const client = createTargetClient(plainOptions([port], { engine }), systemClock)
  cleanUps.push(() => client.close())
  return client
}

const get: TargetRequest = { method: 'GET', path: '/', body: null, keep: 'all' }

function answer(body: string, status = 200): string {
  return `HTTP/1.1 ${status} X\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

async function told(promise: ReturnType<TargetClient['send']>): Promise<string> {
  try {
    const { status, body } = await promise
    return `${status} ${body.toString()}`
  } catch (error) {
    assert.ok(error instanceof TransportError, String(error))
    return error.failure
  }
}

eachEngine('an answer to nobody closes the connection, and is not the one to the next request', async (engine) => {
  const { port, sockets } = await serve((socket, number) => {
    socket.on('data', () => socket.write(answer(`${number}`)))
  })
  const client = clientOf(engine, port)
  assert.equal(await told(client.send(get)), '200 1')
  sockets[0]!.write(answer('Request Timeout', 408))
  await once(sockets[0]!, 'close')
  assert.equal(await told(client.send(get)), '200 2')
})

eachEngine('an answer that comes while the body is still being sent counts, and the connection stays in order', async (engine) => {
  const { port, sockets } = await serve((socket) => {
    let bytes = 0
    let isAnswered = false
    socket.on('data', (part) => {
      bytes += part.length
      if (!isAnswered) socket.write(answer('too much', 413))
      isAnswered = true
      // The small request behind the large one.
      if (part.toString('latin1').endsWith('GET-END')) socket.write(answer(bytes > 8_000_000 ? 'all of it came' : 'it is cut'))
    })
  })
  const client = clientOf(engine, port)
  assert.equal(await told(client.send({ ...get, method: 'POST', body: Buffer.alloc(8_000_000, 'x') })), '413 too much')
  assert.equal(await told(client.send({ ...get, method: 'POST', body: Buffer.from('GET-END') })), '200 all of it came')
  assert.equal(sockets.length, 1)
})

eachEngine('a server that answers at once and hangs up gets no second chance, and nothing hangs', async (engine) => {
  const { port } = await serve((socket, number) => {
    if (number > 1) return void socket.on('data', () => socket.write(answer(`${number}`)))
    socket.once('data', () => {
      socket.write(answer('too much', 413))
      socket.end().destroySoon()
    })
  })
  const client = clientOf(engine, port)
  const first = await told(client.send({ ...get, method: 'POST', body: Buffer.alloc(8_000_000, 'x') }))
  assert.ok(['413 too much', 'reset'].includes(first), first)
  // Whether the end has been read already decides which connection the next one takes.
  const second = await told(client.send({ ...get, method: 'POST' }))
  assert.ok(['200 2', 'reset'].includes(second), second)
  assert.equal(await told(client.send(get)), '200 2')
})

for (const [what, piece] of [
  ['interim answers', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['empty lines', '\r\n'],
  ['headers in small pieces', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20)}`]
] as const) {
  eachEngine(`${what} without end end with the deadline, or before`, async (engine) => {
    const { port } = await serve((socket, number) => {
      if (number > 1) return void socket.on('data', () => socket.write(answer('fine')))
      const timer = setInterval(() => socket.write(piece), 1)
      socket.on('close', () => clearInterval(timer))
    })
    const client = clientOf(engine, port)
    const failure = await told(client.send({ ...get, timeoutMs: 150 }))
    assert.ok(['timeout', 'other'].includes(failure), failure)
    assert.equal(await told(client.send(get)), '200 fine')
  })
}

eachEngine('a broken answer fails its own request; those that wait go over a new connection, in order', async (engine) => {
  const { port } = await serve((socket, number) => {
    socket.on('data', (part) => {
      const path = part.toString('latin1').split(' ')[1] ?? ''
      socket.write(number === 1 ? 'nonsense\r\n\r\n' : answer(`${number} ${path}`))
    })
  })
  const client = clientOf(engine, port)
  const all = ['/a', '/b', '/c'].map((path) => told(client.send({ ...get, path })))
  assert.deepEqual(await Promise.all(all), ['other', '200 2 /b', '200 2 /c'])
})

eachEngine('who gives up in the middle of a body does not leave its rest to the next request', async (engine) => {
  const { port } = await serve((socket, number) => {
    socket.on('data', () => socket.write(number === 1 ? 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf' : answer('new')))
  })
  const client = clientOf(engine, port)
  const pending = told(client.send({ ...get, timeoutMs: 200 }))
  const waiting = told(client.send(get))
  assert.equal(await pending, 'timeout')
  assert.equal(await waiting, '200 new')
})

eachEngine('answers that come in pieces, those of two connections in turn, do not mix', async (engine) => {
  const bodies = ['a'.repeat(9000), 'b'.repeat(9000)]
  const both: Socket[] = []
  const { port } = await serve((socket) => {
    socket.on('data', () => {
      if (both.push(socket) === 2) void inTurn(both, bodies)
    })
  })
  const clients = bodies.map(() => clientOf(engine, port))
  const answers = await Promise.all(clients.map((client) => client.send(get)))
  assert.deepEqual(answers.map(({ headers, body }) => headers['x-letter']! + body.toString()).toSorted(), bodies.map((body) => body[0]! + body))
})

/** Each socket its answer, cut within its head and within its body; the next piece of one after one of the other. */
async function inTurn(sockets: readonly Socket[], bodies: readonly string[]): Promise<void> {
  const answers = bodies.map((body) => `HTTP/1.1 200 OK\r\nx-letter: ${body[0]}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  for (const [from, to] of [[0, 20], [20, 32], [32, 5000], [5000, 10_000]] as const) {
    for (const [index, socket] of sockets.entries()) {
      await new Promise((resolve) => socket.write(answers[index]!.slice(from, to), resolve))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
