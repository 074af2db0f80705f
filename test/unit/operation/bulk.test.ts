import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { bulk } from '../../../src/operation/bulk.ts'
import { errorsFlag } from '../../../src/operation/bulk-answer.ts'
import type { BulkRequest } from '../../../src/operation/bulk-source.ts'
import type { OperationResult, ParamSource } from '../../../src/operation/operation.ts'
import { bulkOperation, trackFromJson } from '../../corpora-from-json.ts'
import { RecordingClient, type Scripted } from './recording-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-bulk-'))
after(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'd.json'), '{"n":0}\n{"n":1}\n{"n":2}\n')
writeFileSync(join(folder, 'a.json'), '{"index":{"_id":"0"}}\n{"n":0}\n{"delete":{"_id":"1"}}\n{"create":{"_id":"2"}}\n{"n":2}\n{"n":3}\n')

const OK = { took: 7, errors: false, items: [] }
const created = { index: { status: 201, result: 'created', _shards: { total: 2, successful: 1, failed: 0 } } }
const full = { index: { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } } }
const wrong = { index: { status: 400, error: { type: 'document_parsing_exception', reason: 'no number' } } }

function sourceOf(params: JsonObject, file = 'd.json'): ParamSource {
  const set = { 'source-file': file, 'document-count': 3, 'includes-action-and-meta-data': file === 'a.json' }
  return bulk.createSource({
    track: trackFromJson({ indices: [{ name: 'i' }], corpora: [{ name: 'c', documents: [set] }] }),
    operation: bulkOperation({ 'bulk-size': 3, ...params }, 'load'),
    clientIndex: 0,
    clients: 1,
    random: () => 0.5,
    dataPath: (_corpus, name) => join(folder, name)
  })
}

interface Outcome {
  readonly client: RecordingClient
  readonly result: OperationResult
  readonly waits: readonly number[]
}

async function run(params: JsonObject, answers: readonly Scripted[], file?: string, checksAssertions = false): Promise<Outcome> {
  const client = new RecordingClient(answers)
  const source = sourceOf(params, file)
  const request = source.next()
  source.close()
  assert.ok(request !== null)
  const waits: number[] = []
  const result = await bulk.run(client, request, {
    clock: { monotonicMs: () => 0, wallMs: () => 0 },
    stopping: () => false,
    sleep: (ms) => Promise.resolve(void waits.push(ms)),
    target: { distribution: 'elasticsearch', version: '9.4.3', isServerless: false, isServerlessOperator: false },
    checksAssertions
  })
  return { client, result, waits }
}

test('a bulk is one PUT with its options in the query, and its documents are its weight', async () => {
  const params = {
    pipeline: 'p 1',
    refresh: true,
    timeout: '2m',
    'request-timeout': 5,
    'opaque-id': 'me',
    'request-params': { require_alias: false }
  }
  const { client, result } = await run(params, [[200, OK]])
  const [request] = client.requests
  assert.equal(request?.method, 'PUT')
  assert.equal(request.path, '/_bulk?require_alias=false&timeout=2m&pipeline=p%201&refresh=true')
  assert.equal(request.contentType, 'application/x-ndjson')
  assert.deepEqual([request.timeoutMs, request.headers], [5000, { 'x-opaque-id': 'me' }])
  assert.equal(request.body?.toString(), [0, 1, 2].map((n) => `{"index": {"_index": "i"}}\n{"n":${n}}\n`).join(''))
  assert.deepEqual(result, { weight: 3, unit: 'docs', success: true, failure: null, bytes: 36 })
})

test('documents that fail keep the weight, and say how many of which kind', async () => {
  const { result } = await run({}, [[200, { errors: true, took: 7, items: [created, wrong, full] }]])
  assert.equal(result.weight, 3)
  assert.equal(result.success, false)
  assert.equal(result.failure?.errorClass, 'bulk-item')
  assert.equal(result.failure.errorType, 'bulk')
  assert.equal(result.failure.httpStatus, 429)
  assert.equal(result.failure.description, 'HTTP status: 400, message: no number | HTTP status: 429, message: queue is full')
  assert.match(result.failure.body ?? '', /document_parsing_exception/)
  assert.deepEqual([result.meta?.['success-count'], result.meta?.['error-count'], result.meta?.['took']], [1, 2, 7])
})

test('of many kinds of errors, five are told and all counted', async () => {
  const items = Array.from({ length: 8 }, (_, i) => ({ index: { status: i < 6 ? 400 : 503, error: { reason: `reason ${i}` } } }))
  const { result } = await run({}, [[200, { took: 1, errors: true, items: [...items, { index: { status: 404 } }] }]])
  assert.match(result.failure?.description ?? '', /^HTTP status: 400, message: reason 0 \| .*reason 4 \| TRUNCATED 6x400, 1x404, 2x503$/)
})

test('a shard that failed is a failed document, whatever the status', async () => {
  const item = { index: { status: 201, _shards: { total: 2, successful: 1, failed: 1 } } }
  const { result } = await run({}, [[200, { took: 1, errors: true, items: [created, item] }]])
  assert.equal(result.failure?.errorClass, 'bulk-item')
  assert.equal(result.meta?.['error-count'], 1)
})

test('only refusals for lack of room are a class of their own', async () => {
  const { result } = await run({}, [[200, { took: 1, errors: true, items: [full, created, full] }]])
  assert.equal(result.failure?.errorClass, 'http-429')
  const { result: whole } = await run({}, [[429, { error: { type: 'circuit_breaking_exception', reason: 'too much' }, status: 429 }]])
  assert.equal(whole.failure?.errorClass, 'http-429')
  assert.deepEqual([whole.weight, whole.unit], [0, 'ops'])
})

test('errors of the transport and of the server, and answers that are none, are results', async () => {
  assert.equal((await run({}, ['timeout'])).result.failure?.errorClass, 'timeout')
  assert.equal((await run({}, [[413, 'Request Entity Too Large']])).result.failure?.errorClass, 'http-413')
  const html = (await run({}, [[200, '<html>']])).result
  assert.equal(html.failure?.errorClass, 'bad-answer')
  assert.equal(html.failure.body, '<html>')
  assert.equal((await run({}, [[200, {}]])).result.success, true)
})

test('with retries_on_429 only what was refused is sent again, until there is room', async () => {
  const first = { took: 1, errors: true, items: [created, full, full] }
  const second = { took: 1, errors: true, items: [created, full] }
  const third = { took: 1, errors: false, items: [created] }
  const { client, result, waits } = await run({ retries_on_429: 5, 'retry-wait-period': 0.1 }, [
    [200, first],
    [200, second],
    [429, {}],
    [200, third]
  ])
  assert.deepEqual(
    client.requests.map(({ body }) => body?.toString().match(/"n":\d/g)),
    [['"n":0', '"n":1', '"n":2'], ['"n":1', '"n":2'], ['"n":2'], ['"n":2']]
  )
  assert.equal(result.success, true)
  assert.deepEqual([result.weight, result.meta?.['retry-count'], result.meta?.['success-count']], [3, 3, 3])
  assert.deepEqual(waits, [100, 100, 100])
})

test('retries end, and do not make other errors forgotten', async () => {
  const { client, result } = await run({ retries_on_429: 1 }, [
    [200, { took: 1, errors: true, items: [wrong, created, full] }],
    [200, { took: 1, errors: false, items: [created] }]
  ])
  assert.equal(client.requests.length, 2)
  assert.equal(result.failure?.description, 'HTTP status: 400, message: no number')
  const never = await run({ retries_on_429: 2 }, [[200, { took: 1, errors: true, items: [full, full, full] }]])
  assert.equal(never.client.requests.length, 3)
  assert.equal(never.result.failure?.errorClass, 'http-429')
})

test('a retried delete takes its one line with it', async () => {
  const items = [{ index: { status: 201 } }, { delete: { status: 429 } }, { create: { status: 429 } }]
  const { client } = await run(
    { retries_on_429: 1 },
    [
      [200, { took: 1, errors: true, items }],
      [200, OK]
    ],
    'a.json'
  )
  assert.equal(client.requests[1]?.body?.toString(), '{"delete":{"_id":"1"}}\n{"create":{"_id":"2"}}\n{"n":2}\n')
})

test('detailed results have the keys of Elastic Rally', async () => {
  const answer = { took: 9, ingest_took: 3, errors: false, items: [created, created, { index: { status: 200, result: 'updated' } }] }
  const { result } = await run({ 'detailed-results': true }, [[200, answer]])
  assert.equal(result.success, true)
  // As it is written down: a dictionary has no prototype.
  assert.deepEqual(structuredClone(result.meta), {
    index: 'i',
    took: 9,
    'success-count': 3,
    'error-count': 0,
    'request-status': 200,
    'max-doc-status': 201,
    'retry-count': 0,
    retried: false,
    ops: { index: { 'item-count': 3, created: 2, updated: 1 } },
    shards_histogram: [{ 'item-count': 2, shards: { total: 2, successful: 1, failed: 0 } }],
    'bulk-request-size-bytes': 99,
    'total-document-size-bytes': 21,
    ingest_took: 3
  })
})

test('assertions see what a bulk says of itself', async () => {
  const assertions = [{ property: 'took', condition: '<', value: 5 }]
  await assert.rejects(
    run({ assertions }, [[200, OK]], 'd.json', true),
    (error: unknown) => error instanceof RallyError && /took.*was \[7\]/.test(error.message)
  )
  await run({ assertions: [{ property: 'error-count', condition: '==', value: 0 }] }, [[200, OK]], 'd.json', true)
})

test('errors are found in the first bytes, in any order, but not inside items', () => {
  const flags = [
    '{"took":1,"errors":false,"items":[',
    '{"errors":true,"took":3',
    '{ "took" : 1, "ingest_took":2, "errors" : true, ',
    '{"took":1,"items":[{"index":{"errors":true',
    ''
  ]
  assert.deepEqual(
    flags.map((text) => errorsFlag(Buffer.from(text))),
    [false, true, true, null, null]
  )
})

test('a source tells its weight and its end, and touches no file before it is asked', () => {
  const source = sourceOf({ 'bulk-size': 2 })
  assert.deepEqual([source.infinite, source.expectedWeight, source.percentCompleted()], [false, 2, 0])
  const weights = Array.from({ length: 3 }, () => {
    const request = source.next()
    return request === null ? null : (request as BulkRequest).documents
  })
  assert.deepEqual(weights, [2, 1, null])
  assert.equal(source.percentCompleted(), 1)
  source.close()
  sourceOf({}, 'not-there.json').close()
})

test('an unknown parameter source is refused by its name', () => {
  const operation = { ...bulkOperation({ 'bulk-size': 1 }), paramSource: 'nope' }
  const track = trackFromJson({})
  assert.throws(
    () => bulk.createSource({ track, operation, clientIndex: 0, clients: 1, random: () => 0, dataPath: () => '' }),
    (error: unknown) => error instanceof RallyError && error.kind === 'track' && error.message.includes('[nope]')
  )
})
