// Nodes with nothing but a daemon and a key: what they lack comes from the coordinator, and nothing more than that.

import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { after, before, describe, test, type TestContext } from 'node:test'
import { DaemonHome, freePort } from '../helpers/daemon-process.ts'
import { accountOf, errorOf, startRace, temporaryFolder, type RunningRace } from '../helpers/race-process.ts'
import { openProxy, type Proxy } from '../hosts/proxy.ts'
import { smallDisk } from '../helpers/small-disk.ts'
import { startStubCluster, type ClusterRequest, type StubCluster } from '../helpers/stub-cluster.ts'

const coordinator = new DaemonHome()
const names = ['a', 'b', 'c'] as const
type Name = (typeof names)[number]
const homes = Object.fromEntries(names.map((name) => [name, new DaemonHome()])) as Record<Name, DaemonHome>
let port = 0
let slow: Proxy

/** Four entries of the offset table: each of two clients reads two of them. */
const DOCUMENTS = 200_000

before(async () => {
  port = await freePort()
  await coordinator.makeClusterKey()
  for (const name of names) await coordinator.keyFor(name, homes[name])
  const address = (name: Name): string => `127.0.0.${names.indexOf(name) + 2}`
  // Node c is reached through a network that a test can make slow.
  slow = await openProxy({ target: { host: address('c'), port } })
  coordinator.inventory(names.map((name) => ({ name, host: name === 'c' ? slow.host : address(name), port: name === 'c' ? slow.port : port })))
  await Promise.all(names.map((name) => homes[name].start(`--node-name=${name}`, `--node-ip=${address(name)}`, `--port=${port}`)))
})

after(() => slow.close())

/** A track as people write them: in parts, with the body of its index in a file, and its data beside it. */
function customTrack({ documents = DOCUMENTS, file = 'documents.json' } = {}): string {
  const folder = join(temporaryFolder(), 'own')
  mkdirSync(join(folder, 'parts'), { recursive: true })
  const track = `{% import "rally.helpers" as rally with context %}
{ "version": 2, "description": "own",
  "indices": [{ "name": "own", "body": "index.json" }],
  "corpora": [{ "name": "numbers", "documents": [{ "source-file": ${JSON.stringify(file)}, "document-count": ${documents}, "target-index": "own" }] }],
  "operations": [{{ rally.collect(parts="parts/*.json") }}],
  "schedule": [{ "operation": "make" }, { "operation": "fill", "clients": 2 }] }`
  writeFileSync(join(folder, 'track.json'), track)
  writeFileSync(join(folder, 'index.json'), '{"settings":{"index.number_of_shards":3}}')
  writeFileSync(join(folder, 'parts', 'make.json'), '{ "name": "make", "operation-type": "create-index" }')
  writeFileSync(join(folder, 'parts', 'fill.json'), '{ "name": "fill", "operation-type": "bulk", "bulk-size": 5000 }')
  const data = Buffer.from(Array.from({ length: documents }, (_, n) => `{"n":${n}}\n`).join(''))
  writeFileSync(join(folder, file), file.endsWith('.gz') ? gzipSync(data) : data)
  return folder
}

let races = 0
function race(target: StubCluster, track: string, ...flags: readonly string[]): RunningRace & { readonly id: string } {
  const id = `f${++races}`
  const running = startRace([`--race-id=${id}`, `--track-path=${track}`, `--target-hosts=${target.where}`, ...flags], { home: coordinator.folder })
  return Object.assign(running, { id })
}

const cluster = (t: TestContext): Promise<StubCluster> => startStubCluster((end) => t.after(end))

/** Numbers of the documents that came, in order. */
function numbersIn(requests: readonly ClusterRequest[]): number[] {
  const bodies = requests.filter(({ path }) => path.includes('_bulk')).map(({ body }) => body.split('\n'))
  return bodies.flatMap((lines) => lines.filter((line) => line.startsWith('{"n":')).map((line) => (JSON.parse(line) as { n: number }).n)).sort((x, y) => x - y)
}

function keptAt(name: Name): { readonly path: string; readonly pieces: readonly number[]; readonly folder: string }[] {
  const folder = homes[name].path('benchmarks', 'data', '.from-coordinators', name)
  return readdirSync(folder)
    .filter((entry) => existsSync(join(folder, entry, 'record.json')))
    .map((entry) => ({ ...(JSON.parse(readFileSync(join(folder, entry, 'record.json'), 'utf8')) as { path: string; pieces: number[] }), folder: join(folder, entry) }))
}

describe('files of nodes', () => {
  test('two nodes with empty homes race over a track with bodies in files and a corpus, and send each document once', slices)
  test('what nodes have is not sent again; what was changed at the coordinator is', again)
  test('a corpus that is compressed at the coordinator is decompressed there; a local node reads the files of the coordinator', compressed)
  test('with --no-distribute-corpora each node has its own copy, or says what it lacks', ownCopies)
  test('while a node fetches, the race and the status say so; what is slow delays no word between them, and a cut is survived', waiting)
  test('a data file whose name no node would take is one clear error, before the first request', badName)
  test('a node whose disk has no room ends the race before the first request, with its name, the file and the sizes', fullDisk)
})

async function slices(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const track = customTrack()
  const running = race(target, track, '--load-driver-hosts=a,b')
  const ended = await running.ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(accountOf(running.raceJson(running.id), 'fill').ok, DOCUMENTS / 5000)
  assert.deepEqual(numbersIn(target.requests), Array.from({ length: DOCUMENTS }, (_, n) => n))
  const created = target.requests.find(({ method, path }) => method === 'PUT' && path === '/own')
  assert.deepEqual(JSON.parse(created?.body ?? ''), { settings: { 'index.number_of_shards': 3 } })
  const whole = readFileSync(join(track, 'documents.json'))
  const pieces = Math.ceil(whole.length / 65_536)
  for (const name of ['a', 'b'] as const) {
    const data = keptAt(name).find(({ path }) => path === 'numbers/documents.json')
    // Its half, and the piece in which both halves meet.
    assert.ok(data !== undefined && data.pieces.length <= Math.ceil(pieces / 2) + 2, `${data?.pieces.length} of ${pieces} pieces at ${name}`)
    assert.ok(keptAt(name).some(({ path }) => path === 'parts/make.json'))
  }
}

async function again(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const track = customTrack({ documents: 20_000 })
  const toEnd = async (): Promise<void> => {
    const ended = await race(target, track, '--load-driver-hosts=a,b').ended
    assert.equal(ended.code, 0, ended.stderr)
  }
  const dataOf = (path: string): string[] => keptAt('a').filter((kept) => kept.path === path).map(({ folder }) => join(folder, 'data'))
  await toEnd()
  const count = dataOf('numbers/documents.json').length
  const writtenAt = dataOf('index.json').map((path) => statSync(path).mtimeMs)
  const changed = readFileSync(join(track, 'documents.json'), 'utf8').replace('{"n":0}', '{"n":7}')
  writeFileSync(join(track, 'documents.json'), changed)
  const seen = target.requests.length
  await toEnd()
  const numbers = numbersIn(target.requests.slice(seen))
  assert.deepEqual([numbers.length, numbers[0], numbers.filter((n) => n === 7).length], [20_000, 1, 2])
  assert.equal(dataOf('numbers/documents.json').length, count + 1)
  assert.deepEqual(dataOf('index.json').map((path) => statSync(path).mtimeMs), writtenAt)
}

async function compressed(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const track = customTrack({ documents: 30_000, file: 'documents.json.gz' })
  const ended = await race(target, track, '--load-driver-hosts=localhost,b').ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(numbersIn(target.requests), Array.from({ length: 30_000 }, (_, n) => n))
  assert.ok(!existsSync(coordinator.path('benchmarks', 'data', '.from-coordinators')))
}

async function ownCopies(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const track = customTrack({ documents: 10_000 })
  const flags = ['--no-distribute-corpora', '--load-driver-hosts=a,b']
  const without = await race(target, track, ...flags).ended
  assert.equal(without.code, 64)
  assert.match(errorOf(without), /node [ab]: .*documents\.json/)
  for (const name of ['a', 'b'] as const) {
    const folder = homes[name].path('benchmarks', 'data', 'numbers')
    mkdirSync(folder, { recursive: true })
    copyFileSync(join(track, 'documents.json'), join(folder, 'documents.json'))
    t.after(() => rmSync(folder, { recursive: true }))
  }
  const ended = await race(target, track, ...flags).ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(numbersIn(target.requests), Array.from({ length: 10_000 }, (_, n) => n))
}

async function waiting(t: TestContext): Promise<void> {
  const target = await cluster(t)
  slow.set({ bandwidthBps: 80_000, direction: 'to-server' })
  t.after(() => slow.set({ bandwidthBps: 0 }))
  const running = race(target, customTrack({ documents: 120_000 }), '--load-driver-hosts=a,c')
  await running.says(/Waiting for node c: fetching numbers\/documents\.json, [\d.]+[KM]?B of [\d.]+[KM]B \(\d+ s\)/)
  assert.match((await coordinator.status('--json')).stdout, /"preparing"/)
  slow.cut()
  slow.set({ bandwidthBps: 0 })
  const ended = await running.ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.doesNotMatch(ended.stderr, /silent/)
  assert.deepEqual(numbersIn(target.requests), Array.from({ length: 120_000 }, (_, n) => n))
}

async function fullDisk(t: TestContext): Promise<void> {
  const disk = smallDisk(t)
  if (disk === null) return
  const ini = homes.c.path('rally.ini')
  writeFileSync(ini, `[meta]\nconfig.version = 17\n[benchmarks]\nlocal.dataset.cache = ${disk.path}\n`)
  t.after(() => rmSync(ini))
  const target = await cluster(t)
  const ended = await race(target, customTrack(), '--load-driver-hosts=localhost,c').ended
  assert.equal(ended.code, 64, ended.stderr)
  assert.match(errorOf(ended), /node c: no space left for numbers\/documents\.json: it needs 1\d{6} bytes in \[.*\/disk\/\.from-coordinators\/c\], \d+ bytes are free/)
  assert.deepEqual(target.requests, [])
}

async function badName(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const ended = await race(target, customTrack({ documents: 1000, file: 'docu\\ments.json' }), '--load-driver-hosts=a,b').ended
  assert.equal(ended.code, 64, ended.stderr)
  assert.match(errorOf(ended), /Cannot race: file \[numbers\/docu\\ments\.json\] cannot be sent to load drivers: its name holds a backslash$/)
  assert.match(ended.stderr, /Hint: rename it, or .*--no-distribute-corpora/)
  assert.deepEqual(target.requests, [])
}
