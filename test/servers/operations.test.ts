// One request of every operation that can run, sent to the real server: it must succeed, and the server must have done it.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { systemClock } from '../../src/core/clock.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { operationType, operationTypes } from '../../src/operation/registry.ts'
import type { OperationResult } from '../../src/operation/operation.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import { temporaryFolder } from '../cli/run-rally.ts'
import { buildCorpus, buildOperation, buildTrack } from '../helpers/build-track.ts'
import { plainOptions } from '../unit/target/plain-options.ts'
import { ask, countOf, distribution, port, version } from './server.ts'

const INDEX = 'rally-operations'
const DOCUMENTS = 55
const FILE = 'numbers.json'
const track = buildTrack([], {
  indices: [{ name: INDEX, body: { mappings: { properties: { n: { type: 'integer' } } } } }],
  corpora: [buildCorpus('numbers', { documentFile: FILE, numberOfDocuments: DOCUMENTS, targetIndex: INDEX })]
})
const folder = temporaryFolder()
mkdirSync(join(folder, 'numbers'))
writeFileSync(join(folder, 'numbers', FILE), Array.from({ length: DOCUMENTS }, (_, n) => `{"n": ${n}}\n`).join(''))
const client = createTargetClient(plainOptions([port], { timeoutMs: 60_000 }), systemClock)
after(() => client.close())

async function run(type: string, params: JsonObject): Promise<OperationResult> {
  const found = operationType(type)
  ok(found !== null, `${type} is not served`)
  const operation = buildOperation(type, params)
  const dataPath = (corpus: string, file: string): string => join(folder, corpus, file)
  const source = found.createSource({ track, operation, clientIndex: 0, clients: 1, random: seededRandom(type), dataPath })
  const request = source.next()
  ok(request !== null, `${type} asks for nothing`)
  client.begin()
  const result = await found.run(client, request, {
    clock: systemClock,
    stopping: () => false,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    target: { distribution, version, isServerless: false, isServerlessOperator: false }
  })
  source.close()
  equal(result.success, true, `${type}: ${JSON.stringify(result.failure)}`)
  ok(client.timing.lastByteMs >= client.timing.firstSentMs, `${type} has no timing`)
  return result
}

/** In this order: each finds what the ones before it left. */
const STEPS: readonly {
  readonly type: string
  readonly params: JsonObject
  readonly check: (result: OperationResult) => Promise<void> | void
}[] = [
  { type: 'delete-index', params: { index: INDEX, 'only-if-exists': true }, check: ({ weight }) => equal(weight, 0) },
  {
    type: 'create-index',
    params: { settings: { 'index.number_of_shards': 2, 'index.number_of_replicas': 0 } },
    async check({ weight, unit }) {
      deepEqual([weight, unit], [1, 'ops'])
      const settings = (await ask('GET', `/${INDEX}/_settings?flat_settings=true`))[INDEX] as { readonly settings: JsonObject }
      equal(settings.settings['index.number_of_shards'], '2')
    }
  },
  { type: 'cluster-health', params: { index: INDEX, 'request-params': { wait_for_status: 'green' } }, check: () => {} },
  { type: 'bulk', params: { 'bulk-size': 100 }, check: ({ weight, unit }) => deepEqual([weight, unit], [DOCUMENTS, 'docs']) },
  { type: 'refresh', params: { index: INDEX }, check: async () => equal(await countOf(INDEX), DOCUMENTS) },
  {
    type: 'search',
    params: { index: INDEX, 'detailed-results': true, body: { query: { range: { n: { gte: 50 } } } } },
    check: ({ weight, unit, meta }) => deepEqual([weight, unit, meta?.['hits'] ?? meta?.['hits_total']], [1, 'ops', 5])
  },
  {
    type: 'paginated-search',
    params: { index: INDEX, pages: 'all', 'results-per-page': 20, body: { query: { match_all: {} }, sort: [{ n: 'asc' }] } },
    check: ({ weight, unit }) => deepEqual([weight, unit], [3, 'pages'])
  },
  {
    type: 'scroll-search',
    params: { index: INDEX, pages: 2, 'results-per-page': 20, body: { query: { match_all: {} } } },
    check: ({ weight, unit }) => deepEqual([weight, unit], [2, 'pages'])
  },
  {
    type: 'raw-request',
    params: { method: 'POST', path: `/${INDEX}/_doc`, body: { n: DOCUMENTS }, 'request-params': { refresh: 'true' } },
    check: async () => equal(await countOf(INDEX), DOCUMENTS + 1)
  },
  {
    type: 'index-stats',
    params: { index: INDEX, condition: { path: '_all.primaries.docs.count', 'expected-value': DOCUMENTS + 1 } },
    check: () => {}
  },
  {
    type: 'put-settings',
    params: { body: { persistent: { 'cluster.routing.allocation.node_concurrent_recoveries': 3 } } },
    async check() {
      const { persistent } = (await ask('GET', '/_cluster/settings?flat_settings=true')) as { readonly persistent: JsonObject }
      equal(persistent['cluster.routing.allocation.node_concurrent_recoveries'], '3')
    }
  },
  {
    type: 'force-merge',
    params: { index: INDEX, 'max-num-segments': 1 },
    async check() {
      const segments = (await ask('GET', `/${INDEX}/_segments?filter_path=**.num_committed_segments`)) as unknown
      ok(!/num_committed_segments":[2-9]/.test(JSON.stringify(segments)), JSON.stringify(segments))
    }
  },
  { type: 'sleep', params: { duration: 0.05 }, check: () => ok(client.timing.lastByteMs - client.timing.firstSentMs >= 49) },
  {
    type: 'delete-index',
    params: { index: INDEX },
    check: async () => deepEqual(await ask('GET', `/_cat/indices/${INDEX}*?format=json`), [])
  }
]

for (const { type, params, check } of STEPS) {
  test(`${type} does what it says`, async () => {
    await check(await run(type, params))
  })
}

test('no operation is left out', () => {
  const asked = new Set(STEPS.map((step) => step.type))
  deepEqual(
    operationTypes()
      .map((type) => type.name)
      .filter((name) => !asked.has(name)),
    []
  )
})
