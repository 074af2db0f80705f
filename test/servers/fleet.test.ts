// README's chapter "Several load drivers", command by command, on four machines and against the real server; and how a node comes to
// the data it lacks when its line is bad.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { accountOf, type RaceJson } from '../helpers/race-process.ts'
import { whyNoHosts } from '../hosts/test-hosts.ts'
import { COORDINATOR, DRIVERS, ReadmeFleet } from './fleet.ts'
import { ask, countOf, distribution, port, version } from './server.ts'

const CITIES = 135_233
const TASKS = [
  'delete-index',
  'create-index',
  'check-cluster-health',
  'index-append',
  'refresh-after-index',
  'term',
  'match',
  'big-cities-by-bounding-box'
]
const IDLE = { a: 'idle', b: 'idle', c: 'idle', coord: 'idle' }

const why = whyNoHosts({ sshd: true })
// Where the tools are promised, as .ci/run does, a test that is left out is a failure.
const cannot = process.env['RALLY_REQUIRE_TOOLS'] === '1' ? null : why
const skip = distribution === 'opensearch' ? (cannot ?? false) : 'one server is enough'

describe('several load drivers', { skip }, () => {
  let fleet: ReadmeFleet
  before(async () => {
    assert.equal(why, null)
    fleet = await ReadmeFleet.open(port)
  })
  after(() => fleet.close())

  test('keys go to the nodes by SSH, daemons start in any order, and status shows them all', (t) => makesCluster(fleet, t))
  test('a race by two of them: its load, its report, what status says meanwhile, its samples', (t) => races(fleet, t))
  test('a node that lacks data gets its part, over a line that is cut in the middle again and again', (t) => fetches(fleet, t))
})

async function makesCluster(fleet: ReadmeFleet, t: TestContext): Promise<void> {
  await fleet.types('rally cluster key create')
  for (const name of DRIVERS) {
    const { stdout } = await fleet.types(`rally cluster key export --node ${name} | ssh ${name} rally cluster key import`)
    assert.match(stdout, new RegExp(`the key of node ${name} now`))
  }
  fleet.isPatient()
  const coordinator = fleet.hosts.address(COORDINATOR)
  const start = (name: string): string => `rallyd start --node-name=${name} --node-ip=${fleet.hosts.address(name)} --coordinator-ip=${coordinator}`
  // Two of the nodes are there before their coordinator.
  await Promise.all(['a', 'b'].map((name) => fleet.types(`ssh ${name} ${start(name)}`)))
  await fleet.types(start(COORDINATOR))
  await fleet.types(`ssh c ${start('c')}`)
  await untilStates(fleet, (states) => JSON.stringify(states) === JSON.stringify(IDLE))
  const { stdout } = await fleet.types('rally status')
  for (const name of [COORDINATOR, ...DRIVERS]) assert.match(stdout, new RegExp(`^${name} +${fleet.hosts.address(name)}:1900 +idle `, 'm'))
  t.diagnostic(stdout)
}

async function races(fleet: ReadmeFleet, t: TestContext): Promise<void> {
  // All documents, and of each kind of step one: race.test.ts plays the whole track.
  const shorter = `--race-id=readme --track-params=iterations:20,bulk_size:5000 --include-tasks=${TASKS.join(',')}`
  const race = fleet.types(`rally race --track=cities --load-driver-hosts=a,b --target-hosts=x:9200 ${shorter}`)
  await Promise.race([untilStates(fleet, ({ a, b, c }) => a === 'running' && isRacing(b) && c === 'idle'), race])
  const { stdout: during } = await fleet.types('rally status')
  t.diagnostic(during)
  for (const name of ['a', 'b']) assert.match(during, new RegExp(`^${name} .*(running|between steps of) race readme`, 'm'))
  const { stdout, stderr } = await race
  t.diagnostic(stdout.split('\n', 1)[0]!)
  assert.match(stdout, new RegExp(`^Measured OpenSearch ${version.replaceAll('.', '\\.')} at x:9200 with track cities`))
  assert.doesNotMatch(stderr, /silent|\[ERROR\]/)
  assert.equal(await countOf('cities'), CITIES)
  await untilStates(fleet, (states) => JSON.stringify(states) === JSON.stringify(IDLE))
  await samplesAgree(fleet, stdout)
}

const isRacing = (state = ''): boolean => state === 'running' || state === 'ready'

/** What race.json counts, what each node did, and what is on the nodes' disks is one and the same. */
async function samplesAgree(fleet: ReadmeFleet, report: string): Promise<void> {
  const file = join(fleet.home(COORDINATOR), '.rally/benchmarks/races/readme/race.json')
  const race = JSON.parse(readFileSync(file, 'utf8')) as RaceJson & { readonly nodes: readonly { readonly name: string; readonly requests: number }[] }
  assert.equal(race.status, 'finished')
  const tasks = [...race.results.op_metrics, ...race['unreported-tasks']]
  const accounts = tasks.flatMap(({ account }) => [account.warmup, account.normal])
  const started = accounts.reduce((sum, account) => sum + account.started, 0)
  assert.equal(accounts.reduce((sum, account) => sum + account.ok, 0), started)
  assert.equal(accountOf(race, 'term').started, 40)
  assert.deepEqual(race.nodes.map(({ name }) => name), ['a', 'b'])
  assert.equal(race.nodes.reduce((sum, { requests }) => sum + requests, 0), started)
  for (const { name, requests } of race.nodes) {
    assert.ok(requests > 0)
    assert.match(report, new RegExp(`\\| +${name} +\\| +\\d+ +\\| +\\d+ +\\| +${requests} +\\|`))
  }
  await fleet.types('rally results pull readme')
  const { stdout } = await fleet.types('rally results export readme --format=csv')
  assert.equal(stdout.trimEnd().split('\n').length - 1, started)
}

/** Four entries of the offset table: each of the two clients reads two of them. */
const DOCUMENTS = 200_000

async function fetches(fleet: ReadmeFleet, t: TestContext): Promise<void> {
  const way = await fleet.badWayToC()
  // Control and status say less than this; half of the data is 4.5 MB, in base64 6.
  way.set({ dropAfterBytes: 1_500_000, direction: 'to-server' })
  writeTrack(join(fleet.home(COORDINATOR), 'numbers'))
  const { stderr } = await fleet.types('rally race --track-path=numbers --load-driver-hosts=b,c --target-hosts=x:9200 --race-id=fetched')
  t.diagnostic(`${way.cuts} times cut`)
  assert.ok(way.cuts >= 3, `only ${way.cuts} times cut`)
  assert.doesNotMatch(stderr, /silent|\[ERROR\]/)
  const found = await ask('POST', '/numbers/_search?size=0', '{"track_total_hits":true,"aggs":{"sum":{"sum":{"field":"n"}},"kinds":{"cardinality":{"field":"n"}}}}')
  const { hits, aggregations } = JSON.parse(JSON.stringify(found)) as { hits: { total: { value: number } }; aggregations: { sum: { value: number } } }
  assert.deepEqual([hits.total.value, aggregations.sum.value], [DOCUMENTS, (DOCUMENTS * (DOCUMENTS - 1)) / 2])
  // Its half of the data, by content, and all of the track.
  const kept = join(fleet.home('c'), '.rally/benchmarks/data/.from-coordinators/c')
  const records = readdirSync(kept)
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(kept, name, 'record.json'), 'utf8')) as { path: string; stamp: { bytes: number }; pieces: number[] })
  const data = records.find(({ path }) => path === 'numbers/numbers.json')
  const pieces = Math.ceil((data?.stamp.bytes ?? 0) / 65_536)
  assert.ok(data !== undefined && data.pieces.length <= pieces / 2 + 2 && data.pieces.length >= pieces / 2 - 1, `${data?.pieces.length} of ${pieces}`)
  assert.deepEqual(records.map(({ path }) => path).filter((path) => path.includes('.json') && !path.startsWith('numbers/')).sort(), ['index.json', 'track.json'])
}

function writeTrack(folder: string): void {
  mkdirSync(folder)
  const track = {
    version: 2,
    description: 'numbers',
    indices: [{ name: 'numbers', body: 'index.json' }],
    corpora: [{ name: 'numbers', documents: [{ 'source-file': 'numbers.json', 'document-count': DOCUMENTS, 'target-index': 'numbers' }] }],
    schedule: [
      { operation: { 'operation-type': 'delete-index' } },
      { operation: { 'operation-type': 'create-index' } },
      { operation: { 'operation-type': 'bulk', 'bulk-size': 5000 }, clients: 2 },
      { operation: { 'operation-type': 'refresh' } }
    ]
  }
  writeFileSync(join(folder, 'track.json'), JSON.stringify(track))
  writeFileSync(join(folder, 'index.json'), '{"settings":{"index.number_of_replicas":0},"mappings":{"properties":{"n":{"type":"long"}}}}')
  writeFileSync(join(folder, 'numbers.json'), Array.from({ length: DOCUMENTS }, (_, n) => `{"n":${n},"pad":"${'x'.repeat(24)}"}\n`).join(''))
}

async function untilStates(fleet: ReadmeFleet, are: (states: Record<string, string>) => boolean): Promise<void> {
  const endAt = process.uptime() + 60
  for (let states = await fleet.states(); !are(states); states = await fleet.states()) {
    assert.ok(process.uptime() < endAt, JSON.stringify(states))
    await wait(200)
  }
}
