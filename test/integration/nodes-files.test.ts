// Nodes with nothing but a daemon and a key: what they lack comes from the coordinator, and nothing more than that.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test, type TestContext } from 'node:test'
import { DaemonHome, freePort } from '../helpers/daemon-process.ts'
import { accountOf, startRace, temporaryFolder, type RunningRace } from '../helpers/race-process.ts'
import { startStubCluster, type ClusterRequest, type StubCluster } from '../helpers/stub-cluster.ts'

const coordinator = new DaemonHome()
const names = ['a', 'b'] as const
type Name = (typeof names)[number]
const homes = Object.fromEntries(names.map((name) => [name, new DaemonHome()])) as Record<Name, DaemonHome>
let port = 0

/** Four entries of the offset table: each of two clients reads two of them. */
const DOCUMENTS = 200_000

before(async () => {
  port = await freePort()
  await coordinator.makeClusterKey()
  for (const name of names) await coordinator.keyFor(name, homes[name])
  const address = (name: Name): string => `127.0.0.${names.indexOf(name) + 2}`
  coordinator.inventory(names.map((name) => ({ name, host: address(name), port })))
  await Promise.all(names.map((name) => homes[name].start(`--node-name=${name}`, `--node-ip=${address(name)}`, `--port=${port}`)))
})

/** A track as people write them: in parts, with the body of its index in a file, and its data beside it. */
function customTrack(documents = DOCUMENTS): string {
  const folder = join(temporaryFolder(), 'own')
  mkdirSync(join(folder, 'parts'), { recursive: true })
  const track = `{% import "rally.helpers" as rally with context %}
{ "version": 2, "description": "own",
  "indices": [{ "name": "own", "body": "index.json" }],
  "corpora": [{ "name": "numbers", "documents": [{ "source-file": "documents.json", "document-count": ${documents}, "target-index": "own" }] }],
  "operations": [{{ rally.collect(parts="parts/*.json") }}],
  "schedule": [{ "operation": "make" }, { "operation": "fill", "clients": 2 }] }`
  writeFileSync(join(folder, 'track.json'), track)
  writeFileSync(join(folder, 'index.json'), '{"settings":{"index.number_of_shards":3}}')
  writeFileSync(join(folder, 'parts', 'make.json'), '{ "name": "make", "operation-type": "create-index" }')
  writeFileSync(join(folder, 'parts', 'fill.json'), '{ "name": "fill", "operation-type": "bulk", "bulk-size": 5000 }')
  writeFileSync(join(folder, 'documents.json'), Array.from({ length: documents }, (_, n) => `{"n":${n}}\n`).join(''))
  return folder
}

let races = 0
function race(target: StubCluster, track: string, ...flags: readonly string[]): RunningRace & { readonly id: string } {
  const id = `f${++races}`
  const running = startRace([`--race-id=${id}`, `--track-path=${track}`, `--target-hosts=${target.where}`, '--load-driver-hosts=a,b', ...flags], { home: coordinator.folder })
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
})

async function slices(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const track = customTrack()
  const running = race(target, track)
  const ended = await running.ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(accountOf(running.raceJson(running.id), 'fill').ok, DOCUMENTS / 5000)
  assert.deepEqual(numbersIn(target.requests), Array.from({ length: DOCUMENTS }, (_, n) => n))
  const created = target.requests.find(({ method, path }) => method === 'PUT' && path === '/own')
  assert.deepEqual(JSON.parse(created?.body ?? ''), { settings: { 'index.number_of_shards': 3 } })
  const whole = readFileSync(join(track, 'documents.json'))
  const pieces = Math.ceil(whole.length / 65_536)
  for (const name of names) {
    const data = keptAt(name).find(({ path }) => path === 'numbers/documents.json')
    // Its half, and the piece in which both halves meet.
    assert.ok(data !== undefined && data.pieces.length <= Math.ceil(pieces / 2) + 2, `${data?.pieces.length} of ${pieces} pieces at ${name}`)
    assert.ok(keptAt(name).some(({ path }) => path === 'parts/make.json'))
  }
}
