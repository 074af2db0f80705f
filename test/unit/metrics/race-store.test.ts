import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { diskError } from '../../../src/core/atomic-file.ts'
import { RallyError } from '../../../src/core/errors.ts'
import { JsonNumber, type JsonObject } from '../../../src/core/json.ts'
import { raceDocument, withoutSecrets, type RaceHeader } from '../../../src/metrics/race.ts'
import { findRace, listRaces, storeRace, storeSummary } from '../../../src/metrics/race-store.ts'
import { timestampForPeople, timestampMs, timestampText } from '../../../src/metrics/race-timestamp.ts'
import { storedRace } from '../../../src/metrics/stored-race.ts'
import { exactVectors, failuresOf } from '../../exact-vectors.ts'

const folders: string[] = []
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rally-races-'))
  folders.push(folder)
  return folder
}
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true })
})

const DAY_MS = 86_400_000
const header = (raceId: string, changes: Partial<RaceHeader> = {}): RaceHeader => ({
  raceId,
  startedAtMs: Date.UTC(2024, 0, 2, 3, 4, 5),
  rallyVersion: '0.1.0',
  rallyRevision: null,
  environment: 'local',
  pipeline: 'embedded',
  userTags: {},
  track: 'cities',
  trackRevision: null,
  trackParams: {},
  challenge: 'index-only',
  car: ['external'],
  carParams: {},
  pluginParams: {},
  cluster: { revision: null, distributionVersion: null, distributionFlavor: null, teamRevision: null },
  ...changes
})

async function folderWith(...headers: readonly RaceHeader[]): Promise<string> {
  const folder = await newFolder()
  for (const race of headers) await storeRace(folder, raceDocument(race, null, { status: 'finished' }))
  return folder
}

const idsOf = async (folder: string, filter: Parameters<typeof listRaces>[1]): Promise<readonly string[]> =>
  (await listRaces(folder, filter)).races.map((race) => race.raceId)

test('a stored race is found again, numbers as they were', async () => {
  const folder = await newFolder()
  const results: JsonObject = { op_metrics: [], merge_time: new JsonNumber('94.0'), store_size: new JsonNumber('9007199254740993') }
  await storeRace(folder, raceDocument(header('a'), results, { status: 'finished', seed: '42' }))
  const race = await findRace(folder, 'a')
  assert.deepEqual(race.results, [results])
  assert.deepEqual([race.status, race.car, race.challenge, race.raceTimestamp], ['finished', 'external', 'index-only', '20240102T030405Z'])
})

test('a race is written over whole, with nothing left beside it', async () => {
  const folder = await newFolder()
  await storeRace(folder, raceDocument(header('a'), null, { status: 'running' }))
  await Promise.all([
    storeRace(folder, raceDocument(header('a'), null, { status: 'finished' })),
    storeSummary(folder, { 'race-id': 'a', step: 1 })
  ])
  assert.deepEqual((await readdir(join(folder, 'a'))).sort(), ['race.json', 'summary.json'])
  assert.equal((await findRace(folder, 'a')).status, 'finished')
})

test('an unknown race is an error with the nearest id', async () => {
  const folder = await folderWith(header('nightly-1'), header('other'))
  await assert.rejects(
    findRace(folder, 'nigthly-1'),
    (error: RallyError) => error.kind === 'race' && error.hint.includes('[nightly-1]') && error.message.includes('[nigthly-1]')
  )
  await assert.rejects(findRace(join(folder, 'nowhere'), 'x'), RallyError)
  await assert.rejects(findRace(folder, '../other'), RallyError)
})

test('a race id that leaves the folder is refused', async () => {
  const folder = await newFolder()
  for (const raceId of ['..', 'a/b', '', 'a\0b'])
    await assert.rejects(storeRace(folder, raceDocument(header(raceId), null, null)), RallyError)
})

test('races are listed newest first; files that cannot be read are skipped with a warning', async () => {
  const folder = await folderWith(header('old', { startedAtMs: 0 }), header('new'), header('middle', { startedAtMs: DAY_MS }))
  for (const [name, text] of [
    ['broken', '{"race-id": '],
    ['odd', '[]'],
    ['undated', '{"race-id": "undated", "race-timestamp": "20240230T000000Z"}']
  ] as const) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'race.json'), text)
  }
  await mkdir(join(folder, 'node-only'))
  await writeFile(join(folder, 'a-file'), '')
  const { races, warnings } = await listRaces(folder)
  assert.deepEqual(
    races.map((race) => race.raceId),
    ['new', 'middle', 'old']
  )
  assert.equal(warnings.length, 3)
  assert.match(warnings.join('\n'), /broken.*Expecting value/)
  assert.deepEqual(await idsOf(folder, { limit: 2 }), ['new', 'middle'])
  assert.deepEqual(await idsOf(join(folder, 'nowhere'), {}), [])
})

test('filters narrow the list, together', async () => {
  const folder = await folderWith(
    header('a', { userTags: { name: 'nightly', branch: 'x', run: 5 } }),
    header('b', { userTags: { 'benchmark-name': 'nightly' }, track: 'geonames' }),
    header('c', { challenge: null, startedAtMs: Date.UTC(2024, 0, 3, 23, 59, 59) })
  )
  assert.deepEqual(await idsOf(folder, { benchmarkName: 'nightly' }), ['a', 'b'])
  assert.deepEqual(await idsOf(folder, { benchmarkName: 'nightly', track: 'geonames' }), ['b'])
  assert.deepEqual(await idsOf(folder, { challenge: 'index-only' }), ['a', 'b'])
  assert.deepEqual(await idsOf(folder, { fromDate: '20240103', toDate: '20240103' }), ['c'])
  assert.deepEqual(await idsOf(folder, { toDate: '20240102' }), ['a', 'b'])
  assert.deepEqual(await idsOf(folder, { userTags: { branch: 'x', run: '5' } }), ['a'])
  assert.deepEqual(await idsOf(folder, { userTags: { branch: 'y' } }), [])
})

test('what Elastic Rally wrote is read, also by older and newer ones', () => {
  const minimal = { 'race-id': 'r', 'race-timestamp': '20240102T030405Z' }
  assert.deepEqual(storedRace({ ...minimal, results: {} }).results, [])
  assert.deepEqual(storedRace({ ...minimal, results: [{ cluster_name: 'a' }, { cluster_name: 'b' }], car: 'defaults' }).results.length, 2)
  for (const { expected } of exactVectors('results.json').filter(({ kind }) => kind === 'race')) {
    const text = String((expected as JsonObject)['race_json'])
    assert.equal(storedRace(JSON.parse(text) as JsonObject).results.length, 1)
  }
})

test('secrets never reach the file, however deep', async () => {
  const folder = await newFolder()
  await storeRace(
    folder,
    raceDocument(header('a', { trackParams: { secret_key: 'abc', plain: 1, deep: [{ secret_token: 'xyz' }] } }), null, null)
  )
  const text = await readFile(join(folder, 'a', 'race.json'), 'utf8')
  assert.ok(!text.includes('abc') && !text.includes('xyz'))
  assert.deepEqual(withoutSecrets({ secret_a: 1, b: 2 }), { secret_a: '<hidden>', b: 2 })
})

test('a write that fails says what is wrong with the disk', async () => {
  const folder = await newFolder()
  await writeFile(join(folder, 'a'), '')
  await assert.rejects(
    storeRace(folder, raceDocument(header('a'), null, null)),
    (error: RallyError) => error.kind === 'disk' && error.message.includes(folder)
  )
  assert.match(diskError('/x', Object.assign(new Error('no space'), { code: 'ENOSPC' })).message, /^\/x: the disk is full$/)
})

test('timestamps are Elastic Rally’s', () => {
  const cases = exactVectors('units-format.json')
  assert.deepEqual(
    failuresOf(
      cases.filter(({ kind }) => kind === 'to_iso8601'),
      ({ input, expected }) => {
        const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = input['args'] as readonly number[]
        const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second))
        date.setUTCFullYear(year)
        assert.equal(timestampText(date.getTime()), expected)
      }
    ),
    []
  )
  assert.deepEqual(
    failuresOf(
      cases.filter(({ kind }) => kind === 'from_iso8601'),
      ({ input, expected }) => {
        const [text = ''] = input['args'] as readonly string[]
        assert.equal(timestampMs(text), expected === null ? null : Date.parse(`${String(expected)}Z`))
      }
    ),
    []
  )
  assert.equal(timestampForPeople('20240102T030405Z'), '2024-01-02 03:04:05')
})
