import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '../../src/core/clock.ts'
import { TransportError, type TargetRequest } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import type { HttpEngine, TargetOptions } from '../../src/target/target-options.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

// What leaves: lean writes what undici writes, byte by byte.

let heard = ''
let port = 0
const server = createServer((socket) => {
  let text = ''
  socket.on('error', () => {}).on('data', (bytes) => {
    text += bytes.toString('latin1')
    const head = text.indexOf('\r\n\r\n')
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))?.[1] ?? 0)
    if (head === -1 || text.length < head + 4 + length) return
    heard += text
    text = ''
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
  })
})
before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => {
  port = (server.address() as AddressInfo).port
  resolve()
})))
after(() => server.close())

/** What the server hears of these requests, sent one after the other by one client; a failure stands for its request. */
async function bytesOf(engine: HttpEngine, requests: readonly TargetRequest[], changes: Partial<TargetOptions> = {}): Promise<string> {
  heard = ''
  const client = createTargetClient(plainOptions([port], { engine, ...changes }), systemClock)
  for (const request of requests) {
    await client.send(request).catch((error: unknown) => {
      assert.ok(error instanceof TransportError, String(error))
      heard += `[${error.failure}]`
    })
  }
  await client.close()
  return heard
}

async function alike(requests: readonly TargetRequest[], changes: Partial<TargetOptions> = {}): Promise<string> {
  const lean = await bytesOf('lean', requests, changes)
  assert.equal(lean, await bytesOf('undici', requests, changes))
  return lean
}

const get: TargetRequest = { method: 'GET', path: '/_search?q=a%20b', body: null, keep: 'none' }
const json = Buffer.from('{"query":{"match_all":{}}}')

test('each method, with a body, an empty one and none', async () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const
  const bodies = [null, Buffer.alloc(0), json]
  const all = await alike(methods.flatMap((method) => bodies.map((body) => ({ ...get, method, body }))))
  assert.equal(all.match(/ HTTP\/1\.1\r\n/g)?.length, 15)
  assert.ok(all.includes(json.toString()))
})

test('a large body leaves behind its head, whole', async () => {
  const body = Buffer.alloc(300_000, '{"index":{}}\n')
  const bytes = await alike([{ ...get, method: 'POST', path: '/_bulk', body, contentType: 'application/x-ndjson' }, get])
  assert.ok(bytes.includes(body.toString()))
})

test('path prefix, credentials, headers of options and request, compression', async () => {
  const options = plainOptions([port])
  const changes: Partial<TargetOptions> = {
    hosts: [{ ...options.hosts[0]!, pathPrefix: '/pre/fix' }],
    secrets: { ...options.secrets, authorization: 'Basic eA==' },
    headers: { 'x-all': 'ä1', 'x-empty': '' },
    compressRequests: true
  }
  const own = { 'x-own': '2', accept: 'text/plain', 'user-agent': 'other' }
  const bytes = await alike([get, { ...get, headers: own }, { ...get, method: 'POST', body: json, headers: own }, get], changes)
  assert.match(bytes, /^GET \/pre\/fix\/_search/)
  assert.match(bytes, /authorization: Basic eA==\r\n/)
  assert.match(bytes, /content-encoding: gzip\r\n/)
})

test('headers that mean something to the connection', async () => {
  for (const headers of [
    { host: 'other.example' },
    { connection: 'close' },
    { connection: 'keep-alive' },
    { 'content-length': '26' },
    { 'content-length': '3' },
    { 'transfer-encoding': 'chunked' },
    { 'keep-alive': 'timeout=5' },
    { upgrade: 'x' },
    { expect: '100-continue' }
  ]) {
    await alike([{ ...get, method: 'POST', body: json, headers }, get])
  }
})

test('what must not be sent is refused, alike, and the next request is none the worse', async () => {
  for (const wrong of [
    { path: '/a b' },
    { path: '/a\r\nx: y' },
    { path: '/\u20ac' },
    { headers: { 'x y': 'z' } },
    { headers: { x: 'a\r\nb: c' } },
    { headers: { x: 'a\0' } },
    { headers: { x: '\u20ac' } }
  ]) {
    const bytes = await alike([{ ...get, ...wrong }, get])
    assert.match(bytes, /^\[other\]GET \/_search/, JSON.stringify(wrong))
  }
})

const text = (unit: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.string({ unit, maxLength: 12 })
const anyUnit = fc.integer({ min: 0, max: 0x100 }).map((code) => String.fromCharCode(code))
const requests: fc.Arbitrary<TargetRequest> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE'),
  path: text(fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...'ab/?&=%20_*,'.split('')) }, { weight: 1, arbitrary: anyUnit })).map((path) => `/${path}`),
  body: fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))),
  headers: fc.dictionary(
    text(fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...'abc-'.split('')) }, { weight: 1, arbitrary: anyUnit })).map((name) => `x${name}`),
    text(fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...'abc ;,="'.split('')) }, { weight: 1, arbitrary: anyUnit })),
    { maxKeys: 3 }
  ),
  keep: fc.constant('none')
})

test('any requests, one after the other, are the same bytes, or are refused alike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: 1, maxLength: 8 }), async (all) => {
      await alike(all)
    }),
    { numRuns: 60 }
  )
})

test('bodies in the same memory, one after the other, and each of them twice', async () => {
  for (const size of [40, 40_000]) {
    const memory = Buffer.alloc(size)
    const contents = ['a', 'b'].map((letter) => letter.repeat(size))
    for (const engine of ['undici', 'lean'] as const) {
      heard = ''
      const client = createTargetClient(plainOptions([port], { engine }), systemClock)
      for (const content of contents) {
        memory.write(content)
        const request: TargetRequest = { ...get, method: 'POST', body: memory }
        await client.send(request)
        await client.send(request)
      }
      await client.close()
      assert.deepEqual(heard.match(/(?<=\r\n\r\n)[ab]+/g), contents.flatMap((content) => [content, content]))
    }
  }
})
