// The hosts that other tests stand on are what they claim to be.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isAlive, until } from '../helpers/race-process.ts'
import { TestHosts, whyNoHosts } from './test-hosts.ts'

const skip = whyNoHosts({ sshd: true }) ?? false

const SERVE = [
  'node',
  '-e',
  'require("node:http").createServer((q, r) => r.end("from " + require("node:os").hostname())).listen(8080, () => console.log("up"))'
]

let hosts: TestHosts

before(async () => {
  if (skip !== false) return
  hosts = new TestHosts({ sshd: true, users: ['alice'], diskMb: 20 })
  await hosts.up('a', 'b', 'c')
})
after(() => (skip === false ? hosts.close() : undefined))

/** What host `from` gets from the web server of host `to`: its words, or the error's code, or `silence`. */
async function ask(from: string, to: string, patienceMs = 15_000): Promise<string> {
  const code = `const r = require('node:http').get('http://${to}:8080', (s) => s.pipe(process.stdout))
    r.on('error', (e) => console.log(e.code)); setTimeout(() => { console.log('silence'); process.exit() }, ${patienceMs}).unref()`
  return (await hosts.exec(from, ['node', '-e', code])).stdout.trim()
}

async function serve(name: string): Promise<void> {
  const server = hosts.spawn(name, SERVE)
  await new Promise((resolve, reject) => {
    server.stdout?.once('data', resolve)
    server.once('exit', reject)
  })
}

test('hosts have names, addresses, users and homes of their own', { skip }, async () => {
  assert.equal((await hosts.exec('b', ['hostname'])).stdout, 'b\n')
  assert.match(
    (await hosts.exec('a', ['getent', 'hosts', 'c'])).stdout,
    new RegExp(`^${hosts.address('c').replaceAll('.', '\\.')} +c$`, 'm')
  )
  assert.equal(
    (await hosts.exec('a', ['sh', '-c', 'echo $(id -un) $HOME $(pwd)'], { user: 'alice' })).stdout,
    'alice /home/alice /home/alice\n'
  )
  await hosts.exec('a', ['sh', '-c', 'echo mine >/tmp/file; echo mine >~/file; echo mine >/run/file'])
  assert.equal((await hosts.exec('b', ['sh', '-c', 'ls /tmp/file ~/file /run/file 2>/dev/null'])).stdout, '')
  assert.equal(readFileSync(join(hosts.root, 'a/fs/root/file'), 'utf8'), 'mine\n')
  assert.equal((await hosts.exec('a', ['sh', '-c', 'exit 7'])).code, 7)
})

test('a disk can be full on one host only', { skip }, async () => {
  const write = ['dd', 'if=/dev/zero', 'of=big', 'bs=1M', 'count=15', 'status=none']
  await hosts.exec('a', write)
  assert.match((await hosts.exec('a', ['cp', 'big', 'bigger'])).stderr, /No space left/)
  assert.equal((await hosts.exec('b', write)).code, 0)
  await hosts.exec('a', ['rm', '-f', 'big', 'bigger'])
})

test('a link can be pulled, or lose packets in silence, and heals', { skip }, async () => {
  await serve('a')
  assert.equal(await ask('b', 'a'), 'from a')
  await hosts.link('a', 'drop')
  assert.equal(await ask('b', 'a', 1000), 'silence')
  await hosts.link('a', 'up')
  await hosts.link('a', 'drop', 'c')
  assert.equal(await ask('b', 'a'), 'from a')
  assert.equal(await ask('c', 'a', 1000), 'silence')
  await hosts.link('a', 'down')
  assert.match(await ask('b', 'a', 1000), /silence|EHOSTUNREACH/)
  assert.equal(await ask('b', 'c'), 'ECONNREFUSED')
  await hosts.link('a', 'up')
  assert.equal(await ask('b', 'a'), 'from a')
})

test('a frozen host is silent, and goes on when it thaws', { skip }, async () => {
  await serve('c')
  await hosts.freeze('c')
  assert.equal(await ask('b', 'c', 1000), 'silence')
  await hosts.thaw('c')
  assert.equal(await ask('b', 'c'), 'from c')
})

test('one host reaches another by SSH with a verified key, and what is left in the background there lives on', { skip }, async () => {
  const { code, stdout } = await hosts.exec('a', ['ssh', '-oBatchMode=yes', 'alice@b', 'sleep 987 >/dev/null 2>&1 & hostname; id -un'])
  assert.deepEqual([code, stdout], [0, 'b\nalice\n'])
  const [pid = 0] = await hosts.kill('b', 'sleep 987', 'TERM')
  await until(() => !isAlive(pid), 'it did not end')
})

test('a power cut ends every process of a host at once, and its files survive', { skip }, async () => {
  await hosts.exec('b', ['sh', '-c', 'sleep 654 >/dev/null 2>&1 & echo kept >/var/tmp/kept'])
  const [pid = 0] = (await hosts.processes('b')).filter((line) => line.includes('sleep 654')).map((line) => Number(line.split(' ')[0]))
  assert.ok(isAlive(pid))
  await hosts.down('b')
  assert.ok(!isAlive(pid))
  await hosts.up('b')
  assert.equal((await hosts.exec('b', ['cat', '/var/tmp/kept'])).stdout, 'kept\n')
})
