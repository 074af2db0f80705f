import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JsonNumber } from '../../../src/core/json.ts'
import { runOperation } from './recording-client.ts'

const index = (name: string, body = {}): { name: string; body: object } => ({ name, body })

test('create-index puts every index of the track, settings merged, parameters in the query', async () => {
  const track = {
    indices: [
      { name: 'a', body: { settings: { n: 1 } } },
      { name: 'b', body: {} }
    ]
  }
  const params = { settings: { r: 0 }, 'request-params': { wait_for_active_shards: true, timeout: '5s' } }
  const { client, result } = await runOperation('create-index', params, [[200, { acknowledged: true }]], { track })
  assert.deepEqual(client.log, [
    'PUT /a?wait_for_active_shards=true&timeout=5s {"settings":{"n":1,"r":0}}',
    'PUT /b?wait_for_active_shards=true&timeout=5s {"settings":{"r":0}}'
  ])
  assert.deepEqual([result.weight, result.unit, result.success], [2, 'ops', true])
})

test('create-index without a body sends none; headers, opaque id and timeout go with it', async () => {
  const params = { index: ['x/y', '日本'], headers: { 'X-A': 1 }, 'opaque-id': 'me', 'request-timeout': 2.5 }
  const { client } = await runOperation('create-index', params, [[200]])
  assert.deepEqual(client.log, ['PUT /x%2Fy', 'PUT /%E6%97%A5%E6%9C%AC'])
  assert.deepEqual(client.requests[0]?.headers, { 'x-a': '1', 'x-opaque-id': 'me' })
  assert.equal(client.requests[0]?.timeoutMs, 2500)
})

test('create-index that finds its index there is a failure with the words of the server', async () => {
  const error = { type: 'resource_already_exists_exception', reason: 'index [a] already exists' }
  const { result } = await runOperation('create-index', { index: 'a' }, [[400, { error, status: 400 }]])
  assert.equal(result.success, false)
  assert.equal(result.weight, 0)
  assert.deepEqual(result.failure, {
    errorClass: 'http-400',
    errorType: 'api',
    httpStatus: 400,
    description: 'resource_already_exists_exception (index [a] already exists)',
    body: JSON.stringify({ error, status: 400 })
  })
})

test('delete-index asks whether each index is there, and lifts the guard against patterns meanwhile', async () => {
  const settings = { persistent: {}, transient: { 'action.destructive_requires_name': 'true' } }
  const { client, result } = await runOperation('delete-index', { index: ['a', 'b'], 'request-params': { timeout: '1m' } }, [
    [200, settings],
    [200],
    [404],
    [200],
    [200]
  ])
  assert.deepEqual(client.log, [
    'GET /_cluster/settings?flat_settings=true',
    'PUT /_cluster/settings {"transient":{"action.destructive_requires_name":false}}',
    'HEAD /a',
    'HEAD /b',
    'DELETE /b?timeout=1m',
    'PUT /_cluster/settings {"transient":{"action.destructive_requires_name":"true"}}'
  ])
  assert.deepEqual([result.weight, result.success], [1, true])
})

test('delete-index with only-if-exists false deletes at once and takes a 404 for done', async () => {
  const { client, result } = await runOperation('delete-index', { index: 'a*', 'only-if-exists': false }, [[200], [200], [404], [200]])
  assert.deepEqual(client.log.slice(2), ['DELETE /a*', 'PUT /_cluster/settings {"transient":{"action.destructive_requires_name":null}}'])
  assert.deepEqual([result.weight, result.success], [1, true])
})

test('delete-index puts the guard back after a failure too', async () => {
  const { client, result } = await runOperation('delete-index', { index: 'a', 'only-if-exists': false }, [
    [200],
    [200],
    [403, 'forbidden'],
    [200]
  ])
  assert.equal(client.requests.length, 4)
  assert.equal(result.failure?.errorClass, 'http-403')
  assert.equal(result.failure?.description, 'HTTP 403 (forbidden)')
})

test('delete-index leaves cluster settings alone where a user of a serverless project may not touch them', async () => {
  const target = { distribution: 'elasticsearch', version: '9.4.3', isServerless: true, isServerlessOperator: false } as const
  const { client } = await runOperation('delete-index', {}, [[200]], { track: { indices: [index('a')] as never }, context: { target } })
  assert.deepEqual(client.log, ['HEAD /a', 'DELETE /a'])
})

test('refresh is for all or for the named indices', async () => {
  assert.deepEqual((await runOperation('refresh', {}, [[200]])).client.log, ['POST /_refresh'])
  const { client } = await runOperation('refresh', { index: ['a', 'b'], 'request-params': { ignore_unavailable: false } }, [[200]])
  assert.deepEqual(client.log, ['POST /a,b/_refresh?ignore_unavailable=false'])
})

test('put-settings sends its body as it stands in the track', async () => {
  const body = { transient: { 'a.b': new JsonNumber('1.0') } }
  assert.deepEqual((await runOperation('put-settings', { body }, [[200]])).client.log, ['PUT /_cluster/settings {"transient":{"a.b":1.0}}'])
  await assert.rejects(runOperation('put-settings', {}, [[200]]), /mandatory parameter 'body' of operation 'my-put-settings' is missing/)
})

test('cluster-health is met by a status at least as good, and tells what it saw', async () => {
  const params = { index: 'a', 'request-params': { wait_for_status: 'yellow', wait_for_no_relocating_shards: 'true' } }
  const ask = async (status: string, relocating: number) =>
    (await runOperation('cluster-health', params, [[200, { status, relocating_shards: relocating }]])).result
  const good = await ask('green', 0)
  assert.equal(good.success, true)
  assert.deepEqual(good.meta, { 'cluster-status': 'green', 'relocating-shards': 0 })
  assert.equal((await ask('red', 0)).success, false)
  const moving = await ask('green', 2)
  assert.equal(moving.weight, 1)
  assert.equal(moving.failure?.errorClass, 'unmet')
  assert.match(moving.failure?.description ?? '', /green with 2 relocating/)
})

test('cluster-health without a wish takes any status, and relocations up to what is allowed', async () => {
  const answer = [200, { status: 'red', relocating_shards: 3 }] as const
  const plain = await runOperation('cluster-health', {}, [answer])
  assert.deepEqual(plain.client.log, ['GET /_cluster/health'])
  assert.equal(plain.result.success, true)
  const some = (value: unknown) =>
    runOperation('cluster-health', { 'request-params': { wait_for_relocating_shards: value as never } }, [answer])
  assert.equal((await some('3')).result.success, true)
  assert.equal((await some(2)).result.success, false)
})

test('cluster-health tries again until it succeeds, and after a 408', async () => {
  const params = { 'retry-until-success': true, 'retry-wait-period': 2, 'request-params': { wait_for_status: 'green' } }
  const { client, result, waits } = await runOperation('cluster-health', params, [
    [408, { status: 'red', timed_out: true }],
    'refused',
    [200, { status: 'yellow', relocating_shards: 0 }],
    [200, { status: 'green', relocating_shards: 0 }]
  ])
  assert.equal(client.requests.length, 4)
  assert.equal(result.success, true)
  assert.deepEqual(waits, [2000, 2000, 2000])
})

test('retries are bounded, do not follow other errors, and end when the race stops', async () => {
  const bounded = await runOperation('refresh', { retries: 2 }, ['timeout'])
  assert.equal(bounded.client.requests.length, 3)
  assert.deepEqual(bounded.waits, [500, 500])
  assert.equal(bounded.result.failure?.errorClass, 'timeout')
  assert.match(bounded.result.failure?.description ?? '', /^network connection timed out/)
  assert.equal((await runOperation('refresh', { retries: 2 }, [[500]])).client.requests.length, 1)
  assert.equal((await runOperation('refresh', { retries: 2, 'retry-on-timeout': false }, ['reset'])).client.requests.length, 1)
  assert.equal((await runOperation('refresh', { retries: 2 }, ['cancelled'])).client.requests.length, 1)
  const stopped = await runOperation('refresh', { 'retry-until-success': true }, ['refused'], { stopAtWait: 3 })
  assert.equal(stopped.client.requests.length, 3)
  assert.equal(stopped.result.failure?.errorClass, 'refused')
})

test('a missing success is only retried when told so', async () => {
  const answers = [[200, { status: 'red', relocating_shards: 0 }]] as const
  const params = { retries: 3, 'request-params': { wait_for_status: 'green' } }
  assert.equal((await runOperation('cluster-health', params, answers)).client.requests.length, 1)
  assert.equal((await runOperation('cluster-health', { ...params, 'retry-on-error': true }, answers)).client.requests.length, 4)
})

test('index-stats compares a figure where a condition is given', async () => {
  const stats = { _all: { total: { merges: { current: 0 } } } }
  const condition = { path: '_all.total.merges.current', 'expected-value': 0 }
  const { client, result } = await runOperation('index-stats', { index: 'a', condition }, [[200, stats]])
  assert.deepEqual(client.log, ['GET /a/_stats/_all'])
  assert.deepEqual(result.meta, { condition: { path: condition.path, 'actual-value': '0', 'expected-value': '0' } })
  assert.equal(result.success, true)
  const other = (await runOperation('index-stats', { condition: { path: '_all.nothing.there', 'expected-value': true } }, [[200, stats]]))
    .result
  assert.equal(other.success, false)
  assert.deepEqual(other.meta, { condition: { path: '_all.nothing.there', 'actual-value': null, 'expected-value': 'True' } })
})

test('index-stats without a condition does not look at the answer', async () => {
  const { client, result } = await runOperation('index-stats', {}, [[200, 'not even JSON']])
  assert.deepEqual(client.log, ['GET /_all/_stats/_all'])
  assert.equal(client.requests[0]?.keep, 'none')
  assert.equal(result.success, true)
})

test('an answer that is not the JSON it should be is a failure, never a crash', async () => {
  const { result } = await runOperation('cluster-health', {}, [[200, '<html>nginx</html>']])
  assert.equal(result.failure?.errorClass, 'unreadable')
})

test('force-merge waits for its answer', async () => {
  const params = { 'max-num-segments': 1, 'request-timeout': 7200 }
  const { client, result } = await runOperation('force-merge', params, [[200]], {
    track: { dataStreams: [{ name: 'logs' }, { name: 'more' }] }
  })
  assert.deepEqual(client.log, ['POST /logs,more/_forcemerge?max_num_segments=1'])
  assert.equal(client.requests[0]?.timeoutMs, 7_200_000)
  assert.equal(result.success, true)
})

test('force-merge in mode polling asks for its task until it is complete', async () => {
  const { client, result, waits } = await runOperation('force-merge', { mode: 'polling', 'poll-period': 3 }, [
    [200, { task: 'node:17' }],
    [200, { completed: false }],
    [200, { completed: true }]
  ])
  assert.deepEqual(client.log, ['POST /_all/_forcemerge?wait_for_completion=false', 'GET /_tasks/node:17', 'GET /_tasks/node:17'])
  assert.deepEqual(waits, [3000])
  assert.equal(result.success, true)
})

test('force-merge in mode polling asks an older server for its list of tasks after a timeout', async () => {
  const target = { distribution: 'opensearch', version: '2.6.0', isServerless: false, isServerlessOperator: false } as const
  const { client } = await runOperation(
    'force-merge',
    { mode: 'polling' },
    ['timeout', [200, { nodes: { n: {} } }], [200, { nodes: {} }]],
    {
      context: { target }
    }
  )
  assert.deepEqual(client.log, [
    'POST /_all/_forcemerge',
    'GET /_tasks?actions=indices:admin/forcemerge',
    'GET /_tasks?actions=indices:admin/forcemerge'
  ])
})

test('force-merge stops asking when the race stops', async () => {
  const answers = [
    [200, { task: 'n:1' }],
    [200, { completed: false }]
  ] as const
  const { result, waits } = await runOperation('force-merge', { mode: 'polling' }, answers, { stopAtWait: 2 })
  assert.equal(waits.length, 2)
  assert.equal(result.failure?.errorClass, 'cancelled')
})

test('sleep asks nothing and marks its wait', async () => {
  const { client, result, waits } = await runOperation('sleep', { duration: 1.5 }, [])
  assert.deepEqual([client.log.length, client.marks, waits], [0, ['sent', 'end'], [1500]])
  assert.equal(result.success, true)
})
