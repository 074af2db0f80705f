// Disks that fill up under a race: one message that names the file, nothing half-written, and nothing that was measured is lost.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { errorOf, raceToEnd, startRace } from '../helpers/race-process.ts'
import { fillDisk, filesOn, smallDisk } from '../helpers/small-disk.ts'
import { startStubCluster } from '../helpers/stub-cluster.ts'
import { bulkTask, searchTask, writeTrack } from '../helpers/write-track.ts'

/** Does not fit on a small disk. */
const DOCUMENTS = Buffer.from('{"number":123456789,"text":"abcdefghijklmnopqrstuvwxyz"}\n'.repeat(50_000))

async function serve(t: TestContext, body: Buffer): Promise<string> {
  // Its length is not told: that the disk is too small shows only when it is full.
  const server = createServer((_request, response) => {
    response.write(body)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

for (const [what, file, body, isLeft] of [
  ['downloaded', 'documents.json', DOCUMENTS, []],
  ['decompressed', 'documents.json.gz', gzipSync(DOCUMENTS), ['c/documents.json.gz']]
] as const) {
  test(`a cache that fills up while a corpus is ${what} ends the race before its first request`, async (t) => {
    const disk = smallDisk(t)?.path
    if (disk === undefined) return
    const cluster = await startStubCluster((end) => t.after(end))
    const set = { 'source-file': file, 'base-url': await serve(t, body) }
    const track = writeTrack({ schedule: [bulkTask()], documentCount: 50_000, set })
    const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`], { ini: `[benchmarks]\nlocal.dataset.cache = ${disk}` })
    assert.equal(ended.code, 64, ended.stderr)
    assert.match(errorOf(ended), /no space left on the disk for \[.*disk\/c\/documents\.json\]: .*\d+ bytes are free/)
    assert.match(ended.stderr, /\nHint: free some space and run the race again/)
    assert.deepEqual(filesOn(disk), ['c', ...isLeft])
    assert.equal(cluster.requests.length, 0)
  })
}

test('a race whose folder is on a full disk does not begin', async (t) => {
  const disk = smallDisk(t)?.path
  if (disk === undefined) return
  fillDisk(disk)
  const cluster = await startStubCluster((end) => t.after(end))
  const ended = await raceToEnd([`--track-path=${writeTrack({ schedule: [searchTask()] })}`, `--target-hosts=${cluster.where}`], { ini: `[node]\nroot.dir = ${disk}` })
  assert.equal(ended.code, 64, ended.stderr)
  assert.match(errorOf(ended), /disk\/races\/r\/race\.json: the disk is full/)
  assert.match(ended.stderr, /\nHint: free some space there and try again/)
  assert.deepEqual(filesOn(disk).filter((name) => name.endsWith('.json') || name.endsWith('.tmp')), [])
  assert.equal(cluster.requests.length, 0)
})

test('a disk that fills up under a race costs race.json its end, not the report', async (t) => {
  const disk = smallDisk(t)?.path
  if (disk === undefined) return
  const cluster = await startStubCluster((end) => t.after(end))
  const track = writeTrack({ schedule: [searchTask({ iterations: 60, 'target-throughput': 20 }), searchTask({ name: 'then' })] })
  const race = startRace([`--track-path=${track}`, `--target-hosts=${cluster.where}`], { ini: `[node]\nroot.dir = ${disk}` })
  await cluster.asked(10)
  fillDisk(disk)
  const ended = await race.ended
  assert.equal(ended.code, 64, ended.stderr)
  assert.match(errorOf(ended), /disk\/races\/r\/race\.json: the disk is full/)
  assert.match(ended.stderr, /\[WARNING\] summary\.json is not written any more: .*summary\.json: the disk is full/)
  assert.equal(cluster.requests.length, 61)
  assert.match(ended.stdout, /50th percentile service time +\| +find \|/)
  const files = filesOn(disk).filter((name) => /\.(json|tmp)$/.test(name))
  assert.deepEqual(files, ['races/r/race.json', 'races/r/summary.json', 'races/r/track.json'])
  for (const file of files.slice(0, 2)) assert.equal((JSON.parse(readFileSync(join(disk, file), 'utf8')) as { status: string }).status, 'running')
})

test('a log on a full disk is said once, and costs the race nothing', async (t) => {
  const disk = smallDisk(t, '.rally/logs')
  if (disk === null) return
  const home = disk.folder
  fillDisk(disk.path)
  const cluster = await startStubCluster((end) => t.after(end))
  const ended = await raceToEnd([`--track-path=${writeTrack({ schedule: [searchTask()] })}`, `--target-hosts=${cluster.where}`], { home })
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(ended.stderr.match(/\[WARNING\] .*rally\.log: the disk is full.*\n/g)?.length, 1, ended.stderr)
})

test('a report file on a full disk is an error that names it; the report is on stdout', async (t) => {
  const disk = smallDisk(t)?.path
  if (disk === undefined) return
  mkdirSync(join(disk, 'reports'))
  // A page of the disk but for a few bytes: the beginning of a report still fits.
  const before = `${'x'.repeat(4080)}\n`
  writeFileSync(join(disk, 'reports', 'report.md'), before)
  fillDisk(disk)
  const cluster = await startStubCluster((end) => t.after(end))
  const file = join(disk, 'reports', 'report.md')
  const ended = await raceToEnd([`--track-path=${writeTrack({ schedule: [searchTask()] })}`, `--target-hosts=${cluster.where}`, `--report-file=${file}`])
  assert.equal(ended.code, 64, ended.stderr)
  assert.match(errorOf(ended), /disk\/reports\/report\.md.*(ENOSPC|disk is full)/)
  assert.match(ended.stdout, /100th percentile service time +\| +find \|/)
  assert.equal(readFileSync(file, 'utf8'), before)
})
