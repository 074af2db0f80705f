import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/core/clock.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import { eachEngine } from '../helpers/each-engine.ts'
import { gate } from '../helpers/gate.ts'
import { clientOf, failureOf, get, later, serve } from '../helpers/plain-server.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

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
  later(async () => {
    server.kill()
    await once(server, 'exit')
    rmSync(folder, { recursive: true })
  })
  const port = await new Promise<number>((resolve) => server.stdout.once('data', (line: Buffer) => resolve(Number(line.toString()))))
  const client = clientOf(engine, port)
  await client.warmUp()
  const pending = client.send({ ...get, timeoutMs: 200 })
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

eachEngine('a connection that never gets ready times out, is given up, and the next request opens a new one', async (engine) => {
  // TLS against a port that takes connections and says nothing: the handshake never ends.
  const sockets: Socket[] = []
  const silent = createTcpServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {}).resume()
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  later(() => new Promise((resolve) => silent.close(resolve)))
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
