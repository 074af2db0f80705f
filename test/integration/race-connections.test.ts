// Servers that make trouble with connections, and clients that want more of them than there are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachEngine } from '../helpers/each-engine.ts'
import { accountOf, errorOf, raceToEnd, readRace } from '../helpers/race-process.ts'
import { answerSearch, startStubCluster } from '../helpers/stub-cluster.ts'
import { searchTask, writeTrack } from '../helpers/write-track.ts'

eachEngine('a thousand clients are a thousand connections, and each of them sends its requests', async (engine, t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const track = writeTrack({ schedule: [searchTask({ clients: 1000, iterations: 3 })] })
  const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`, `--http-engine=${engine}`])
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(accountOf(readRace(ended.home), 'find').ok, 3000)
  const byConnection = new Map<number, number>()
  for (const { connection } of cluster.requests) byConnection.set(connection, (byConnection.get(connection) ?? 0) + 1)
  assert.deepEqual([byConnection.size, new Set(byConnection.values())], [1000, new Set([3])])
})

test('more clients than the process may have open files is one clear line before the first connection', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const track = writeTrack({ schedule: [searchTask({ clients: 5000 })] })
  const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`], { fileLimit: 256 })
  assert.equal(ended.code, 64, ended.stderr)
  assert.match(errorOf(ended), /cannot play 5,000 clients: .*file descriptors are needed .*256 are allowed.*ulimit -n/)
  assert.equal(cluster.requests.length, 0)
})

test('as many clients as only just do not fit are one clear line, too', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const track = writeTrack({ schedule: [searchTask({ clients: 236 })] })
  const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`], { fileLimit: 256 })
  assert.equal(ended.code, 64, ended.stderr)
  assert.match(errorOf(ended), /236 clients cannot be opened: .*may not open another connection \(ulimit -n\)|cannot play 236 clients/)
  assert.match(ended.stderr, /ulimit -n/)
})

test('a server that does not open a connection in time ends the race before its first request, and is named', async (t) => {
  let heads = 0
  const cluster = await startStubCluster((end) => t.after(end), { question: ({ method }) => method === 'HEAD' && heads++ > 0 })
  const track = writeTrack({ schedule: [searchTask({ clients: 3 })] })
  const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`, '--client-options=timeout:2'])
  assert.equal(ended.code, 64, ended.stderr)
  assert.match(errorOf(ended), new RegExp(`the connections of \\d clients cannot be opened: ${cluster.where}: no answer within 2000 ms`))
  assert.equal(cluster.requests.length, 0)
})

test('a server that closes each connection after its answer costs new connections, and no request', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end), {
    answer: (_request, response) => {
      response.setHeader('connection', 'close')
      answerSearch(response)
    }
  })
  const track = writeTrack({ schedule: [searchTask({ clients: 2, iterations: 50 })] })
  const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`])
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(accountOf(readRace(ended.home), 'find').ok, 100)
  assert.equal(new Set(cluster.requests.map((request) => request.connection)).size, 100)
})

// Only the lean engine understands interim answers (answer-cases.ts): what a race asks for reaches the threads that send.
test('the engine that the flag or rally.ini names is the one that sends', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end), {
    answer: (_request, response) => {
      response.writeContinue()
      answerSearch(response)
    }
  })
  const flags = [`--track-path=${writeTrack({ schedule: [searchTask({ iterations: 5 })] })}`, `--target-hosts=${cluster.where}`, '--on-error=continue-on-network']
  const ini = '[system]\nhttp.engine = lean'
  for (const [more, ok] of [[[], 5], [['--http-engine=undici'], 0]] as const) {
    const ended = await raceToEnd([...flags, ...more], { ini })
    assert.equal(ended.code, 0, ended.stderr)
    assert.equal(accountOf(readRace(ended.home), 'find').ok, ok, more.join(' '))
  }
})

for (const [what, garbage, errorClass] of [
  ['bytes that are no HTTP', '\u0000\u0001garbage\r\n\r\n', 'transport'],
  ['half of an answer', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"took"', 'reset']
] as const) {
  test(`a server that answers with ${what} fails those requests, and no others`, async (t) => {
    let asked = 0
    const cluster = await startStubCluster((end) => t.after(end), {
      answer: (request, response) => {
        if (++asked % 3 === 0) request.socket.end(garbage)
        else answerSearch(response)
      }
    })
    const flags = [`--track-path=${writeTrack({ schedule: [searchTask({ iterations: 9 })] })}`, `--target-hosts=${cluster.where}`]
    const ended = await raceToEnd([...flags, '--on-error=continue-on-network'])
    assert.equal(ended.code, 0, ended.stderr)
    const account = accountOf(readRace(ended.home), 'find')
    assert.deepEqual([account.ok, account.failed], [6, 3])
    assert.match(ended.stdout, new RegExp(`3 × ${errorClass}`))
    const aborted = await raceToEnd([...flags, '--on-error=abort'])
    assert.equal(aborted.code, 64, aborted.stderr)
    assert.match(errorOf(aborted), /task "find": request returned an error/)
  })
}

test('clients begin at different hosts, so that each host has its share from the first request on', async (t) => {
  const clusters = [await startStubCluster((end) => t.after(end)), await startStubCluster((end) => t.after(end))] as const
  // Of three requests of a client two go to the host it begins at.
  const track = writeTrack({ schedule: [searchTask({ clients: 4, iterations: 3 })] })
  const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${clusters.map((one) => one.where).join(',')}`])
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(clusters.map((one) => one.requests.length), [6, 6])
})
