// Samples that lie on nodes come to the coordinator through their daemons: real processes, TLS, the whole wire.

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { DaemonHome, freePort } from '../helpers/daemon-process.ts'
import { filesOf, makeResults, plainRow, TASKS } from '../helpers/node-results.ts'
import { until } from '../helpers/race-process.ts'
import { rally } from '../cli/run-rally.ts'

const [coordinator, a, b] = [new DaemonHome(), new DaemonHome(), new DaemonHome()]

before(async () => {
  await coordinator.makeClusterKey()
  const port = await freePort()
  const nodes = [['a', a, '127.0.0.2'], ['b', b, '127.0.0.3']] as const
  for (const [name, home, ip] of nodes) {
    await coordinator.keyFor(name, home)
    await home.start(`--node-name=${name}`, `--node-ip=${ip}`, `--port=${port}`)
  }
  coordinator.inventory([...nodes.map(([name, , host]) => ({ name, host, port })), { name: 'gone', host: '127.0.0.9', port }])
})

/** As a coordinator leaves it that is killed in its race. */
function writeCrashedRace(): void {
  const folder = coordinator.path('benchmarks', 'races', 'r')
  mkdirSync(folder, { recursive: true })
  const race = { 'race-id': 'r', 'race-timestamp': '20260101T000000Z', track: 'test', cluster: {}, status: 'running', target: { line: 'a stub', distribution: 'x' } }
  writeFileSync(`${folder}/race.json`, JSON.stringify(race))
  const search = buildOperation('search', {})
  writeFileSync(`${folder}/track.json`, JSON.stringify(buildTrack(TASKS.map((name) => buildTask(search, { name })))))
}

test('`rally results pull` brings them from every node that has some, makes the report, and the nodes let them go', async () => {
  writeCrashedRace()
  const joined = { step: 0, tasks: {} }
  await makeResults(a.path('node'), { node: 'a', epoch: '0a', chunks: [{ rows: [plainRow(), plainRow({ error: 1 })] }], events: [{ node: 'a', epoch: '0a', ...joined }] })
  await makeResults(b.path('node'), { node: 'b', epoch: '0b', chunks: [{ rows: [plainRow()] }], events: [{ node: 'b', epoch: '0b', ...joined }] })
  const { code, stdout, stderr } = await rally(['results', 'pull', 'r'], { home: coordinator.folder })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /Node a: 2 files, \d+B/)
  assert.match(stderr, /Node b: 2 files, \d+B/)
  assert.match(stderr, /node gone cannot be asked for its samples: 127\.0\.0\.9/)
  assert.match(stdout, /this is what its nodes had kept/)
  await until(() => filesOf(a.path('node', 'r')).size + filesOf(b.path('node', 'r')).size === 0, 'the nodes keep what was pulled')
  const exported = await rally(['results', 'export', 'r', '--format=csv'], { home: coordinator.folder })
  assert.deepEqual(exported.stdout.trimEnd().split('\n').slice(1).map((line) => line.split(',')[1]), ['a', 'a', 'b'])
})

test('a race that no node has is one clear line', async () => {
  const { code, stderr } = await rally(['results', 'pull', 'other'], { home: coordinator.folder })
  assert.equal(code, 64)
  assert.match(stderr, /no samples of race \[other\] are here/)
})
