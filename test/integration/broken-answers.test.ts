import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { TransportError, type TargetClient, type TargetRequest } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { rawServer, type RawAnswer, type RawServer } from '../helpers/raw-server.ts'
import { plainOptions } from '../unit/target/plain-options.ts'
import { CASES } from './answer-cases.ts'

// A request's path is the number of its case, and in which pieces its answer comes.
let server: RawServer
before(async () => {
  server = await rawServer(answerTo)
})
after(() => server.close())

function answerTo(requestLine: string): RawAnswer {
  const path = requestLine.split(' ')[1] ?? ''
  if (path === '/second') return { pieces: ['HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecond'], then: 'stay' }
  const [index, pieces] = path.slice(1).split('-')
  const { bytes, then = 'stay' } = CASES[Number(index)]!
  return { pieces: pieces === 'bytes' ? bytes.split('') : [bytes], then }
}

interface Asked {
  readonly index: number
  readonly pieces: 'whole' | 'bytes'
}

/** What comes of the case's answer, and whether the next request goes over the same connection. */
async function outcome(engine: HttpEngine, { index, pieces }: Asked): Promise<string> {
  const { method = 'GET', then = 'stay' } = CASES[index]!
  const request: TargetRequest = { method, path: `/${index}-${pieces}`, body: null, keep: 'all' }
  const client = createTargetClient(plainOptions([server.port], { engine }), systemClock)
  try {
    const first = await told(client, request)
    if (then !== 'stay') await server.quiet()
    const connections = server.connections()
    const second = await told(client, { ...request, method: 'GET', path: '/second' })
    const kept = server.connections() === connections ? 'kept' : 'closed'
    return `${first} ${kept}${second === '200 second' ? '' : `, then ${second}`}`
  } finally {
    await client.close()
  }
}

async function told(client: TargetClient, request: TargetRequest): Promise<string> {
  try {
    const { status, body } = await client.send(request)
    return `${status} ${body.toString('latin1')}`.trim()
  } catch (error) {
    assert.ok(error instanceof TransportError, String(error))
    return error.failure
  }
}

/** Longer answers only come whole: their bytes one by one are no news. */
const MAX_PIECES = 300

for (const [index, { title, bytes, expected, undici, isWhole }] of CASES.entries()) {
  for (const pieces of isWhole === true || bytes.length > MAX_PIECES ? (['whole'] as const) : (['whole', 'bytes'] as const)) {
    test(`${title}${pieces === 'whole' ? '' : ', byte by byte'}: ${expected}`, async () => {
      assert.equal(await outcome('lean', { index, pieces }), expected)
      assert.equal(await outcome('undici', { index, pieces }), undici?.does ?? expected, undici?.why ?? 'both engines must do the same')
    })
  }
}
