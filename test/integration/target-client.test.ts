import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { gzipSync, brotliCompressSync, gunzipSync } from 'node:zlib'
import { systemClock } from '../../src/core/clock.ts'
import { RallyError } from '../../src/core/errors.ts'
import { TransportError, type TargetClient, type TargetRequest } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import { gate } from '../helpers/gate.ts'
import { eachEngine } from '../helpers/each-engine.ts'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const cleanUps: (() => Promise<unknown>)[] = []
after(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp()
})

async function serve(handler: Handler): Promise<{ port: number; server: Server; connections: () => number }> {
  let connections = 0
  const server = createServer({ keepAliveTimeout: 0 }, handler)
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  return { port: (server.address() as AddressInfo).port, server, connections: () => connections }
}

function clientOf(engine: HttpEngine, port: number, changes: Parameters<typeof plainOptions>[1] = {}): TargetClient {
  const client = createTargetClient(plainOptions([port], { engine, ...changes }), systemClock)
  cleanUps.push(() => client.close())
  return client
}

function openConnections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_, count) => resolve(count)))
}

const get: TargetRequest = { method: 'GET', path: '/x', body: null, keep: 'all' }

async function failureOf(promise: Promise<unknown>): Promise<TransportError> {
  const error: unknown = await promise.then(
    () => assert.fail('an answer came'),
    (reason: unknown) => reason
  )
  assert.ok(error instanceof TransportError, String(error))
  return error
}

eachEngine('an answer comes back with status, headers, body and the bytes on the wire', async (engine) => {
  const { port } = await serve((request, response) => {
    response.setHeader('X-Own', 'yes').end(`${request.method} ${request.url}`)
  })
  const answer = await clientOf(engine, port).send({ ...get, path: '/a/_search?q=1' })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['x-own'], 'yes')
  assert.equal(answer.body.toString(), 'GET /a/_search?q=1')
  assert.equal(answer.wireBytes, 18)
})

eachEngine('a GET with a body keeps its connection open, and so does HEAD', async (engine) => {
  const bodies: string[] = []
  const { port, connections } = await serve((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      bodies.push(`${request.method} ${request.headers['content-type'] ?? '-'} ${body}`)
      response.end('{}')
    })
  })
  const client = clientOf(engine, port)
  await client.warmUp()
  for (let i = 0; i < 3; i++) await client.send({ ...get, body: Buffer.from('{"size":0}') })
  assert.deepEqual(bodies, ['HEAD - ', ...Array.from({ length: 3 }, () => 'GET application/json {"size":0}')])
  assert.equal(connections(), 1)
})

eachEngine('sent is the moment of the write and the last byte is the end of the answer', async (engine) => {
  const { port } = await serve((_, response) => {
    void sleep(60).then(() => {
      response.write('a')
      void sleep(60).then(() => response.end('b'))
    })
  })
  const client = clientOf(engine, port)
  await client.warmUp()
  assert.ok(Number.isNaN(client.timing.firstSentMs), 'the warm-up is not counted')
  const before = systemClock.monotonicMs()
  await client.send(get)
  const { firstSentMs, lastByteMs } = client.timing
  assert.ok(firstSentMs >= before)
  assert.ok(lastByteMs - firstSentMs >= 118, `${lastByteMs - firstSentMs} ms`)
  await client.send(get)
  assert.equal(client.timing.firstSentMs, firstSentMs, 'the first exchange of a request counts')
  assert.ok(client.timing.lastByteMs >= lastByteMs + 118)
  client.begin()
  assert.ok(Number.isNaN(client.timing.firstSentMs) && Number.isNaN(client.timing.lastByteMs))
})

eachEngine('a connection that is opened first does not count as service time', async (engine) => {
  const { port } = await serve((_, response) => response.end())
  const client = clientOf(engine, port)
  const before = systemClock.monotonicMs()
  await client.send(get)
  assert.ok(client.timing.firstSentMs > before)
})

eachEngine('an exchange without answer times out, closes its connection, and the client goes on', async (engine) => {
  let requests = 0
  const { port, connections } = await serve((_, response) => {
    if (++requests > 1) response.end('late no more')
  })
  const client = clientOf(engine, port)
  const begin = systemClock.monotonicMs()
  const error = await failureOf(client.send({ ...get, timeoutMs: 300 }))
  const tookMs = systemClock.monotonicMs() - begin
  assert.equal(error.failure, 'timeout')
  assert.match(error.message, /^127\.0\.0\.1:\d+: no answer within 300 ms$/)
  assert.ok(tookMs >= 300, `${tookMs} ms`)
  assert.equal((await client.send(get)).body.toString(), 'late no more')
  assert.equal(connections(), 2)
})

eachEngine('a body that trickles is timed out as a whole', async (engine) => {
  const { port } = await serve((_, response) => {
    const timer = setInterval(() => response.write('x'), 10)
    response.on('close', () => clearInterval(timer))
  })
  const error = await failureOf(clientOf(engine, port).send({ ...get, timeoutMs: 500, keep: 'none' }))
  assert.match(error.message, /no complete answer within 500 ms/)
})

eachEngine('an answer that came while our thread was busy is read before anything times out', async (engine) => {
  const folder = mkdtempSync(join(tmpdir(), 'rally-target-'))
  const answered = join(folder, 'answered')
  const server = spawn(process.execPath, ['-e', SLOW_SERVER, answered], { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanUps.push(async () => {
    server.kill()
    await once(server, 'exit')
    rmSync(folder, { recursive: true })
  })
  const port = await new Promise<number>((resolve) => server.stdout.once('data', (line: Buffer) => resolve(Number(line.toString()))))
  const client = clientOf(engine, port, { timeoutMs: 200 })
  await client.warmUp()
  const pending = client.send(get)
  // Lets the request leave, then blocks the thread beyond the deadline until the server has answered; after this phase of the event
  // loop come timers, then sockets.
  await sleep(20)
  await nextTurn()
  const endMs = systemClock.monotonicMs() + 600
  while (systemClock.monotonicMs() < endMs || !existsSync(answered)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  assert.equal((await pending).body.toString(), 'in time')
})

/** Answers after 50 ms, in a process of its own, and writes the file it was given once it has. */
const SLOW_SERVER = `
const server = require('node:http').createServer((request, response) => {
  if (request.method === 'HEAD') return response.end()
  setTimeout(() => response.end('in time', () => require('node:fs').writeFileSync(process.argv[1], '')), 50)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

eachEngine('a request may wait longer than its client, or for ever', async (engine) => {
  const { port } = await serve((_, response) => void sleep(150).then(() => response.end('x')))
  const client = clientOf(engine, port, { timeoutMs: 20 })
  assert.equal((await client.send({ ...get, timeoutMs: null })).status, 200)
  assert.equal((await client.send({ ...get, timeoutMs: 5000 })).status, 200)
})

eachEngine('a refused connection is `refused`, with times that end', async (engine) => {
  const { port, server } = await serve((_, response) => response.end())
  await new Promise((resolve) => server.close(resolve))
  const client = clientOf(engine, port)
  const error = await failureOf(client.send(get))
  assert.equal(error.failure, 'refused')
  assert.match(error.message, new RegExp(`^127\\.0\\.0\\.1:${port}: connection refused$`))
  assert.ok(client.timing.lastByteMs >= client.timing.firstSentMs)
})

eachEngine('a warm-up that finds nobody is an error for people, with the host in it', async (engine) => {
  const { port, server } = await serve((_, response) => response.end())
  await new Promise((resolve) => server.close(resolve))
  await assert.rejects(
    clientOf(engine, port).warmUp(),
    (error) => error instanceof RallyError && error.kind === 'target' && error.message === `127.0.0.1:${port}: connection refused`
  )
})

eachEngine('an unknown host name is `dns`', async (engine) => {
  const options = plainOptions([9200], { engine })
  const client = createTargetClient({ ...options, hosts: [{ ...options.hosts[0]!, host: 'no-such-host.invalid' }] }, systemClock)
  const error = await failureOf(client.send(get))
  await client.close()
  assert.equal(error.failure, 'dns')
  assert.match(error.message, /no-such-host\.invalid:9200/)
})

for (const [how, cut] of [
  ['before the head', (response: ServerResponse) => response.socket?.destroy()],
  [
    'in the middle of a body of known length',
    (response: ServerResponse) => void response.writeHead(200, { 'content-length': 10 }).write('abc', () => response.socket?.end())
  ],
  ['in the middle of a chunked body', (response: ServerResponse) => void response.write('abc', () => response.socket?.destroy())],
  ['by a reset', (response: ServerResponse) => response.socket?.resetAndDestroy()]
] as const) {
  eachEngine(`an answer cut off ${how} is \`reset\`, and the next request finds a new connection`, async (engine) => {
    let requests = 0
    const { port } = await serve((_, response) => {
      if (++requests === 1) cut(response)
      else response.end('whole')
    })
    const client = clientOf(engine, port)
    assert.equal((await failureOf(client.send(get))).failure, 'reset')
    assert.equal((await client.send(get)).body.toString(), 'whole')
  })
}

eachEngine('an answer that ends with its connection is complete', async (engine) => {
  const { port } = await serve((_, response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it')
  })
  assert.equal((await clientOf(engine, port).send(get)).body.toString(), 'all of it')
})

eachEngine('a connection that the server closes when idle is replaced without an error', async (engine) => {
  const { port, server, connections } = await serve((_, response) => response.end('x'))
  const client = clientOf(engine, port)
  await client.send(get)
  server.closeIdleConnections()
  while ((await openConnections(server)) > 0) await nextTurn()
  // The close lies in our socket, or is on its way there: a turn of the event loop reads it.
  for (let turn = 0; turn < 50; turn++) await nextTurn()
  await client.send({ ...get, method: 'POST' })
  assert.equal(connections(), 2)
})

eachEngine('a safe request that crosses the close of a connection idle for a second is sent once more', async (engine) => {
  let requests = 0
  const { port, connections } = await serve((_, response) => {
    if (++requests === 2) response.socket?.destroy()
    else response.end('x')
  })
  const client = clientOf(engine, port)
  await client.send(get)
  await sleep(1050)
  assert.equal((await client.send(get)).status, 200)
  assert.equal(connections(), 2)
  assert.equal(requests, 3)
})

eachEngine('a request that changes something is not sent again', async (engine) => {
  let requests = 0
  const { port } = await serve((_, response) => {
    if (++requests === 2) response.socket?.destroy()
    else response.end('x')
  })
  const client = clientOf(engine, port)
  await client.send(get)
  await sleep(1050)
  assert.equal((await failureOf(client.send({ ...get, method: 'POST' }))).failure, 'reset')
  assert.equal(requests, 2)
})

eachEngine('what is kept: nothing, the first 4 KiB, all; of errors always 64 KiB', async (engine) => {
  const { port } = await serve((request, response) => {
    response.statusCode = request.url === '/error' ? 500 : 200
    for (let i = 0; i < 20; i++) response.write('x'.repeat(10_000))
    response.end()
  })
  const client = clientOf(engine, port)
  const sizes: number[] = []
  for (const [path, keep] of [
    ['/', 'none'],
    ['/', 'head'],
    ['/', 'all'],
    ['/error', 'none'],
    ['/error', 'head']
  ] as const) {
    const answer = await client.send({ ...get, path, keep })
    assert.equal(answer.wireBytes, 200_000)
    sizes.push(answer.body.length)
  }
  assert.deepEqual(sizes, [0, 4096, 200_000, 65_536, 65_536])
})

eachEngine('compressed answers are asked for and inflated when looked at', async (engine) => {
  const text = JSON.stringify({ took: 1, hits: 'x'.repeat(20_000) })
  const { port } = await serve((request, response) => {
    assert.equal(request.headers['accept-encoding'], 'gzip')
    const brotli = request.url === '/br'
    response.setHeader('Content-Encoding', brotli ? 'br' : 'GZIP').end(brotli ? brotliCompressSync(text) : gzipSync(text))
  })
  const client = clientOf(engine, port)
  for (const path of ['/', '/br']) {
    const answer = await client.send({ ...get, path })
    assert.equal(answer.body.toString(), text)
    assert.ok(answer.wireBytes < 1000)
  }
  const head = await client.send({ ...get, keep: 'head' })
  assert.ok(head.body.toString().startsWith('{"took":1'))
})

eachEngine('the beginning of a large compressed answer is inflated as far as it came', async (engine) => {
  const random = Array.from({ length: 20_000 }, (_, i) => (i * 2654435761) % 4294967296)
  const text = JSON.stringify({ took: 7, random })
  const { port } = await serve((_, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(text)))
  const answer = await clientOf(engine, port).send({ ...get, keep: 'head' })
  assert.ok(answer.wireBytes > 4096)
  assert.ok(answer.body.length >= 4096)
  assert.equal(answer.body.toString(), text.slice(0, answer.body.length))
})

eachEngine('an answer that lies about its compression is an error of the transport', async (engine) => {
  const { port } = await serve((_, response) => response.setHeader('content-encoding', 'gzip').end('not gzip'))
  const answer = await clientOf(engine, port).send(get)
  assert.throws(
    () => answer.body,
    (error) => error instanceof TransportError && error.failure === 'other'
  )
})

eachEngine('request bodies are compressed when told to', async (engine) => {
  const { port } = await serve((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => response.end(`${request.headers['content-encoding']} ${gunzipSync(Buffer.concat(parts)).toString()}`))
  })
  const client = clientOf(engine, port, { compressRequests: true })
  assert.equal((await client.send({ ...get, body: Buffer.from('{"a":1}') })).body.toString(), 'gzip {"a":1}')
})

eachEngine('204 and an empty body are answers', async (engine) => {
  const { port } = await serve((_, response) => response.writeHead(204).end())
  const answer = await clientOf(engine, port).send(get)
  assert.deepEqual([answer.status, answer.body.length, answer.wireBytes], [204, 0, 0])
})

eachEngine('a huge answer that is not kept does not fill the memory', async (engine) => {
  const part = Buffer.alloc(1024 * 1024, 'x')
  const { port } = await serve((_, response) => {
    let left = 200
    const write = (): void => {
      while (left-- > 0) {
        if (!response.write(part)) return void response.once('drain', write)
      }
      response.end()
    }
    write()
  })
  const before = process.memoryUsage().arrayBuffers
  const answer = await clientOf(engine, port).send({ ...get, keep: 'head' })
  assert.equal(answer.wireBytes, 200 * part.length)
  assert.ok(process.memoryUsage().arrayBuffers - before < 100 * 1024 * 1024)
})

eachEngine('hosts are used in turn, beginning where the client was told to', async (engine) => {
  const seen: string[] = []
  const servers = await Promise.all(
    ['a', 'b'].map((name) =>
      serve((_, response) => {
        seen.push(name)
        response.end()
      })
    )
  )
  const client = createTargetClient(plainOptions(servers.map(({ port }) => port), { engine }), systemClock, 1)
  for (let i = 0; i < 4; i++) await client.send(get)
  await client.close()
  assert.deepEqual(seen, ['b', 'a', 'b', 'a'])
})

eachEngine('a path prefix and headers are sent with every request', async (engine) => {
  const { port } = await serve((request, response) =>
    response.end(`${request.url} ${request.headers['authorization']} ${request.headers['x-a']} ${request.headers['x-b']}`)
  )
  const options = plainOptions([port], { engine, headers: { 'x-a': '1' } })
  const host = { ...options.hosts[0]!, pathPrefix: '/pre' }
  const client = createTargetClient(
    { ...options, hosts: [host], secrets: { ...options.secrets, authorization: 'Basic eA==' } },
    systemClock
  )
  const answer = await client.send({ ...get, headers: { 'x-b': '2' } })
  await client.close()
  assert.equal(answer.body.toString(), '/pre/x Basic eA== 1 2')
})

eachEngine('abort ends what is in flight as cancelled, and the client can go on', async (engine) => {
  let requests = 0
  const first = gate()
  const { port } = await serve((_, response) => {
    if (++requests === 2) response.end('x')
    else first.open()
  })
  const client = clientOf(engine, port)
  const pending = failureOf(client.send(get))
  await first.opened
  client.abort('the race was cancelled')
  const error = await pending
  assert.deepEqual([error.failure, error.message], ['cancelled', 'the race was cancelled'])
  assert.equal((await client.send(get)).status, 200)
})

eachEngine('close ends what is in flight, and nothing can be sent afterwards', async (engine) => {
  const { port } = await serve(() => {})
  const client = clientOf(engine, port)
  const pending = failureOf(client.send(get))
  await client.close()
  assert.equal((await pending).failure, 'cancelled')
  assert.equal((await failureOf(client.send(get))).failure, 'cancelled')
  await client.close()
})

eachEngine('several exchanges at once are answered one after the other on the one connection', async (engine) => {
  const { port, connections } = await serve((request, response) => void sleep(5).then(() => response.end(request.url)))
  const client = clientOf(engine, port)
  const answers = await Promise.all(['/1', '/2', '/3'].map((path) => client.send({ ...get, path })))
  assert.deepEqual(
    answers.map((answer) => answer.body.toString()),
    ['/1', '/2', '/3']
  )
  assert.equal(connections(), 1)
})

eachEngine('a connection that never gets ready times out, is given up, and the next request opens a new one', async (engine) => {
  // TLS against a port that takes connections and says nothing: the handshake never ends.
  const sockets: Socket[] = []
  const silent = createTcpServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {}).resume()
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => new Promise((resolve) => silent.close(resolve)))
  const { port } = silent.address() as AddressInfo
  const options = plainOptions([port], { engine, timeoutMs: 300 })
  const client = createTargetClient({ ...options, hosts: [{ ...options.hosts[0]!, useSsl: true }] }, systemClock)
  for (const expected of [1, 2]) {
    const error = await failureOf(client.send(get))
    assert.equal(error.failure, 'timeout')
    assert.match(error.message, /no connection within 300 ms/)
    assert.equal(sockets.length, expected)
  }
  const pending = failureOf(client.send({ ...get, timeoutMs: null }))
  await sleep(20)
  await client.close()
  assert.equal((await pending).failure, 'cancelled')
  while (sockets.some((socket) => !socket.destroyed)) await nextTurn()
})

eachEngine('retries happen only when asked for', async (engine) => {
  let requests = 0
  const { port } = await serve((_, response) => {
    response.statusCode = ++requests % 3 === 0 ? 200 : 429
    response.end()
  })
  assert.equal((await clientOf(engine, port).send(get)).status, 429)
  requests = 0
  const patient = clientOf(engine, port, { retries: { max: 2, onStatus: [429], onTimeout: false } })
  assert.equal((await patient.send(get)).status, 200)
  assert.deepEqual([requests, patient.timing.retries], [3, 2])
  patient.begin()
  assert.equal(patient.timing.retries, 0)
})

eachEngine('an answer that is no HTTP is told as such', async (engine) => {
  const { port } = await serve((_, response) => void response.socket?.end('nonsense\r\n\r\n'))
  const error = await failureOf(clientOf(engine, port).send(get))
  assert.equal(error.failure, 'other')
  assert.match(error.message, /not HTTP/)
})

eachEngine('cancelling while the connection is being opened sends nothing', async (engine) => {
  let requests = 0
  const { port } = await serve((_, response) => {
    requests++
    response.end()
  })
  const client = clientOf(engine, port)
  const pending = failureOf(client.send(get))
  client.abort('changed my mind')
  assert.equal((await pending).failure, 'cancelled')
  assert.equal((await client.send({ ...get, path: '/second' })).status, 200)
  assert.equal(requests, 1)
})
