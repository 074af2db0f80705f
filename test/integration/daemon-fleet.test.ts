// Several daemons on loopback addresses, each with a home of its own: who knows whom, and what `rally status` says.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { DaemonHome, freePort } from '../helpers/daemon-process.ts'
import { isAlive, until } from '../helpers/race-process.ts'
import { openProxy } from '../hosts/proxy.ts'

const [coordinator, a, b] = [new DaemonHome(), new DaemonHome(), new DaemonHome()]
let port = 0

before(async () => {
  await coordinator.makeClusterKey()
  await coordinator.keyFor('a', a)
  await coordinator.keyFor('b', b)
  port = await freePort()
})

const flags = (node: string, ip: string): string[] => [`--node-name=${node}`, `--node-ip=${ip}`, '--coordinator-ip=127.0.0.1', `--port=${port}`]

interface SeenNode {
  readonly node: string
  readonly address: string
  readonly state: string
  readonly trouble?: string
  readonly 'last-seen': string | null
  readonly 'round-trip-ms'?: number
  readonly 'clock-offset-ms'?: number
}

async function fleet(): Promise<{ readonly code: number | null; readonly nodes: readonly SeenNode[]; readonly daemon: string }> {
  const { code, stdout, stderr } = await coordinator.status('--json')
  assert.ok(stdout.startsWith('{'), stderr)
  const { nodes, 'coordinator-daemon': daemon } = JSON.parse(stdout) as { nodes: SeenNode[]; 'coordinator-daemon': string }
  return { code, nodes, daemon }
}

/** Until the coordinator sees exactly these nodes in these states; fails when it never does. */
async function untilFleet(states: Readonly<Record<string, string>>): Promise<Awaited<ReturnType<typeof fleet>>> {
  const endAt = process.uptime() + 40
  for (;;) {
    const seen = await fleet()
    const now = Object.fromEntries(seen.nodes.map(({ node, state }) => [node, state]))
    if (JSON.stringify(now) === JSON.stringify(states)) return seen
    assert.ok(process.uptime() < endAt, `${JSON.stringify(now)} instead of ${JSON.stringify(states)}`)
    await wait(200)
  }
}

test('a node that is started before its coordinator keeps trying, says so, and is known soon after', async () => {
  await a.start(...flags('a', '127.0.0.2'))
  const alone = await a.daemon('status')
  assert.equal(alone.code, 64)
  assert.match(alone.stdout, new RegExp(`^Coordinator +127\\.0\\.0\\.1:${port}: not reached for \\d+.*, it keeps trying`, 'm'))
  assert.match(alone.stderr, /does not know this node.*\nHint: .*start/)
  await coordinator.start(...flags('coord', '127.0.0.1'))
  await b.start(...flags('b', '127.0.0.3'))
  const { code, nodes, daemon } = await untilFleet({ a: 'idle', b: 'idle', coord: 'idle' })
  assert.deepEqual([code, daemon], [0, 'up'])
  assert.deepEqual(
    nodes.map(({ address }) => address),
    [`127.0.0.2:${port}`, `127.0.0.3:${port}`, `127.0.0.1:${port}`]
  )
  for (const node of nodes) {
    assert.ok((node['round-trip-ms'] ?? -1) > 0)
    assert.ok(Math.abs(node['clock-offset-ms'] ?? Infinity) <= (node['round-trip-ms'] ?? 0) / 2 + 2, 'one clock, but an offset')
  }
  const together = await a.daemon('status')
  assert.equal(together.code, 0, together.stderr)
  assert.match(together.stdout, /: connected for /)
})

test('the table has a line for each node, and a node that is gone says since when and what to do', async () => {
  const { pid } = b
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid), 'it lives')
  await untilFleet({ a: 'idle', b: 'unreachable', coord: 'idle' })
  const { code, stdout, stderr } = await coordinator.status()
  assert.equal(code, 64)
  const [heading = '', ...lines] = stdout.trimEnd().split('\n')
  assert.match(heading, /^Node +Address +State +Version +Program +Cores +Memory +Disk free +Clock +Round trip +Chunks$/)
  assert.equal(lines.length, 3)
  assert.match(lines[1] ?? '', /^b +127\.0\.0\.3:\d+ +unreachable since \d\d:\d\d:\d\d \(/)
  assert.match(stderr, /\[ERROR\] node b: .*\nHint: .*rallyd start/)
  await b.start(...flags('b', '127.0.0.3'))
  await untilFleet({ a: 'idle', b: 'idle', coord: 'idle' })
})

test("the coordinator's daemon may be down: the nodes are known all the same, and come back to it by themselves", async () => {
  await coordinator.daemon('stop')
  const { code, daemon } = await untilFleet({ a: 'idle', b: 'idle' })
  assert.deepEqual([code, daemon], [0, 'down'])
  assert.match((await coordinator.status()).stdout, /coordinator's daemon is down: these are the nodes it knew last/)
  await coordinator.start(...flags('coord', '127.0.0.1'))
  await untilFleet({ a: 'idle', b: 'idle', coord: 'idle' })
  const endAt = process.uptime() + 40
  while ((await a.daemon('status')).code !== 0) assert.ok(process.uptime() < endAt, 'a does not come back')
})

test('a second daemon of the same name is turned away, and told why', async () => {
  const other = new DaemonHome()
  await coordinator.keyFor('a', other)
  await other.start(...flags('a', '127.0.0.4'))
  const endAt = process.uptime() + 20
  for (let said = ''; !/another daemon is called a, at 127\.0\.0\.2/.test(said); said = (await other.daemon('status')).stdout)
    assert.ok(process.uptime() < endAt, said)
  const { nodes } = await fleet()
  assert.equal(nodes.find(({ node }) => node === 'a')?.address, `127.0.0.2:${port}`)
  await other.daemon('stop')
})

test('a node whose key is not of this cluster is no node, and learns it', async () => {
  const [stranger, elsewhere] = [new DaemonHome(), new DaemonHome()]
  await elsewhere.makeClusterKey()
  await elsewhere.keyFor('x', stranger)
  await stranger.start(...flags('x', '127.0.0.5'))
  const endAt = process.uptime() + 20
  for (let said = ''; !/does not accept this node's key/.test(said); said = (await stranger.daemon('status')).stdout) assert.ok(process.uptime() < endAt, said)
  await untilFleet({ a: 'idle', b: 'idle', coord: 'idle' })
  await stranger.daemon('stop')
})

test('a slow link shows in the round trip', async () => {
  const far = new DaemonHome()
  await coordinator.keyFor('far', far)
  const proxy = await openProxy({ target: { host: '127.0.0.6', port }, host: '127.0.0.7', delayMs: 30 })
  try {
    await far.start('--node-name=far', '--node-ip=127.0.0.6', `--port=${port}`)
    coordinator.inventory([{ name: 'far', host: '127.0.0.7', port: proxy.port }])
    const { nodes } = await untilFleet({ a: 'idle', b: 'idle', coord: 'idle', far: 'idle' })
    const roundTrip = nodes.find(({ node }) => node === 'far')?.['round-trip-ms'] ?? 0
    assert.ok(roundTrip >= 59, String(roundTrip))
  } finally {
    await proxy.close()
  }
})
