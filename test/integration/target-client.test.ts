import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync, brotliCompressSync, gunzipSync } from 'node:zlib'
import { systemClock } from '../../src/core/clock.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import { eachEngine } from '../helpers/each-engine.ts'
import { clientOf, get, serve } from '../helpers/plain-server.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

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
