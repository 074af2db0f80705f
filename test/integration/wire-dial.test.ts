// What one is told when the daemon one dials is not there, not the one, or not willing.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { test } from 'node:test'
import { dial, RefusedError, type DialOptions } from '../../src/protocol/dial.ts'
import { startListener, KEY } from '../helpers/test-listener.ts'

interface Ending {
  after(end: () => Promise<void> | void): void
}

async function portOf(t: Ending, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function call(port: number, more: Partial<DialOptions<'control'>> = {}): Promise<unknown> {
  return dial({ address: { host: '127.0.0.1', port }, identity: 'a', key: KEY, hello: { role: 'control', race: 'r' }, deadlineMs: 10_000, ...more })
}

/** Key and certificate. */
function selfSigned(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rally-pem-'))
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -out cert -subj /CN=127.0.0.1 -days 9'
  execFileSync('openssl', words.split(' '), { cwd: folder, stdio: 'ignore' })
  const pem = ['key', 'cert'].map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  rmSync(folder, { recursive: true })
  return pem
}

test('nobody listens: the address, and how to start a daemon there', async (t) => {
  const server = createServer()
  const port = await portOf(t, server)
  await new Promise((resolve) => server.close(resolve))
  await assert.rejects(call(port), {
    kind: 'node',
    message: `127.0.0.1:${port}: no daemon listens there (connection refused)`,
    hint: 'start the daemon there: rallyd start --node-name=a --node-ip=…'
  })
  await assert.rejects(call(port, { address: { socketPath: '/nonexistent/s' } }), {
    message: '/nonexistent/s: no daemon listens there (no such socket)',
    hint: 'start the daemon on this machine: rallyd start'
  })
})

test('the key or the name is wrong: the name it should have', async (t) => {
  const { listener } = await startListener(t, 'tls')
  const port = listener.port!
  const words = (name: string) => `127.0.0.1:${port}: wrong key, or the node's name is not ${name}: start it with --node-name=${name}`
  await assert.rejects(call(port, { key: Buffer.alloc(32, 9) }), { kind: 'node', message: words('a'), hint: /rally cluster key export --node a/ })
  await assert.rejects(call(port, { identity: 'b' }), { kind: 'node', message: words('b') })
  await assert.rejects(call(port, { key: null }), { kind: 'config', message: /there is no key for this node/, hint: /rally cluster key create/ })
})

test('something else listens: it is no daemon', async (t) => {
  const http = await portOf(t, createHttpServer((_, answer) => answer.end('hello')))
  const ssh = await portOf(
    t,
    createServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
  )
  const pem = selfSigned()
  const tls = await portOf(t, createTlsServer({ key: pem, cert: pem }))
  for (const port of [http, ssh, tls]) {
    await assert.rejects(call(port), { kind: 'node', message: `127.0.0.1:${port}: something other than a Rally daemon answers there` })
  }
})

test('a certificate is no key, also where certificates are not looked at', async (t) => {
  const pem = selfSigned()
  const port = await portOf(t, createTlsServer({ key: pem, cert: pem, minVersion: 'TLSv1.3' }))
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.after(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
  await assert.rejects(call(port), { kind: 'node', message: /something other than a Rally daemon/ })
})

test('it hangs up, or hangs: what was waited for, and how long', async (t) => {
  const rude = await portOf(
    t,
    createServer((socket) => void socket.end())
  )
  await assert.rejects(call(rude), { kind: 'node', message: /the connection was cut before the welcome/ })
  const dumb = await portOf(
    t,
    createServer((socket) => void socket.resume())
  )
  await assert.rejects(call(dumb, { deadlineMs: 300 }), { kind: 'node', message: `127.0.0.1:${dumb}: waited 0.3 s for the TLS handshake`, hint: /rally daemon status/ })
  const undecided = await startListener(t, 'tls', { greet: () => new Promise(() => undefined) })
  await assert.rejects(call(undecided.listener.port!, { deadlineMs: 1000 }), { message: /waited 1 s for the welcome/ })
})

test('it refuses: its reason and advice, and a code for those who may mend it', async (t) => {
  const refusal = { t: 'refused', code: 'busy', message: 'race r1 of esra has it since 12:00', hint: 'wait, or use --force' } as const
  const { listener, problems } = await startListener(t, 'tls', { greet: () => refusal })
  await assert.rejects(call(listener.port!), (error) => {
    assert.ok(error instanceof RefusedError)
    assert.deepEqual([error.code, error.kind, error.hint], ['busy', 'node', 'wait, or use --force'])
    assert.equal(error.message, `127.0.0.1:${listener.port} refused: race r1 of esra has it since 12:00`)
    return true
  })
  assert.match(problems[0] ?? '', /^127\.0\.0\.1:\d+: refused: race r1 of esra has it since 12:00$/)
  const broken = await startListener(t, 'tls', { greet: () => Promise.reject(new Error('disk on fire')) })
  await assert.rejects(call(broken.listener.port!), { message: /it closed the connection: the daemon could not answer: see its log/ })
  assert.match(broken.problems[0] ?? '', /disk on fire/)
})

test('who dials may lose patience first', async (t) => {
  const dumb = await portOf(
    t,
    createServer((socket) => void socket.resume())
  )
  const stop = new AbortController()
  const calling = call(dumb, { signal: stop.signal })
  setImmediate(() => stop.abort(new Error('Ctrl-C')))
  await assert.rejects(calling, { message: 'Ctrl-C' })
  await assert.rejects(call(dumb, { signal: stop.signal }), { message: 'Ctrl-C' })
})
