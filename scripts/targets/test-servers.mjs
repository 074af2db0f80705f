// Runs test/servers against a real OpenSearch and a real Elasticsearch, one after the other:
//   node scripts/targets/test-servers.mjs [opensearch|elasticsearch …]
// Gets the servers first if the cache lacks them. The tests learn from RALLY_TEST_SERVER where the server is.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { cacheFolder, install, removeDownloads } from './install.mjs'
import { findJava } from './java.mjs'
import { startNode, stopNode } from './node-process.mjs'
import { SERVERS } from './servers.mjs'

const TESTS = 'dist-test/test/servers'
const TESTS_TIMEOUT_MS = 10 * 60_000

const kinds = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SERVERS)
const unknown = kinds.filter((kind) => !(kind in SERVERS))
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort(signal))

try {
  if (unknown.length > 0) throw new Error(`unknown server ${unknown.join(', ')}: known are ${Object.keys(SERVERS).join(', ')}`)
  process.exitCode = (await testAll()) ? 0 : 1
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

async function testAll() {
  const java = findJava()
  const cache = cacheFolder()
  const homes = {}
  for (const kind of kinds) homes[kind] = await timed(`${kind} is installed`, () => install(kind, cache))
  removeDownloads(cache)
  const failed = []
  for (const kind of kinds) {
    stopping.signal.throwIfAborted()
    const port = await freePort()
    try {
      await timed(`${kind} is up`, () => startNode(kind, { home: homes[kind], java, port, heap: '1g' }))
      if (!(await timed(`tests against ${kind}`, () => runTests(kind, port)))) failed.push(kind)
    } finally {
      await stopNode(kind, port)
    }
  }
  if (failed.length > 0) console.error(`tests failed against ${failed.join(' and ')}`)
  return failed.length === 0
}

function runTests(kind, port) {
  const files = readdirSync(TESTS).filter((name) => name.endsWith('.test.js'))
  if (files.length === 0) throw new Error(`no tests in ${TESTS}`)
  const env = {
    ...process.env,
    RALLY_TEST_SERVER: `127.0.0.1:${port}`,
    RALLY_TEST_SERVER_KIND: kind,
    RALLY_TEST_SERVER_VERSION: SERVERS[kind].version
  }
  const args = ['--enable-source-maps', '--test', '--test-concurrency=1', '--test-reporter=spec', ...files.map((name) => join(TESTS, name))]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env, timeout: TESTS_TIMEOUT_MS, signal: stopping.signal })
    child.once('error', reject).once('exit', (code) => resolve(code === 0))
  })
}

async function timed(what, work) {
  const startedAt = performance.now()
  const result = await work()
  console.log(`${what}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  return result
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
