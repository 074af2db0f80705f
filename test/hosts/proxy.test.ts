// The bad network is as bad as it was told to be, and no worse.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../helpers/race-process.ts'
import { openProxy, type Proxy } from './proxy.ts'
import type { ProxySettings } from './proxy-direction.ts'

/** A server that runs `serve` on each connection, behind a proxy. */
async function behindProxy(t: TestContext, serve: (socket: Socket) => void, settings: Partial<ProxySettings> = {}): Promise<Proxy> {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await openProxy({ target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port }, ...settings })
  t.after(async () => {
    await proxy.close()
    server.close()
    sockets.forEach((socket) => socket.destroy())
  })
  return proxy
}

interface Client {
  readonly socket: Socket
  /** What came so far. */
  readonly text: () => string
  /** With the error's code, if it did not end in good order. */
  readonly gone: Promise<string | null>
}

async function open({ host, port }: Proxy): Promise<Client> {
  const socket = connect({ host, port, noDelay: true })
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => (text += part))
  const gone = new Promise<string | null>((resolve) => {
    let code: string | null = null
    socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code ?? null))
    socket.on('close', () => resolve(code))
  })
  // A reset may come before the connection is told to be there.
  await Promise.race([once(socket, 'connect'), gone]).catch(() => {})
  return { socket, text: () => text, gone }
}

async function roundTripMs({ socket, text }: Client): Promise<number> {
  const before = performance.now()
  const { length } = text()
  socket.write('x')
  while (text().length === length) await wait(1)
  return performance.now() - before
}

const echo = (socket: Socket): void => void socket.pipe(socket)

test('data and the end of each direction pass unchanged', async (t) => {
  const proxy = await behindProxy(t, (socket) => {
    let bytes = 0
    socket.on('data', (part) => (bytes += part.length)).on('end', () => socket.end(String(bytes)))
  })
  const client = await open(proxy)
  client.socket.end(Buffer.alloc(5_000_000))
  assert.equal(await client.gone, null)
  assert.equal(client.text(), '5000000')
})

test('data is delayed in the asked direction, and keeps its order under jitter', async (t) => {
  const proxy = await behindProxy(t, echo, { delayMs: 60, direction: 'to-client' })
  const client = await open(proxy)
  assert.ok((await roundTripMs(client)) >= 59)
  proxy.set({ direction: 'both' })
  assert.ok((await roundTripMs(client)) >= 119)
  proxy.set({ delayMs: 5, jitterMs: 20 })
  const before = client.text().length
  const sent = Array.from({ length: 100 }, (_, i) => `${i},`)
  for (const part of sent) client.socket.write(part)
  await until(() => client.text().length >= before + sent.join('').length, 'not all came back')
  assert.equal(client.text().slice(before), sent.join(''))
})

test('bandwidth is limited', async (t) => {
  const client = await open(await behindProxy(t, (socket) => socket.end(Buffer.alloc(50_000)), { bandwidthBps: 100_000 }))
  const before = performance.now()
  await client.gone
  assert.ok(performance.now() - before > 400)
  assert.equal(client.text().length, 50_000)
})

test('a connection is reset after exactly so many bytes', async (t) => {
  const client = await open(
    await behindProxy(t, (socket) => socket.write(Buffer.alloc(100_000)), { dropAfterBytes: 12_345, direction: 'to-client' })
  )
  assert.equal(await client.gone, 'ECONNRESET')
  assert.equal(client.text().length, 12_345)
})

test('a stall keeps back exactly what it should, holds the sender, and ends', async (t) => {
  let sender: Socket | null = null
  const proxy = await behindProxy(
    t,
    (socket) => {
      sender = socket
      socket.end(Buffer.alloc(50_000_000))
    },
    { stallAfterBytes: 5000, direction: 'to-client' }
  )
  const client = await open(proxy)
  await until(() => client.text().length === 5000 && (sender?.writableLength ?? 0) > 0, 'nothing came')
  await wait(100)
  assert.equal(client.text().length, 5000)
  proxy.resume()
  assert.equal(await client.gone, null)
  assert.equal(client.text().length, 50_000_000)
})

test('connections are cut, refused and accepted again', async (t) => {
  const proxy = await behindProxy(t, echo)
  const client = await open(proxy)
  await roundTripMs(client)
  proxy.cut()
  assert.equal(await client.gone, 'ECONNRESET')
  proxy.refuse()
  assert.equal(await (await open(proxy)).gone, 'ECONNRESET')
  proxy.accept()
  await roundTripMs(await open(proxy))
  await until(() => proxy.connections === 1, 'old connections are still counted')
})

test('lines are dropped, repeated and put out of order as often as asked, and alike for a seed', async (t) => {
  const lines = Array.from({ length: 1000 }, (_, i) => i)
  const through = async (settings: Partial<ProxySettings>): Promise<number[]> => {
    const proxy = await behindProxy(t, (socket) => socket.resume().end(lines.map((line) => `${line}\n`).join('')), {
      direction: 'to-client',
      ...settings
    })
    const client = await open(proxy)
    await client.gone
    return client.text().trim().split('\n').map(Number)
  }
  const dropped = await through({ dropLines: 0.3 })
  assert.ok(dropped.length > 600 && dropped.length < 800 && dropped.every((line, i) => i === 0 || line > dropped[i - 1]!))
  const repeated = await through({ duplicateLines: 0.3 })
  assert.ok(repeated.length > 1200 && repeated.length < 1400 && new Set(repeated).size === 1000)
  const swapped = await through({ reorderLines: 0.3 })
  assert.equal(new Set(swapped).size, 1000)
  assert.ok(swapped.filter((line, i) => i > 0 && line < swapped[i - 1]!).length > 100)
  assert.deepEqual(await through({ dropLines: 0.3 }), dropped)
  assert.notDeepEqual(await through({ dropLines: 0.3, seed: 2 }), dropped)
})
