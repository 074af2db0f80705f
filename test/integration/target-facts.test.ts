import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { RallyError } from '../../src/core/errors.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import { detectTarget, type DetectedTarget, type DetectOptions } from '../../src/target/target-facts.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

const closers: (() => unknown)[] = []
after(() => closers.forEach((close) => close()))

type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>]

/** Answers by path; a path that is not there answers 404. */
async function serve(answers: Readonly<Record<string, Answer>>): Promise<number> {
  return listen((request, response) => {
    const [status, body, headers = {}] = answers[request.url ?? ''] ?? [404, {}]
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
}

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void, port = 0): Promise<number> {
  const server = createServer(handler)
  closers.push(() => server.close().closeAllConnections())
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function detect(ports: readonly number[], options: Partial<DetectOptions> = {}): Promise<DetectedTarget> {
  const client = createTargetClient(plainOptions(ports), systemClock)
  try {
    return await detectTarget(client, { where: ports.map((port) => `127.0.0.1:${port}`).join(','), ...options })
  } finally {
    await client.close()
  }
}

async function errorOf(promise: Promise<unknown>): Promise<RallyError> {
  const error: unknown = await promise.then(
    (facts) => assert.fail(JSON.stringify(facts)),
    (reason: unknown) => reason
  )
  assert.ok(error instanceof RallyError, String(error))
  assert.doesNotMatch(error.message, /\n/)
  return error
}

const elasticsearch = (version: object = {}): Answer => [
  200,
  {
    cluster_name: 'c',
    version: { number: '9.4.3', build_flavor: 'default', build_hash: 'abc', ...version },
    tagline: 'You Know, for Search'
  },
  { 'X-Elastic-Product': 'Elasticsearch' }
]
const healthy: Answer = [200, { status: 'green' }]

test('Elasticsearch is known with version, build and cluster', async () => {
  const port = await serve({ '/': elasticsearch(), '/_cluster/health': healthy })
  assert.deepEqual(await detect([port]), {
    distribution: 'elasticsearch',
    version: '9.4.3',
    isServerless: false,
    isServerlessOperator: false,
    line: 'Elasticsearch 9.4.3',
    clusterName: 'c',
    buildHash: 'abc',
    buildFlavor: 'default'
  })
})

test('OpenSearch, the embedded node and Elasticsearch before it had a header are told apart', async () => {
  const lineOf = async (body: object): Promise<string> =>
    (await detect([await serve({ '/': [200, body], '/_cluster/health': healthy })])).line
  assert.equal(
    await lineOf({ version: { distribution: 'opensearch', number: '3.8.0' }, tagline: 'The OpenSearch Project' }),
    'OpenSearch 3.8.0'
  )
  assert.equal(await lineOf({ version: { distribution: 'rally-embedded', number: '0.1.0' } }), 'embedded node 0.1.0')
  assert.equal(await lineOf({ version: { number: '6.8.23' }, tagline: 'You Know, for Search' }), 'Elasticsearch 6.8.23')
  assert.equal(await lineOf({ version: { number: '1.0' } }), 'unknown product 1.0')
})

test('a serverless project has no version, and its operator is known', async () => {
  const root = elasticsearch({ build_flavor: 'serverless', number: '8.11.0' })
  const user = await detect([await serve({ '/': root, '/_security/_authenticate': [200, { operator: false }] })])
  assert.deepEqual([user.isServerless, user.isServerlessOperator, user.version], [true, false, null])
  const operator = await detect([await serve({ '/': root, '/_security/_authenticate': [200, { operator: true }] })])
  assert.equal(operator.isServerlessOperator, true)
})

test('401 and 403 are one clear line each, with the words of the server', async () => {
  const reason = { error: { type: 'security_exception', reason: 'missing authentication credentials' } }
  const missing = await errorOf(detect([await serve({ '/': [401, reason] })]))
  assert.match(missing.message, /^127\.0\.0\.1:\d+ wants other credentials, or any \(401: missing authentication credentials\)$/)
  assert.match(missing.hint, /--client-options=client-options\.json/)
  const forbidden = await errorOf(detect([await serve({ '/': [403, 'no'] })]))
  assert.match(forbidden.message, /does not let this user in \(403\)$/)
})

test('a user who may not see the health of the cluster may go on', async () => {
  const port = await serve({ '/': elasticsearch(), '/_cluster/health': [403, {}] })
  assert.equal((await detect([port])).version, '9.4.3')
})

test('another product is one clear line with its name', async () => {
  const page = await errorOf(detect([await serve({ '/': [200, '<html>Welcome to nginx!</html>', { server: 'nginx/1.27' }] })]))
  assert.match(page.message, /^neither Elasticsearch nor OpenSearch answers at 127\.0\.0\.1:\d+, but nginx\/1\.27 \(status 200\)$/)
  assert.match((await errorOf(detect([await serve({})]))).message, /\(status 404\)$/)
  assert.match((await errorOf(detect([await serve({ '/': [200, { version: 3 }] })]))).message, /neither/)
})

test('a host that is not there is named, in bounded time', async () => {
  const port = await listen(() => {})
  ;(closers.pop() as () => unknown)()
  const told: string[] = []
  const error = await errorOf(detect([port], { deadlineMs: 1500, onWaiting: (reason) => told.push(reason) }))
  assert.match(
    error.message,
    new RegExp(`127\\.0\\.0\\.1:${port} did not get ready within 1\\.5 s: 127\\.0\\.0\\.1:${port}: connection refused`)
  )
  assert.equal(error.kind, 'target')
  assert.deepEqual(told, [`127.0.0.1:${port}: connection refused`])
})

test('of several hosts the one that is not there is named', async () => {
  const good = await serve({ '/': elasticsearch(), '/_cluster/health': healthy })
  const dead = await listen(() => {})
  ;(closers.pop() as () => unknown)()
  assert.match(
    (await errorOf(detect([good, dead], { deadlineMs: 1500 }))).message,
    new RegExp(`s: 127\\.0\\.0\\.1:${dead}: connection refused`)
  )
})

test('a server that hangs is given up at the deadline', async () => {
  const port = await listen(() => {})
  assert.match((await errorOf(detect([port], { deadlineMs: 200 }))).message, /did not get ready within 0\.2 s: no answer$/)
})

test('a server that is still starting is waited for', async () => {
  let questions = 0
  const port = await listen((request, response) => {
    const [status, body] = ++questions < 3 ? [503, { error: { reason: 'starting' } }] : request.url === '/' ? elasticsearch() : healthy
    response.writeHead(status).end(JSON.stringify(body))
  })
  const told: string[] = []
  assert.equal((await detect([port], { onWaiting: (reason) => told.push(reason) })).version, '9.4.3')
  assert.deepEqual(told, ['it answers 503: starting'])
})

test('waiting ends when the race is cancelled', async () => {
  const port = await listen(() => {})
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 30)
  const error = await errorOf(detect([port], { signal: controller.signal }))
  assert.equal(error.kind, 'cancelled')
})
