import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { peerPair, type Peer } from '../../../src/protocol/peer.ts'
import type { ResultsAnswer, ResultsRequest } from '../../../src/protocol/transfer-messages.ts'
import { pullResults, type Pulled } from '../../../src/results/pull-results.ts'
import { serveResults } from '../../../src/results/serve-results.ts'
import { filesOf, makeResults, plainRow, temporaryFolder, type MadeChunk } from '../../helpers/node-results.ts'

const base = temporaryFolder()

interface Line {
  /** What the client said. */
  readonly requests: ResultsRequest[]
  readonly problems: string[]
  readonly connect: () => Promise<Peer<ResultsRequest, ResultsAnswer>>
}

/** Connections to a node, of which the first ones break after so many messages; `disturb` changes what the node says. */
function lineTo(dir: string, cuts: readonly number[] = [], disturb: (answer: ResultsAnswer) => ResultsAnswer = (answer) => answer): Line {
  const requests: ResultsRequest[] = []
  const problems: string[] = []
  const left = [...cuts]
  const connect = async (): Promise<Peer<ResultsRequest, ResultsAnswer>> => {
    const [client, server] = peerPair<ResultsRequest, ResultsAnswer>()
    let messages = left.shift() ?? Number.POSITIVE_INFINITY
    const count = (): boolean => {
      if (messages-- > 0) return true
      client.close()
      return false
    }
    const near: Peer<ResultsRequest, ResultsAnswer> = {
      send: (message) => {
        requests.push(message)
        if (count()) client.send(message)
      },
      onMessage: (listen) => client.onMessage((message) => count() && listen(message)),
      onClose: (listen) => client.onClose(listen),
      close: (reason) => client.close(reason)
    }
    const far: Peer<ResultsAnswer, ResultsRequest> = {
      send: (message) => server.send(disturb(message)),
      onMessage: (listen) => server.onMessage(listen),
      onClose: (listen) => server.onClose(listen),
      close: (reason) => server.close(reason)
    }
    serveResults({ peer: far, dir, race: 'r', problem: (line) => problems.push(line) })
    return near
  }
  return { requests, problems, connect }
}

function pull(line: Line, into: string): Promise<Pulled> {
  return pullResults({ race: 'r', node: 'a', into, connect: line.connect, retryAfterMs: 0 })
}

/** The node hears of the end a little later. */
async function untilEmpty(folder: string): Promise<void> {
  for (let i = 0; i < 500 && filesOf(folder).size > 0; i++) await wait(10)
  assert.deepEqual([...filesOf(folder).keys()], [])
}

function freshFolders(): { readonly dir: string; readonly into: string } {
  const folder = mkdtempSync(join(base, 'x-'))
  return { dir: join(folder, 'node'), into: join(folder, 'pulled') }
}

/** Noise does not compress: about 180 kB, two lines of the wire. */
const large: MadeChunk = {
  rows: Array.from({ length: 12_000 }, (_, row) => plainRow({ finishNs: row * 50_000, serviceNs: (row * 2_654_435_761) % 2 ** 31, latencyNs: (row * 40_503) % 2 ** 31, processingNs: (row * 69_069) % 2 ** 31 }))
}
const small = (client: number): MadeChunk => ({ rows: [plainRow({ client }), plainRow({ client, error: 1 })] })

test('wherever the connection breaks, in the end everything is here, whole, and the node has nothing left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(30), { maxLength: 12 }), fc.nat(8), async (cuts, count) => {
      const { dir, into } = freshFolders()
      await makeResults(dir, { chunks: [large, ...Array.from({ length: count }, (_, client) => small(client))], events: [] })
      const before = filesOf(join(dir, 'r'))
      const fruitful = cuts.filter((cut) => cut > 4)
      const pulled = await pull(lineTo(dir, fruitful), into)
      assert.deepEqual(pulled.problems, [])
      assert.equal(pulled.files, count + 1)
      assert.deepEqual(filesOf(into), before)
      await untilEmpty(join(dir, 'r'))
    }),
    { numRuns: 30 }
  )
})

test('after a cut it asks on from the byte it had come to', async () => {
  const { dir, into } = freshFolders()
  await makeResults(dir, { chunks: [large] })
  const line = lineTo(dir, [4])
  await pull(line, into)
  const offsets = line.requests.flatMap((request) => (request.t === 'chunk' ? [request.offset] : []))
  assert.deepEqual(offsets, [0, 92_160])
})

test('a connection that never brings anything is given up, with the node, the reason and what to do', async () => {
  const { dir, into } = freshFolders()
  await makeResults(dir, { chunks: [small(1)] })
  await assert.rejects(pull(lineTo(dir, [0, 0, 0, 0, 0, 0, 0, 0]), into), (error: Error & { hint?: string }) => {
    assert.match(error.message, /node a: its results cannot be pulled: closed/)
    assert.match(error.hint ?? '', /run the same command again/)
    return true
  })
  await assert.rejects(pullResults({ race: 'r', node: 'a', into, connect: () => Promise.reject(new Error('no route')), retryAfterMs: 0 }), /no route/)
})

test('bytes that change on their way are asked for once more, and left on the node if they do so again', async () => {
  const { dir, into } = freshFolders()
  await makeResults(dir, { chunks: [small(1), small(2)] })
  let flips = 1
  const flip = (answer: ResultsAnswer): ResultsAnswer => (answer.t === 'data' && answer.id.endsWith('1') && flips-- > 0 ? { ...answer, base64: `AAAA${answer.base64.slice(4)}` } : answer)
  assert.equal((await pull(lineTo(dir, [], flip), into)).files, 2)

  const again = freshFolders()
  await makeResults(again.dir, { chunks: [small(1), small(2)] })
  flips = 2
  const pulled = await pull(lineTo(again.dir, [], flip), again.into)
  assert.equal(pulled.files, 1)
  assert.match(pulled.problems.join(), /^node a: chunks\/0a-0000001: its checksum is wrong, also when it was sent again; it stays there$/)
  assert.ok(existsSync(join(again.dir, 'r', 'chunks', '0a-0000001')))
})

test('a chunk that is damaged on the node is named and stays there; the others come', async () => {
  const { dir, into } = freshFolders()
  await makeResults(dir, { chunks: [small(1), small(2), small(3)] })
  const path = join(dir, 'r', 'chunks', '0a-0000002')
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 0xff, bytes.length - 1)
  writeFileSync(path, bytes)
  const { files, problems } = await pull(lineTo(dir), into)
  assert.equal(files, 2)
  assert.deepEqual(problems, ['node a: chunks/0a-0000002 is damaged: its checksum is wrong; it stays there'])
  assert.ok(existsSync(path))
})

test('what is here already is not sent again, only told of', async () => {
  const { dir, into } = freshFolders()
  await makeResults(dir, { chunks: [large, small(1)] })
  const withoutAcks = lineTo(dir)
  const kept = filesOf(join(dir, 'r'))
  // The connection ends when the last file is written, before the node has heard of it.
  await pull(withoutAcks, into)
  await untilEmpty(join(dir, 'r'))
  for (const [id, content] of kept) writeFileSync(join(dir, 'r', id), content, 'latin1')
  const line = lineTo(dir)
  const { files } = await pull(line, into)
  assert.equal(files, 2)
  assert.deepEqual(line.requests.map((request) => request.t), ['chunks', 'ack', 'ack', 'chunks'])
  await untilEmpty(join(dir, 'r'))
})

test('a node that says what it was not asked for, or names files that are none, gets no further', async () => {
  const { dir, into } = freshFolders()
  await makeResults(dir, { chunks: [small(1)] })
  const elsewhere = (answer: ResultsAnswer): ResultsAnswer => (answer.t === 'chunk-list' ? { ...answer, chunks: [{ id: '../../evil', bytes: 5 }, { id: 'chunks/0a-1', bytes: 2 ** 40 }] } : answer)
  const { files, problems } = await pull(lineTo(dir, [], elsewhere), into)
  assert.equal(files, 0)
  assert.match(problems.join('\n'), /evil: that is no name of a result file.*\n.*it has 1\.0TB/)
  const shifted = (answer: ResultsAnswer): ResultsAnswer => (answer.t === 'data' ? { ...answer, offset: answer.offset + 1 } : answer)
  await assert.rejects(pull(lineTo(dir, [], shifted), into), /where byte 0 was due/)
})

test('a node gives nothing away but result files, and removes nothing for a wrong checksum', async () => {
  const { dir } = freshFolders()
  await makeResults(dir, { chunks: [small(1)] })
  const peer = await lineTo(dir).connect()
  const answers: ResultsAnswer[] = []
  peer.onMessage((answer) => answers.push(answer))
  const mark = 'session-0a.json'
  for (const id of [mark, `chunks/../${mark}`, 'chunks/0a-9999999', '/etc/passwd']) peer.send({ t: 'chunk', id, offset: 0, credit: 100 })
  peer.send({ t: 'ack', id: 'chunks/0a-0000001', sha256: 'f'.repeat(64) })
  peer.send({ t: 'chunks' })
  for (let i = 0; i < 500 && answers.length < 5; i++) await wait(10)
  assert.deepEqual(answers.slice(0, 4).map((answer) => (answer.t === 'end' ? answer.sha256 : 'data')), Array.from({ length: 4 }, () => '0'.repeat(64)))
  const list = answers[4]
  assert.equal(list?.t === 'chunk-list' && list.chunks.length, 1)
})
