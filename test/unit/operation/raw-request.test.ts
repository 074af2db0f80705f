import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runOperation } from './recording-client.ts'

test('a raw request goes out as it is written', async () => {
  const params = { path: '/_nodes/stats?level=node', method: 'post', body: { a: [1, null] }, 'request-params': { human: true } }
  const { client, result } = await runOperation('raw-request', params, [[200]])
  assert.deepEqual(client.log, ['POST /_nodes/stats?level=node&human=true {"a":[1,null]}'])
  assert.deepEqual([result.weight, result.unit, result.success, client.requests[0]?.keep], [1, 'ops', true, 'none'])
})

test('GET is the default, and what a path may not hold is escaped once', async () => {
  const { client } = await runOperation('raw-request', { path: '/ä b/%20c' }, [[200]])
  assert.deepEqual(client.log, ['GET /%C3%A4%20b/%20c'])
})

test('a bulk path takes lines: a text, or a list of them', async () => {
  const list = await runOperation('raw-request', { path: '/i/_bulk', method: 'PUT', body: [{ index: {} }, '{"a":1}\n', { b: 2 }] }, [[200]])
  assert.equal(list.client.requests[0]?.body?.toString(), '{"index":{}}\n{"a":1}\n{"b":2}\n')
  assert.equal(list.client.requests[0]?.contentType, 'application/x-ndjson')
  const text = await runOperation('raw-request', { path: '/_bulk?refresh=true', method: 'POST', body: '{"index":{}}\n{}' }, [[200]])
  assert.equal(text.client.requests[0]?.body?.toString(), '{"index":{}}\n{}\n')
})

test('a list elsewhere is one JSON document', async () => {
  const { client } = await runOperation('raw-request', { path: '/x', method: 'POST', body: [1, 'a'] }, [[200]])
  assert.deepEqual(client.log, ['POST /x [1,"a"]'])
})

test('a path without slash, without anything, or an unknown method is a mistake of the track', async () => {
  await assert.rejects(runOperation('raw-request', { path: '_cat' }, [[200]]), /must begin with a slash: _cat/)
  await assert.rejects(runOperation('raw-request', {}, [[200]]), /'path' of operation 'my-raw-request' is missing/)
  await assert.rejects(runOperation('raw-request', { path: '/', method: 'PATCH' }, [[200]]), /unknown HTTP method 'PATCH'/)
})

test('a HEAD that finds nothing has its answer', async () => {
  assert.equal((await runOperation('raw-request', { path: '/x', method: 'HEAD' }, [[404]])).result.success, true)
  assert.equal((await runOperation('raw-request', { path: '/x', method: 'HEAD' }, [[403]])).result.success, false)
})

test('an error status is a failure unless it is ignored', async () => {
  const failed = await runOperation('raw-request', { path: '/x' }, [[404, '']])
  assert.deepEqual(
    [failed.result.failure?.errorClass, failed.result.failure?.description, failed.result.failure?.body],
    ['http-404', 'HTTP 404', null]
  )
  assert.equal((await runOperation('raw-request', { path: '/x', ignore: 404 }, [[404]])).result.success, true)
  const reset = await runOperation('raw-request', { path: '/x' }, ['reset'])
  assert.deepEqual([reset.result.failure?.errorClass, reset.result.failure?.errorType], ['reset', 'transport'])
})
