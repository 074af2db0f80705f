import assert from 'node:assert/strict'
import type { Server, ServerResponse } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/core/clock.ts'
import { RallyError } from '../../src/core/errors.ts'
import { TransportError } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import { eachEngine } from '../helpers/each-engine.ts'
import { clientOf, failureOf, get, serve } from '../helpers/plain-server.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

function openConnections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_, count) => resolve(count)))
}

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

eachEngine('an answer that lies about its compression is an error of the transport', async (engine) => {
  const { port } = await serve((_, response) => response.setHeader('content-encoding', 'gzip').end('not gzip'))
  const answer = await clientOf(engine, port).send(get)
  assert.throws(
    () => answer.body,
    (error) => error instanceof TransportError && error.failure === 'other'
  )
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
