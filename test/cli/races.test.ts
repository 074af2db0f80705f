import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { rally, temporaryFolder } from './run-rally.ts'

/** A home with two races, one of them without results. */
function homeWithRaces(): string {
  const home = temporaryFolder()
  writeRace(home, 'race-a', {
    'race-timestamp': '20240102T030405Z',
    'user-tags': { name: 'nightly', intention: 'base' },
    results: results(10)
  })
  writeRace(home, 'race-b', { 'race-timestamp': '20240203T030405Z', results: results(20) })
  writeRace(home, 'race-c', { 'race-timestamp': '20230203T030405Z', track: 'other' })
  return home
}

function results(latency: number): object {
  const figures = { '50_0': latency, '100_0': latency * 2, mean: latency, unit: 'ms' }
  const throughput = { min: 1, mean: 2, median: 2, max: 3, unit: 'ops/s' }
  return {
    op_metrics: [
      {
        task: 'te\u001b[2Jrm',
        operation: 'term',
        throughput,
        latency: figures,
        service_time: figures,
        processing_time: figures,
        error_rate: 0
      }
    ]
  }
}

function writeRace(home: string, id: string, more: object): void {
  const folder = join(home, '.rally', 'benchmarks', 'races', id)
  mkdirSync(folder, { recursive: true })
  const base = {
    'rally-version': '2.13.0',
    environment: 'local',
    'race-id': id,
    pipeline: 'benchmark-only',
    'user-tags': {},
    track: 'demo',
    challenge: 'append'
  }
  writeFileSync(join(folder, 'race.json'), JSON.stringify({ ...base, car: 'external', cluster: {}, ...more }))
}

test('rally list races as JSON gives the races newest first, with their results, and nothing else', async () => {
  const { code, stdout, stderr } = await rally(['list', 'races', '--format=json', '--track=demo'], { home: homeWithRaces() })
  assert.equal(code, 0)
  assert.equal(stderr, '')
  const { races } = JSON.parse(stdout) as { races: { 'race-id': string; results: object }[] }
  assert.deepEqual(
    races.map((race) => race['race-id']),
    ['race-b', 'race-a']
  )
  assert.deepEqual(races[1]?.results, results(10))
})

test('rally list races filters by name, tags, days and number, and prints also when quiet', async () => {
  const home = homeWithRaces()
  const ids = async (...flags: string[]): Promise<string[]> => {
    const { stdout } = await rally(['list', 'races', '--format=json', '--quiet', ...flags], { home })
    return (JSON.parse(stdout) as { races: { 'race-id': string }[] }).races.map((race) => race['race-id'])
  }
  assert.deepEqual(await ids('--limit=1'), ['race-b'])
  assert.deepEqual(await ids('--user-tag=intention:base'), ['race-a'])
  assert.deepEqual(await ids('--benchmark-name=nightly'), ['race-a'])
  assert.deepEqual(await ids('--from-date=20240101', '--to-date=20240131'), ['race-a'])
})

test('rally compare prints the table, appends it to the report file, and shows no escape of a task', async () => {
  const home = homeWithRaces()
  const file = join(home, 'reports', 'compare.md')
  for (let i = 0; i < 2; i++) {
    const { code, stdout, stderr } = await rally(['compare', '--baseline=race-a', '--contender=race-b', `--report-file=${file}`], { home })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /Comparing baseline\n {2}Race ID: race-a\n/)
    assert.match(stdout, /50th percentile latency \| te\\x1b\[2Jrm \|/)
    assert.match(stderr, /\[INFO\] SUCCESS \(took \d+ seconds\)/)
  }
  assert.equal(readFileSync(file, 'utf8').match(/50th percentile latency/g)?.length, 2)
})

test('rally compare in CSV keeps its line ends, in JSON it is one object, also line by line in the file', async () => {
  const home = homeWithRaces()
  const line = ['compare', '--baseline=race-a', '--contender=race-b', '--quiet']
  const csv = await rally([...line, '--report-format=csv'], { home })
  assert.match(csv.stdout, /Metric,Task,Baseline,Contender,Diff,Unit,Diff %\r\n/)
  assert.equal(csv.stderr, '')
  const file = join(home, 'compare.json')
  for (let i = 0; i < 2; i++) {
    const json = await rally([...line, '--report-format=json', `--report-file=${file}`], { home })
    assert.equal((JSON.parse(json.stdout) as { baseline: { race_id: string } }).baseline.race_id, 'race-a')
  }
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  assert.equal(lines.length, 2)
  for (const one of lines) JSON.parse(one)
})

test('races that are not there are named, all of them, with the nearest one', async () => {
  const home = homeWithRaces()
  const { code, stderr } = await rally(['compare', '--baseline=race-x', '--contender=nothing'], { home })
  assert.equal(code, 64)
  assert.match(
    stderr,
    /\[ERROR\] Cannot compare: neither of the races can be read\n {2}- no race with race id \[race-x\].*did you mean \[race-[abc]\].*\n {2}- no race with race id \[nothing\]/
  )
  assert.equal((await rally(['compare', '--baseline=race-a'], { home })).code, 2)
})

test('a race without results is compared with a warning', async () => {
  const { code, stderr } = await rally(['compare', '--baseline=race-c', '--contender=race-a'], { home: homeWithRaces() })
  assert.equal(code, 0)
  assert.match(stderr, /\[WARNING\] race \[race-c\] has no results/)
})

test('a report file that cannot be written is an error that names it', async () => {
  const home = homeWithRaces()
  const { code, stderr } = await rally(['compare', '--baseline=race-a', '--contender=race-b', `--report-file=${home}`], { home })
  assert.equal(code, 64)
  assert.match(stderr, /the report cannot be written to .*EISDIR/)
})

test('a datastore that is not served yet is refused where results are read, unless in-memory is asked for', async () => {
  const home = homeWithRaces()
  writeFileSync(join(home, '.rally', 'rally.ini'), '[reporting]\ndatastore.type = elasticsearch\n')
  const refused = await rally(['list', 'races', '--format=json'], { home })
  assert.equal(refused.code, 64)
  assert.match(refused.stderr, /"elasticsearch" is not supported yet: give --datastore-type=in-memory/)
  assert.equal((await rally(['list', 'races', '--format=json', '--datastore-type=in-memory'], { home })).code, 0)
  assert.equal((await rally(['list', 'pipelines'], { home })).code, 0)
})
