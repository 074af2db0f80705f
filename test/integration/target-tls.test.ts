import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server, type ServerOptions } from 'node:https'
import { createServer as createPlainServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { after, before, test } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { RallyError } from '../../src/core/errors.ts'
import { TransportError, type TargetAnswer } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import { targetOptionsFrom, type HttpEngine } from '../../src/target/target-options.ts'
import { ENGINES } from '../helpers/each-engine.ts'
import { makeCertificates, P12_PASSWORD, type Certificates } from './target-certificates.ts'

let certificates: Certificates
const ports: Record<string, number> = {}
const servers: { close: () => unknown }[] = []

before(async () => {
  certificates = makeCertificates()
  for (const name of ['server', 'expired', 'misnamed']) ports[name] = await listen(name)
  ports['mutual'] = await listen('server', { requestCert: true, rejectUnauthorized: true, ca: read('ca.pem') })
  const plain = createPlainServer((_, response) => response.end('plain'))
  ports['plain'] = await new Promise((resolve) => plain.listen(0, '127.0.0.1', () => resolve((plain.address() as AddressInfo).port)))
  servers.push(plain)
})

after(() => {
  for (const server of servers) server.close()
  certificates.remove()
})

function read(name: string): string {
  return readFileSync(certificates.file(name), 'utf8')
}

async function listen(name: string, more: ServerOptions = {}): Promise<number> {
  const server: Server = createServer({ cert: read(`${name}.pem`), key: read(`${name}.key`), ...more }, (request, response) => {
    const peer = (request.socket as TLSSocket).getPeerCertificate()
    response.end(`hello ${peer.subject?.CN ?? 'stranger'}`)
  })
  servers.push(server)
  return new Promise((resolve) => server.listen(0, () => resolve((server.address() as AddressInfo).port)))
}

interface Asked {
  readonly port: string
  readonly host: string
  readonly clientOptions: Record<string, unknown>
  readonly useSsl: boolean
}

/** With both engines, which must get the same. */
async function ask(port: string, host: string, clientOptions: Record<string, unknown>, useSsl = true): Promise<TargetAnswer> {
  const asked = { port, host, clientOptions, useSsl }
  const [first, second] = await Promise.allSettled(ENGINES.map((engine) => askWith(engine, asked)))
  if (first?.status !== 'fulfilled' || second?.status !== 'fulfilled') {
    const messages = [first, second].map((result) => (result?.status === 'rejected' ? String(result.reason) : 'an answer'))
    if (useSsl) assert.equal(messages[1], messages[0])
    throw first?.status === 'rejected' ? first.reason : second?.status === 'rejected' ? second.reason : new Error('no answer')
  }
  assert.deepEqual([second.value.status, second.value.body.toString()], [first.value.status, first.value.body.toString()])
  return first.value
}

async function askWith(engine: HttpEngine, { port, host, clientOptions, useSsl }: Asked): Promise<TargetAnswer> {
  const options = targetOptionsFrom([{ host, port: ports[port] ?? 0, useSsl, pathPrefix: '', auth: null }], clientOptions, engine)
  // What travels to another node must still work there.
  const client = createTargetClient(JSON.parse(JSON.stringify(options)) as typeof options, systemClock)
  try {
    return await client.send({ method: 'GET', path: '/', body: null, keep: 'all' })
  } finally {
    await client.close()
  }
}

async function tlsFailure(port: string, host: string, clientOptions: Record<string, unknown>, useSsl = true): Promise<string> {
  const error: unknown = await ask(port, host, clientOptions, useSsl).then(
    (answer) => assert.fail(answer.body.toString()),
    (reason: unknown) => reason
  )
  assert.ok(error instanceof TransportError, String(error))
  assert.equal(error.failure, 'tls')
  assert.doesNotMatch(error.message, /\n/)
  return error.message
}

function serverFiles(): string[] {
  return ['-cert', certificates.file('server.pem'), '-key', certificates.file('server.key'), '-CAfile', certificates.file('ca.pem')]
}

const ca = (): { ca_certs: string } => ({ ca_certs: certificates.file('ca.pem') })

test('a server whose authority is known is trusted, by name and by address', async () => {
  assert.equal((await ask('server', 'localhost', ca())).body.toString(), 'hello stranger')
  assert.equal((await ask('server', '127.0.0.1', ca())).status, 200)
})

test('use_ssl is enough to speak https to a host given without scheme', async () => {
  assert.equal((await ask('server', 'localhost', { ...ca(), use_ssl: true }, false)).status, 200)
})

test('a wrong authority, or none, is one clear line', async () => {
  const line = /^localhost:\d+: its certificate is signed by an authority that is not known here \(set ca_certs\)$/
  assert.match(await tlsFailure('server', 'localhost', {}), line)
  assert.match(await tlsFailure('server', 'localhost', { ca_certs: certificates.file('other-ca.pem') }), line)
})

test('an expired certificate is one clear line', async () => {
  assert.match(await tlsFailure('expired', 'localhost', ca()), /^localhost:\d+: its certificate has expired$/)
})

test('a certificate for another name is one clear line, and no matter for a host given by address', async () => {
  assert.match(
    await tlsFailure('misnamed', 'localhost', ca()),
    /^localhost:\d+: its certificate is not made out to this name but for other\.invalid$/
  )
  assert.equal((await ask('misnamed', '127.0.0.1', ca())).status, 200)
  assert.equal((await ask('misnamed', 'localhost', { ...ca(), ssl_assert_hostname: false })).status, 200)
  assert.match(await tlsFailure('misnamed', '127.0.0.1', { ...ca(), ssl_assert_hostname: true }), /not made out to this name/)
})

test('verify_certs false takes anything', async () => {
  for (const name of ['server', 'expired', 'misnamed']) assert.equal((await ask(name, 'localhost', { verify_certs: false })).status, 200)
})

test('https to a port that speaks http is one clear line', async () => {
  assert.match(await tlsFailure('plain', '127.0.0.1', {}), /does not speak TLS on this port/)
})

test('http to a port that speaks https is a reset or no HTTP, never a hang', async () => {
  const error: unknown = await ask('server', 'localhost', { timeout: 5 }, false).then(
    () => assert.fail('it answered'),
    (reason: unknown) => reason
  )
  assert.ok(error instanceof TransportError)
  assert.ok(['reset', 'other'].includes(error.failure), error.failure)
})

test('a client certificate opens the door: as PEM, as PEM with a locked key, as PKCS#12', async () => {
  const pem = { client_cert: certificates.file('client.pem'), client_key: certificates.file('client.key') }
  assert.equal((await ask('mutual', 'localhost', { ...ca(), ...pem })).body.toString(), 'hello client')
  const locked = { ...pem, client_key: certificates.file('client-locked.key'), client_key_password: P12_PASSWORD }
  assert.equal((await ask('mutual', 'localhost', { ...ca(), ...locked })).body.toString(), 'hello client')
  const p12 = { client_p12: certificates.file('client.p12'), client_p12_password: P12_PASSWORD }
  assert.equal((await ask('mutual', 'localhost', { ...ca(), ...p12 })).body.toString(), 'hello client')
})

test('no client certificate where one is wanted is one clear line', async () => {
  // Node.js' own server hangs up without a word; this one sends the alert, as Elasticsearch does.
  const server = spawn(
    'openssl',
    ['s_server', '-accept', '127.0.0.1:0', '-www', '-Verify', '1', '-verify_return_error', ...serverFiles()],
    {
      stdio: ['pipe', 'pipe', 'ignore']
    }
  )
  servers.push({ close: () => server.kill() })
  ports['openssl'] = await new Promise((resolve) => {
    server.stdout.on('data', (line: Buffer) => {
      const port = /ACCEPT .*:(\d+)/.exec(line.toString())?.[1]
      if (port !== undefined) resolve(Number(port))
    })
  })
  assert.match(await tlsFailure('openssl', '127.0.0.1', ca()), /wants a client certificate/)
})

test('material that OpenSSL does not take is told before anything is sent', async () => {
  const wrong = async (clientOptions: Record<string, unknown>): Promise<string> => {
    const error: unknown = await ask('server', 'localhost', clientOptions).then(
      () => assert.fail('it was taken'),
      (reason: unknown) => reason
    )
    assert.ok(error instanceof RallyError, String(error))
    assert.equal(error.kind, 'config')
    return [error.message, ...error.problems].join('\n')
  }
  assert.match(
    await wrong({ client_p12: certificates.file('client.p12'), client_p12_password: 'no' }),
    /\[client_p12\] cannot be used: wrong password/
  )
  const strange = { client_cert: certificates.file('client.pem'), client_key: certificates.file('server.key') }
  assert.match(await wrong(strange), /\[client_cert\] cannot be used: the key is not the certificate's/)
  assert.match(await wrong({ ca_certs: certificates.folder }), /\[ca_certs\]: .* is a folder/)
  assert.match(await wrong({ ca_certs: certificates.file('client.key') }), /holds no certificate in PEM form/)
  const both = await wrong({ ca_certs: '/no/ca.pem', client_cert: '/no/client.pem' })
  assert.match(both, /3 mistakes/)
  assert.match(both, /\/no\/ca\.pem does not exist/)
  assert.match(both, /\[client_cert\] needs \[client_key\]/)
})
