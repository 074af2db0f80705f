import assert from 'node:assert/strict'
import { after } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import type { TargetAnswer, TargetClient, TargetRequest, TransportError } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { eachEngine } from '../helpers/each-engine.ts'
import { rawServer, type RawAnswer } from '../helpers/raw-server.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

// The end of an exchange as its receiver hears of it: it hands over the next request from there.

const cleanUps: (() => Promise<void>)[] = []
after(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp()
})

async function serve(answer: (path: string) => RawAnswer): Promise<{ port: number; connections: () => number }> {
  const server = await rawServer((line) => answer(line.split(' ')[1] ?? ''))
  cleanUps.push(() => server.close())
  return server
}

function clientOf(engine: HttpEngine, port: number): TargetClient {
  const client = createTargetClient(plainOptions([port], { engine }), systemClock)
  cleanUps.push(() => client.close())
  return client
}

const stay = (text: string): RawAnswer => ({ pieces: [text], then: 'stay' })
const answer = (body: string, more = ''): string => `HTTP/1.1 200 OK\r\n${more}content-length: ${body.length}\r\n\r\n${body}`

/** Sends `/0`, `/1` … each from within the end of the one before; resolves with what came of them. */
function chain(client: TargetClient, count: number, more: Partial<TargetRequest> = {}): Promise<string[]> {
  return new Promise((resolve) => {
    const told: string[] = []
    const send = (): void => client.exchange({ method: 'GET', path: `/${told.length}`, body: null, keep: 'all', ...more }, receiver)
    const goOn = (what: string): void => {
      if (told.push(what) === count) resolve(told)
      else send()
    }
    const receiver = {
      answered: (one: TargetAnswer) => goOn(one.body.toString('latin1')),
      failed: (error: TransportError) => goOn(error.failure)
    }
    send()
  })
}

eachEngine('two thousand requests, each handed over at the end of the one before, go over one connection, in order', async (engine) => {
  const { port, connections } = await serve((path) => stay(answer(path)))
  const told = await chain(clientOf(engine, port), 2000)
  assert.deepEqual(told, Array.from({ length: 2000 }, (_, i) => `/${i}`))
  assert.equal(connections(), 1)
})

eachEngine('behind an answer that closes, the next one goes over a new connection', async (engine) => {
  const { port, connections } = await serve((path) => stay(answer(path, 'connection: close\r\n')))
  assert.deepEqual(await chain(clientOf(engine, port), 20), Array.from({ length: 20 }, (_, i) => `/${i}`))
  assert.equal(connections(), 20)
})

eachEngine('what came behind an answer is not the answer to the request handed over at its end', async (engine) => {
  const { port, connections } = await serve((path) => stay(answer(path) + answer('evil')))
  assert.deepEqual(await chain(clientOf(engine, port), 20), Array.from({ length: 20 }, (_, i) => `/${i}`))
  assert.equal(connections(), 20)
})

eachEngine('behind a broken answer, one cut off and one that never comes, the next one finds a connection', async (engine) => {
  const answers = [stay('nonsense\r\n\r\n'), { pieces: [answer('x').slice(0, -1)], then: 'end' }, { pieces: [], then: 'reset' }, stay('')] as const
  const { port } = await serve((path) => answers[Number(path.slice(1)) % 5] ?? stay(answer(path)))
  const told = await chain(clientOf(engine, port), 10, { timeoutMs: 300 })
  assert.deepEqual(told, ['other', 'reset', 'reset', 'timeout', '/4', 'other', 'reset', 'reset', 'timeout', '/9'])
})

eachEngine('where no connection is taken, each request is refused, and the last is told', async (engine) => {
  const server = await rawServer(() => stay(''))
  await server.close()
  assert.deepEqual(new Set(await chain(clientOf(engine, server.port), 100)), new Set(['refused']))
})
