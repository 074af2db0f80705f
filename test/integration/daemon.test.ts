// One daemon, from its start to its end, as a user and his scripts meet it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { descendantsOf, identityOf, type ProcessIdentity } from '../../src/node/process-table.ts'
import { stopDaemon } from '../../src/node/stop-daemon.ts'
import { environmentOf, MAIN } from '../cli/run-rally.ts'
import { DaemonHome, freePort } from '../helpers/daemon-process.ts'
import { isAlive, until } from '../helpers/race-process.ts'

/** Runs a shell's line to the end of its output: a pipe that somebody still holds has none. */
function shell(line: string, home: DaemonHome): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn('bash', ['-c', line], {
    env: { ...environmentOf({ home: home.folder }), RALLY: `${process.execPath} ${MAIN}` },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`it holds the pipe: ${output}`)), 40_000)
    child.on('close', (code) => {
      clearTimeout(deadline)
      resolve({ code, output })
    })
  })
}

function writePidFile(home: DaemonHome, identity: ProcessIdentity | null): void {
  const settings = { nodeName: 'a', nodeIp: null, port: 1900, coordinator: null }
  writeFileSync(home.path('daemon.pid'), JSON.stringify({ process: identity, host: 'here', startedAtMs: 0, settings, listensAt: 'x' }))
}

test('start returns when the daemon listens, and leaves its caller neither a pipe nor a file', async () => {
  const home = new DaemonHome()
  const line = 'exec 9>$HOME/held 200> >(cat); $RALLY daemon start --node-name=a 2>&1 | cat; exit ${PIPESTATUS[0]}'
  const { code, output } = await shell(line, home)
  assert.equal(code, 0, output)
  assert.match(output, /^Node a listens at .*daemon\.sock \(pid \d+/)
  const files = readdirSync(`/proc/${home.pid}/fd`).map((fd) => `${fd} ${readlinkSync(`/proc/${home.pid}/fd/${fd}`)}`)
  assert.deepEqual(
    files.filter((file) => /held$|^200 |^[012] (?!\/dev\/null|.*daemon\.log)/.test(file)),
    []
  )
  assert.equal((await home.daemon('status')).code, 0)
})

test('a daemon without a key is reachable over a socket of its user only, and says so', async () => {
  const home = new DaemonHome()
  const port = await freePort()
  const { code, stdout } = await home.daemon('start', '--node-name=a', '--node-ip=127.0.0.2', `--port=${port}`)
  assert.equal(code, 0)
  assert.match(stdout, /no key.*\n.*rally cluster key export --node a \| ssh .* rally cluster key import/)
  assert.equal(statSync(home.socket).mode & 0o777, 0o600)
  assert.equal(statSync(home.path('node')).mode & 0o777, 0o700)
  const taken = createServer()
  await new Promise<void>((resolve, reject) => taken.once('error', reject).listen(port, '127.0.0.2', resolve))
  taken.close()
})

test('a second start is refused by name, also when many come at once', async () => {
  const home = new DaemonHome()
  const starts = await Promise.all([1, 2, 3, 4].map(() => home.daemon('start', '--node-name=a')))
  assert.deepEqual(starts.map(({ code }) => code ?? -1).sort((a, b) => a - b), [0, 64, 64, 64])
  for (const { code, stderr } of starts) if (code !== 0) assert.match(stderr, /runs already|just starting/)
  const again = await home.daemon('start', '--node-name=b')
  assert.match(again.stderr, new RegExp(`the daemon of node a runs already \\(pid ${home.pid},`))
})

test('a pid file that another process has inherited is not believed', async () => {
  const home = new DaemonHome()
  await home.start('--node-name=a')
  const before = home.pid
  process.kill(before, 'SIGKILL')
  await until(() => !isAlive(before), 'it lives')
  assert.equal((await home.daemon('status')).code, 64)
  // As if the system had given its id to us.
  const self = identityOf(process.pid)
  assert.ok(self !== null)
  writePidFile(home, { ...self, startTicks: self.startTicks - 1 })
  const stop = await home.daemon('stop')
  assert.equal(stop.code, 64)
  assert.match(stop.stderr, /no daemon of this home runs/)
  await home.start('--node-name=a')
})

test('stop ends a daemon that was halted in good order, and one that ignores it by force', async () => {
  const home = new DaemonHome()
  await home.start('--node-name=a')
  const { pid } = home
  process.kill(pid, 'SIGSTOP')
  assert.match((await home.daemon('status')).stderr, /is there \(pid \d+\), but does not answer/)
  const stop = await home.daemon('stop')
  assert.equal(stop.code, 0, stop.stderr)
  assert.match(stop.stdout, /has ended/)
  assert.ok(!isAlive(pid))
  const stubborn = spawn('bash', ['-c', "trap '' TERM; sleep 600 & echo ready; while :; do sleep 600; done"], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  await once(stubborn.stdout, 'data')
  const children = descendantsOf(stubborn.pid ?? 0)
  assert.ok(children.length > 0)
  writePidFile(home, identityOf(stubborn.pid ?? 0))
  assert.equal((await stopDaemon(home.path('daemon.pid'), 300)).wasKilled, true)
  assert.ok(![stubborn.pid ?? 0, ...children.map((child) => child.pid)].some(isAlive))
})

test('stop and SIGTERM end it in good order: pid file and socket are gone', async () => {
  const home = new DaemonHome()
  await home.start('--node-name=a')
  const { pid } = home
  process.kill(pid, 'SIGHUP')
  assert.equal((await home.daemon('status')).code, 0)
  process.kill(pid, 'SIGTERM')
  await until(() => !isAlive(pid), 'it does not end')
  assert.ok(!existsSync(home.socket) && !existsSync(home.path('daemon.pid')))
  assert.equal((await home.daemon('stop')).code, 64)
})

test('restart keeps what no flag changes, and starts a daemon that did not run', async () => {
  const home = new DaemonHome()
  const port = await freePort()
  await home.start('--node-name=a', '--node-ip=127.0.0.2', `--port=${port}`)
  assert.equal((await home.daemon('restart', '--node-name=b')).code, 0)
  const { stdout } = await home.daemon('status', '--json')
  assert.equal((JSON.parse(stdout) as { daemon: { node: string } }).daemon.node, 'b')
  const { pid } = home
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid), 'it lives')
  assert.match((await home.daemon('restart')).stdout, /^Node b listens/)
  await home.daemon('stop')
  assert.equal((await home.daemon('restart', '--node-name=c')).code, 0)
})

test('in the foreground it shows its log, and ends with 0 when told to', async () => {
  const home = new DaemonHome()
  const child = spawn(process.execPath, [MAIN, 'daemon', 'start', '--foreground', '--node-name=a'], {
    env: environmentOf({ home: home.folder }),
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let shown = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (shown += text))
  await until(() => shown.includes('node a listens'), 'it does not listen')
  assert.equal((await home.daemon('status')).code, 0)
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)))
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
})

test('a port that is taken is told with the one who has it', async () => {
  const coordinator = new DaemonHome()
  await coordinator.makeClusterKey()
  const port = await freePort()
  await coordinator.start('--node-name=first', '--node-ip=127.0.0.2', `--port=${port}`)
  const second = new DaemonHome()
  await coordinator.keyFor('second', second)
  const refused = await second.daemon('start', '--node-name=second', '--node-ip=127.0.0.2', `--port=${port}`)
  assert.equal(refused.code, 64)
  assert.match(refused.stderr, new RegExp(`127\\.0\\.0\\.2:${port} is in use by the daemon of node first \\(pid ${coordinator.pid}\\)`))
  const stranger = createServer()
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.2', resolve))
  const taken = (stranger.address() as AddressInfo).port
  const other = await second.daemon('start', '--node-name=second', '--node-ip=127.0.0.2', `--port=${taken}`)
  assert.match(other.stderr, new RegExp(`in use by pid ${process.pid} \\(`))
  stranger.close()
  const nowhere = await second.daemon('start', '--node-name=second', '--node-ip=192.0.2.1', `--port=${port}`)
  assert.equal(nowhere.code, 64)
  assert.match(nowhere.stderr, /192\.0\.2\.1 is no address of this machine\nHint: --node-ip is one of .*127\.0\.0\.1/s)
})

test('the key of another node does not start a daemon that nobody can use', async () => {
  const coordinator = new DaemonHome()
  await coordinator.makeClusterKey()
  const home = new DaemonHome()
  await coordinator.keyFor('a', home)
  const { code, stderr } = await home.daemon('start', '--node-name=b', '--node-ip=127.0.0.2', `--port=${await freePort()}`)
  assert.equal(code, 64)
  assert.match(stderr, /the key of this machine is that of node a, not of b/)
  assert.ok(!existsSync(home.socket))
  await home.start('--node-name=a', '--node-ip=127.0.0.2', `--port=${await freePort()}`)
  const { pid } = home
  assert.equal((await home.daemon('restart', '--node-name=b')).code, 64)
  assert.ok(isAlive(pid), 'it was stopped for one that cannot start')
})

test('flags that cannot be meant are refused together', async () => {
  const home = new DaemonHome()
  const { code, stderr } = await home.daemon('start', '--node-ip=here', '--port=0', '--node-name=my node', '--coordinator-ip=http://c')
  assert.equal(code, 2)
  for (const words of [/"here" is no IP address/, /"0" is no port/, /"my node" cannot be a node's name/, /"http:\/\/c" is no address/])
    assert.match(stderr, words)
  const named = await home.daemon('start', '--node-name=localhost', '--node-ip=127.0.0.2')
  assert.equal(named.code, 2)
  assert.match(named.stderr, /cannot be called localhost/)
})
