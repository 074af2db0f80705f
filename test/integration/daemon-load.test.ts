// Load from daemons, over TLS, as a race on several machines has it.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { RallyError } from '../../src/core/errors.ts'
import { findNode, knownNodes, type KnownNode } from '../../src/node/known-nodes.ts'
import { nodePlaces } from '../../src/node/node-places.ts'
import { openRemoteNodes, type RemoteNode, type RemoteRace } from '../../src/node/remote-node.ts'
import { readKey } from '../../src/protocol/cluster-key.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { DaemonHome, freePort } from '../helpers/daemon-process.ts'
import { isAlive, until } from '../helpers/race-process.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { startStubTarget } from '../helpers/stub-target.ts'

const [coordinator, a, b] = [new DaemonHome(), new DaemonHome(), new DaemonHome()]
let nodes: readonly KnownNode[] = []

before(async () => {
  await coordinator.makeClusterKey()
  const port = await freePort()
  for (const [name, home, ip] of [
    ['a', a, '127.0.0.2'],
    ['b', b, '127.0.0.3']
  ] as const) {
    await coordinator.keyFor(name, home)
    await home.start(`--node-name=${name}`, `--node-ip=${ip}`, `--port=${port}`)
  }
  coordinator.inventory([
    { name: 'a', host: '127.0.0.2', port },
    { name: 'b', host: '127.0.0.3', port }
  ])
  nodes = (await knownNodes(nodePlaces(coordinator.path()))).nodes
})

const search = buildOperation('raw-request', { path: '/_search' }, 'search')
/** Two clients at 20 requests a second in all, for so many seconds, and a step after it. */
const steady = (seconds: number) =>
  buildTrack([
    buildTask(search, { clients: 2, timePeriod: seconds, params: { 'target-throughput': 20 } }),
    buildTask(search, { name: 'after', clients: 2, iterations: 3 })
  ])

async function open(race: Partial<RemoteRace> & Pick<RemoteRace, 'race'>, some = nodes): Promise<readonly RemoteNode[]> {
  const warned: string[] = []
  const key = await readKey(coordinator.keyFile)
  const opened = await openRemoteNodes({
    nodes: some,
    key,
    race: { token: `token of ${race.race}`, owner: 'esra@laptop', force: false, ...race },
    signal: new AbortController().signal,
    warn: (line) => warned.push(line),
    waits: () => undefined
  })
  return opened
}

async function statusLine(name: string): Promise<string> {
  const { stdout } = await coordinator.status()
  return stdout.split('\n').find((line) => line.startsWith(`${name} `)) ?? ''
}

async function untilStatus(words: RegExp): Promise<void> {
  const endAt = process.uptime() + 30
  for (let line = ''; !words.test(line); line = await statusLine('a')) assert.ok(process.uptime() < endAt, `${line} is not ${words}`)
}

test('two daemons play their clients, and status follows them from idle to idle', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  assert.match(await statusLine('a'), / idle /)
  const running = runSchedule({ track: steady(4), target, nodes: await open({ race: 'load' }) })
  await untilStatus(/ running race load step 1 of 2 /)
  const { result, measurements } = await running
  assert.deepEqual([result.phase, result.error], ['done', null])
  assert.deepEqual(
    measurements.map((one) => one.account.normal.ok),
    [80, 6]
  )
  await untilStatus(/ idle /)
})

test('a race whose process on a node is killed ends as invalid, with the node and how it died; the daemon serves the next', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const opened = await open({ race: 'killed' })
  const running = runSchedule({ track: steady(3600), target, nodes: opened })
  await until(() => target.requests.length > 20, 'no load')
  const pid = Number(/race killed of .* \(pid (\d+)\)/.exec(b.log)?.[1])
  assert.ok(isAlive(pid))
  process.kill(pid, 'SIGKILL')
  const { result } = await running
  assert.equal(result.phase, 'failed')
  assert.ok(result.error instanceof RallyError && result.error.kind === 'invalid', String(result.error))
  assert.match(result.error.message, /node b has no session of this race any more: the process of race killed on node b died \(SIGKILL\)/)
  await untilStatus(/ idle /)
  const again = await runSchedule({ track: steady(1), target, nodes: await open({ race: 'again' }) })
  assert.equal(again.result.phase, 'done')
})

test('nodes that cannot take part are told all at once, and those that could are free again', async () => {
  const nowhere = findNode('127.0.0.9', 1, nodes)
  const other = { ...nodes[1]!, node: 'c' }
  const thrown: unknown = await open({ race: 'none' }, [nodes[0]!, nowhere, other]).then(
    () => null,
    (error: unknown) => error
  )
  assert.ok(thrown instanceof RallyError)
  assert.equal(thrown.problems.length, 2)
  assert.match(thrown.problems.join('\n'), /^node 127\.0\.0\.9: 127\.0\.0\.9:1: .*\nnode c: 127\.0\.0\.3:\d+: /)
  await untilStatus(/ idle /)
})
