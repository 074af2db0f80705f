import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { relayBytes } from '../../../src/node/byte-relay.ts'
import { until } from '../../helpers/race-process.ts'

const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
after(() => server.close())

/** Both ends of a connection. */
async function pair(): Promise<[Socket, Socket]> {
  const accepted = once(server, 'connection')
  if (!server.listening) await once(server, 'listening')
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [far] = (await accepted) as [Socket]
  return [near, far]
}

interface Joined {
  readonly visitor: Socket
  readonly race: Socket
  readonly passed: Promise<void>
  /** What the visitor has got so far. */
  readonly got: () => string
}

async function join(words: string | null, early = ''): Promise<Joined> {
  const [visitor, outside] = await pair()
  const [race, inside] = await pair()
  let got = ''
  visitor.setEncoding('latin1').on('data', (text: string) => (got += text))
  // As a channel comes that has just been greeted.
  inside.pause()
  const passed = relayBytes(outside, { stream: inside, early: Buffer.from(early) }, () => Promise.resolve(words))
  return { visitor, race, passed, got: () => got }
}

test('bytes pass unchanged in both directions, what came early first', async () => {
  const { visitor, race, passed, got } = await join(null, 'early ')
  let asked = ''
  race.setEncoding('latin1').on('data', (text: string) => (asked += text))
  visitor.write('question\n')
  await until(() => asked === 'question\n', 'nothing was asked')
  const answer = 'x'.repeat(20_000_000)
  race.end(answer)
  await passed
  assert.equal(got(), `early ${answer}`)
})

test('a visitor that goes takes its channel to the race along', async () => {
  const { visitor, race, passed } = await join(null)
  const closed = once(race, 'close')
  visitor.destroy()
  await passed
  race.resume()
  await closed
})

test('a race that dies has a last word said for it, but never in the middle of a line', async () => {
  for (const [sent, expected] of [
    ['{"t":"end"}\n', '{"t":"end"}\n{"t":"error","message":"it died"}\n'],
    ['', '{"t":"error","message":"it died"}\n'],
    ['{"t":"da', '{"t":"da']
  ] as const) {
    const { race, passed, got } = await join('it died')
    race.write(sent)
    await until(() => got().length >= sent.length, 'it was not passed on')
    race.resetAndDestroy()
    await passed
    assert.equal(got(), expected)
  }
})

test('a visitor that does not read holds the race back', async () => {
  const { visitor, race } = await join(null)
  visitor.pause()
  race.write(Buffer.alloc(100_000_000))
  await new Promise((resolve) => setTimeout(resolve, 200))
  assert.ok(race.writableLength > 50_000_000)
  race.on('error', () => {})
  const closed = new Promise((resolve) => race.on('close', resolve))
  visitor.destroy()
  await closed
})
