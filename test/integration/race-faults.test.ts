// What goes wrong in a race, made to happen: one clear message, the right exit code, bounded time, nothing left behind.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountOf, descendants, errorOf, isAlive, raceToEnd, readRace, startRace, temporaryFiles, until } from '../helpers/race-process.ts'
import { answerBulk, answerSearch, json, startStubCluster, type ClusterAnswer } from '../helpers/stub-cluster.ts'
import { bulkTask, searchTask, smallDocuments, writeTrack } from '../helpers/write-track.ts'

const BUSY: ClusterAnswer = (_request, response) => json(response, 429, '{"error":"too many requests"}')
const NEVER: ClusterAnswer = () => {}

test('a 429 storm is counted by its class with one answer, or ends the race with --on-error=abort', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end), { answer: BUSY })
  const flags = [`--track-path=${writeTrack({ schedule: [searchTask({ clients: 2, iterations: 10 })] })}`, `--target-hosts=${cluster.where}`]
  const went = await raceToEnd(flags)
  assert.equal(went.code, 0, went.stderr)
  assert.equal(accountOf(readRace(went.home), 'find').failed, 20)
  assert.match(went.stdout, /20 × http-429[^]*too many requests/)
  const ended = await raceToEnd([...flags, '--on-error=abort'])
  assert.equal(ended.code, 64)
  assert.match(errorOf(ended), /The race failed: .*task "find".*429/)
  assert.equal(readRace(ended.home).status, 'failed')
})

test('a request that the transport sends again is one sample, and its retries are counted', async (t) => {
  let asked = 0
  // 503 twice, then an answer, for each request.
  const answer: ClusterAnswer = (_request, response) => (++asked % 3 === 0 ? answerSearch(response) : json(response, 503, '{"error":"busy"}'))
  const cluster = await startStubCluster((end) => t.after(end), { answer })
  const track = writeTrack({ schedule: [searchTask({ 'warmup-iterations': 2, iterations: 4 })] })
  const flags = [`--track-path=${track}`, `--target-hosts=${cluster.where}`, '--client-options=max_retries:2']
  const ended = await raceToEnd(flags)
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(cluster.requests.length, 18)
  const { started, ok, failed, retries } = accountOf(readRace(ended.home), 'find')
  assert.deepEqual([started, ok, failed, retries], [4, 4, 0, 8])
  assert.match(ended.stdout, /Transport retries: 12,/)
  const asJson = await raceToEnd([...flags, '--report-format=json'])
  assert.equal((JSON.parse(asJson.stdout) as { account: { retries: number } }).account.retries, 12)
  // One retry is too few for it: a failed sample, and two exchanges.
  const failing = await raceToEnd([...flags.slice(0, 2), '--client-options=max_retries:1', '--on-error=continue'])
  const account = accountOf(readRace(failing.home), 'find')
  assert.deepEqual([account.started, account.ok + account.failed], [4, 4])
  assert.ok(account.failed > 0 && account.retries >= account.failed, JSON.stringify(account))
})

test('a server that never answers a request costs its timeout, and the race goes on', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end), { answer: NEVER })
  const track = writeTrack({ schedule: [searchTask({ clients: 2, iterations: 2 })] })
  const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`, '--client-options=timeout:1.5'])
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(accountOf(readRace(ended.home), 'find').timed_out, 4)
})

test('a server that wants credentials, or is something else, is one clear line before the first request', async (t) => {
  const track = writeTrack({ schedule: [searchTask()] })
  for (const [status, body, words] of [
    [401, '{"error":"who are you"}', /401|credentials|authenticat/i],
    [200, '<html>nginx</html>', /neither|not .*Elasticsearch|no Elasticsearch|something else/i]
  ] as const) {
    const cluster = await startStubCluster((end) => t.after(end), {
      question: (_request, response) => {
        json(response, status, body)
        return true
      }
    })
    const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`])
    assert.equal(ended.code, 64)
    assert.match(errorOf(ended), words)
    assert.equal(cluster.requests.length, 0)
  }
})

test('a server that dies in the middle ends the race, or is counted with --on-error=continue-on-network', async (t) => {
  const track = writeTrack({ schedule: [searchTask({ clients: 2, iterations: 300, 'target-throughput': 200 })] })
  for (const [mode, code] of [['continue', 64], ['continue-on-network', 0]] as const) {
    const cluster = await startStubCluster((end) => t.after(end))
    const race = startRace([`--track-path=${track}`, `--target-hosts=${cluster.where}`, `--on-error=${mode}`])
    await cluster.asked(20)
    await cluster.die()
    const ended = await race.ended
    assert.equal(ended.code, code, ended.stderr)
    if (code === 64) assert.match(errorOf(ended), new RegExp(cluster.where.replaceAll('.', '\\.')))
    else {
      assert.ok(accountOf(race.raceJson(), 'find').failed > 0)
      assert.match(ended.stdout, /× refused/)
    }
  }
})

test('documents that the server refuses are failures of their bulk, and a short corpus is named with its counts', async (t) => {
  const answer: ClusterAnswer = (request, response) => answerBulk(request, response, (document) => (document.includes('"n":7}') ? 400 : 201))
  const cluster = await startStubCluster((end) => t.after(end), { answer })
  const bulks = await raceToEnd([`--track-path=${writeTrack({ schedule: [bulkTask()], documents: smallDocuments(30) })}`, `--target-hosts=${cluster.where}`])
  assert.equal(bulks.code, 0, bulks.stderr)
  const account = accountOf(readRace(bulks.home), 'fill')
  assert.deepEqual([account.ok, account.failed], [2, 1])
  assert.match(bulks.stdout, /1 × bulk-item/)
  const short = writeTrack({ schedule: [bulkTask()], documents: smallDocuments(30), documentCount: 40 })
  const ended = await raceToEnd([`--track-path=${short}`, `--target-hosts=${cluster.where}`])
  assert.equal(ended.code, 64)
  assert.match(errorOf(ended), /documents\.json.*40.*30|documents\.json.*30.*40/)
})

test('Ctrl-C drains what is in flight, reports what there is and ends with 130; a second one ends at once', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end), { answer: (_request, response) => void setTimeout(() => json(response, 200, '{}'), 400) })
  const track = writeTrack({ schedule: [searchTask({ clients: 2, 'time-period': 3600 })] })
  const once = startRace([`--track-path=${track}`, `--target-hosts=${cluster.where}`])
  await cluster.asked(4)
  const drained = await once.interrupt()
  assert.equal(drained.code, 130)
  assert.equal(once.raceJson().status, 'cancelled')
  assert.ok(accountOf(once.raceJson(), 'find').ok >= 2)
  assert.match(drained.stdout, /find/)
  assert.deepEqual(temporaryFiles(once.home), [])

  const hanging = await startStubCluster((end) => t.after(end), { answer: NEVER })
  const twice = startRace([`--track-path=${track}`, `--target-hosts=${hanging.where}`])
  await hanging.asked(2)
  twice.child.kill('SIGINT')
  // Two signals at once may arrive as one.
  await twice.says(/Ctrl-C/)
  const ended = await twice.interrupt()
  assert.equal(ended.code, 130)
  // It did not wait for the end of the drain: there is neither a report nor a last word in race.json.
  assert.deepEqual([ended.stdout, twice.raceJson().status], ['', 'running'])
})

test('the embedded node goes with its race, even when that is killed', async () => {
  const race = startRace(['--track=cities', '--test-mode', '--track-params=time_period:60', '--challenge=append-then-search'])
  await race.says(/Running delete-index|Racing on/)
  const children = descendants(race.pid)
  assert.ok(children.length > 0)
  race.child.kill('SIGKILL')
  await race.ended
  await until(() => children.every((pid) => !isAlive(pid)), `still there: ${children.join(' ')}`)
})

test('operation types that are not served are all named before the first request', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const schedule = ['sql', 'composite', 'serach'].map((type) => ({ name: type, operation: { name: type, 'operation-type': type } }))
  const ended = await raceToEnd([`--track-path=${writeTrack({ schedule })}`, `--target-hosts=${cluster.where}`])
  assert.equal(ended.code, 64)
  assert.match(ended.stderr, /\[sql\] is not supported yet[^]*\[composite\] is not supported yet[^]*\[serach\] is unknown, did you mean .*search/)
  assert.equal(cluster.requests.length, 0)
})
