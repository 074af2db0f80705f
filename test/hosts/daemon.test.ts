// Daemons on hosts of their own: what `ssh host rallyd start` leaves, and what `rally status` says when links, hosts and processes go.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { isAlive, until } from '../helpers/race-process.ts'
import { TestHosts, whyNoHosts, type Ended } from './test-hosts.ts'

const skip = whyNoHosts({ sshd: true }) ?? false
const RALLYD = `${process.execPath} ${process.cwd()}/dist-test/src/cli/main.js daemon`

let hosts: TestHosts

before(async () => {
  if (skip !== false) return
  hosts = new TestHosts({ sshd: true })
  await hosts.up('c', 'a', 'b')
  const { code, stderr } = await makeKeys(['a', 'b'])
  assert.equal(code, 0, stderr)
})
after(() => (skip === false ? hosts.close() : undefined))

/** The coordinator's key, and with it the keys of the others, carried there by SSH. */
function makeKeys(nodes: readonly string[]): Promise<Ended> {
  const lib = `${process.cwd()}/dist-test/src/protocol/cluster-key.js`
  const run = (code: string): string => `${process.execPath} --input-type=module -e "import * as k from '${lib}'; ${code}"`
  const key = '/root/.rally/cluster/key'
  const create = run(`await k.createClusterKey('${key}', { replace: false })`)
  const carry = nodes.map((node) => {
    const line = run(`const { key } = await k.readKey('${key}'); console.log(k.exportNodeKey(key, '${node}'))`)
    const take = `import * as k from '${lib}'; import { readFileSync } from 'node:fs'; await k.importNodeKey('${key}', readFileSync(0, 'utf8'), { replace: true })`
    return `${line} | ssh ${node} ${process.execPath} --input-type=module -e "'${take.replaceAll("'", `'\\"'\\"'`)}'"`
  })
  return hosts.exec('c', ['bash', '-ec', [create, ...carry].join('\n')])
}

const start = (name: string): string => `start --node-name=${name} --node-ip=${hosts.address(name)} --coordinator-ip=${hosts.address('c')}`

interface SeenNode {
  readonly node: string
  readonly state: string
}

async function fleet(): Promise<Record<string, string>> {
  const { stdout, stderr } = await hosts.exec('c', ['sh', '-c', `${RALLYD.replace(/ daemon$/, '')} status --json`])
  assert.ok(stdout.startsWith('{'), stderr)
  const { nodes } = JSON.parse(stdout) as { nodes: SeenNode[] }
  return Object.fromEntries(nodes.map(({ node, state }) => [node, state]))
}

async function untilFleet(states: Readonly<Record<string, string>>): Promise<void> {
  const endAt = process.uptime() + 60
  for (let now = ''; now !== JSON.stringify(states); now = JSON.stringify(await fleet())) {
    assert.ok(process.uptime() < endAt, `${now} instead of ${JSON.stringify(states)}`)
    await wait(200)
  }
}

test('a daemon that is started by SSH lets its caller go, in any order, and lives on', { skip }, async () => {
  for (const name of ['a', 'b', 'c']) {
    const { code, stdout, stderr } = await hosts.exec('c', ['ssh', '-oBatchMode=yes', name, `${RALLYD} ${start(name)}`], {
      timeoutMs: 40_000
    })
    assert.equal(code, 0, stderr)
    assert.match(stdout, new RegExp(`^Node ${name} listens at ${hosts.address(name).replaceAll('.', '\\.')}:1900`))
  }
  await untilFleet({ a: 'idle', b: 'idle', c: 'idle' })
  // A daemon has no terminal of its own, and does not need one.
  const { code } = await hosts.exec('c', ['ssh', '-tt', '-oBatchMode=yes', 'a', `${RALLYD} restart`], { timeoutMs: 40_000 })
  assert.equal(code, 0)
  await untilFleet({ a: 'idle', b: 'idle', c: 'idle' })
})

test('a cut link and a frozen host are seen within seconds, and end without anybody doing anything', { skip }, async () => {
  for (const [cut, mend] of [
    [() => hosts.link('a', 'drop'), () => hosts.link('a', 'up')],
    [() => hosts.link('a', 'down'), () => hosts.link('a', 'up')],
    [() => hosts.freeze('a'), () => hosts.thaw('a')]
  ] as const) {
    await cut()
    await untilFleet({ a: 'unreachable', b: 'idle', c: 'idle' })
    await mend()
    await untilFleet({ a: 'idle', b: 'idle', c: 'idle' })
  }
})

test('a node that lost its power is known as the one that is missing, and is back with its first start', { skip }, async () => {
  const [pid = 0] = (await hosts.processes('b')).filter((line) => line.includes('daemon start')).map((line) => Number(line.split(' ')[0]))
  assert.ok(isAlive(pid))
  await hosts.down('b')
  await untilFleet({ a: 'idle', b: 'unreachable', c: 'idle' })
  await hosts.up('b')
  // The pid file is there, and its process of another boot.
  const { code, stderr } = await hosts.exec('b', ['sh', '-c', `${RALLYD} ${start('b')}`])
  assert.equal(code, 0, stderr)
  await untilFleet({ a: 'idle', b: 'idle', c: 'idle' })
})

test('a coordinator that lost its power finds its nodes again, and they find it', { skip }, async () => {
  await hosts.down('c')
  await hosts.up('c')
  await untilFleet({ a: 'idle', b: 'idle' })
  const { code, stderr } = await hosts.exec('c', ['sh', '-c', `${RALLYD} ${start('c')}`])
  assert.equal(code, 0, stderr)
  await untilFleet({ a: 'idle', b: 'idle', c: 'idle' })
  // Not from its file: they have told it themselves.
  const log = join(hosts.root, 'c/home/root/.rally/logs/daemon.log')
  const known = (): boolean =>
    ['a', 'b'].every((name) => readFileSync(log, 'utf8').split('node c listens').at(-1)?.includes(`node ${name} is at`))
  await until(known, 'a and b do not come back', 60_000)
})

test('on a full disk a daemon does not start, and says why', { skip }, async () => {
  const full = new TestHosts({ diskMb: 1 })
  try {
    await full.up('d')
    await full.exec('d', ['dd', 'if=/dev/zero', 'of=/root/big', 'bs=4k', 'status=none'])
    const { code, stderr } = await full.exec('d', ['sh', '-c', `${RALLYD} start --node-name=d`])
    assert.equal(code, 64)
    assert.match(stderr, /^\[ERROR\] .*: the disk is full\nHint: /)
    assert.deepEqual(await full.processes('d'), [])
    await full.exec('d', ['rm', '/root/big'])
    assert.equal((await full.exec('d', ['sh', '-c', `${RALLYD} start --node-name=d`])).code, 0)
  } finally {
    await full.close()
  }
})
