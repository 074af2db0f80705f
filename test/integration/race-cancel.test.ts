// Ctrl-C, wherever a race stands: 130, no process, no connection, no temporary file, and no wait for what nobody will answer.

import assert from 'node:assert/strict'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { gate } from '../helpers/gate.ts'
import { accountOf, descendants, isAlive, startRace, temporaryFiles, temporaryFolder, until, type RunningRace } from '../helpers/race-process.ts'
import { startStubCluster, type StubCluster } from '../helpers/stub-cluster.ts'
import { bulkTask, searchTask, writeTrack } from '../helpers/write-track.ts'

/** Ends it and looks for what it might have left. */
async function cancel(race: RunningRace, cluster: StubCluster | null, folders: readonly string[] = []): Promise<string> {
  const children = descendants(race.pid)
  const ended = await race.interrupt()
  assert.equal(ended.code, 130, ended.stderr)
  assert.match(ended.stderr, /\[INFO\] Aborted race\. .*\n/)
  assert.ok(!ended.stderr.includes('[ERROR]'), ended.stderr)
  for (const folder of [race.home, ...folders]) assert.deepEqual(temporaryFiles(folder), [])
  await until(() => !children.some(isAlive), `still there: ${children.join(' ')}`)
  if (cluster !== null) await until(() => cluster.connections === 0, `${cluster.connections} connections are left`)
  return ended.stdout
}

test('while a corpus is decompressed', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const track = writeTrack({ schedule: [bulkTask()], documentCount: 1, set: { 'source-file': 'documents.json.gz' } })
  writeFileSync(join(track, 'documents.json.gz'), gzipSync('{"a":1}\n'))
  // Half of it comes out, the rest never does.
  const programs = temporaryFolder()
  writeFileSync(join(programs, 'pigz'), '#!/bin/sh\nprintf half\necho $$ > "$0.pid"\nexec sleep 3600\n')
  chmodSync(join(programs, 'pigz'), 0o755)
  const race = startRace([`--track-path=${track}`, `--target-hosts=${cluster.where}`], { environment: { PATH: `${programs}:${process.env['PATH'] ?? ''}` } })
  const pidFile = join(programs, 'pigz.pid')
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'), 'the program never began')
  await cancel(race, cluster)
  assert.equal(race.raceJson().status, 'cancelled')
  assert.deepEqual(readdirSync(track).sort(), ['documents.json.gz', 'track.json'])
})

test('while a corpus is downloaded', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const asked = gate()
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('{"a":1}\n')
    asked.open()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close().closeAllConnections())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const track = writeTrack({ schedule: [bulkTask()], documentCount: 1, set: { 'base-url': url } })
  const race = startRace([`--track-path=${track}`, `--target-hosts=${cluster.where}`])
  await asked.opened
  await cancel(race, cluster)
  assert.deepEqual(readdirSync(join(race.home, '.rally/benchmarks/data/c')), [])
})

test('while the target is waited for', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  await cluster.die()
  const race = startRace([`--track-path=${writeTrack({ schedule: [searchTask()] })}`, `--target-hosts=${cluster.where}`])
  await race.says(/Waiting for .*connection refused/)
  assert.equal(await cancel(race, cluster), '')
})

for (const [what, path] of [
  ['connections are opened', 'HEAD /'],
  ['the target is asked for its statistics', 'GET /_stats']
] as const) {
  test(`while ${what}, by a server that has stopped to answer`, async (t) => {
    const race = await hangingAt(t, path)
    await race.asked.opened
    await cancel(race.race, race.cluster)
    assert.equal(race.race.raceJson().status, 'cancelled')
    assert.equal(race.cluster.requests.length, 0)
  })
}

/** A race whose server does not answer the first such question of a client or of the coordinator in the race itself. */
async function hangingAt(t: TestContext, question: string) {
  const asked = gate()
  let heads = 0
  const cluster = await startStubCluster((end) => t.after(end), {
    question: ({ method, path }) => {
      // The first HEAD is the coordinator's own, which asks what the target is.
      if (method === 'HEAD' && heads++ === 0) return false
      if (!`${method} ${path}`.startsWith(question)) return false
      asked.open()
      return true
    }
  })
  return { asked, cluster, race: startRace([`--track-path=${writeTrack({ schedule: [searchTask({ clients: 3 })] })}`, `--target-hosts=${cluster.where}`]) }
}

for (const [what, task] of [
  ['a ramp-up', searchTask({ clients: 2, 'time-period': 3600, 'ramp-up-time-period': 3600, 'warmup-time-period': 3600 })],
  ['a wait for the next request', searchTask({ clients: 2, iterations: 2, 'target-interval': 3600 })]
] as const) {
  test(`in ${what}`, async (t) => {
    const cluster = await startStubCluster((end) => t.after(end))
    const race = startRace([`--track-path=${writeTrack({ schedule: [task] })}`, `--target-hosts=${cluster.where}`])
    await cluster.asked(1)
    await race.says(/Running find: /)
    assert.match(await cancel(race, cluster), /find/)
    assert.equal(race.raceJson().status, 'cancelled')
  })
}

test('in an operation that sleeps', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const sleep = { name: 'nap', operation: { name: 'nap', 'operation-type': 'sleep', duration: 3600 } }
  const race = startRace([`--track-path=${writeTrack({ schedule: [searchTask(), sleep] })}`, `--target-hosts=${cluster.where}`])
  await race.says(/Running nap: /)
  await cancel(race, cluster)
  assert.equal(accountOf(race.raceJson(), 'find').ok, 1)
})
