import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JsonNumber } from '../../../src/core/json.ts'
import { operationType } from '../../../src/operation/registry.ts'
import { runOperation, sourceContext } from './recording-client.ts'

const found = (more: object = {}): object => ({
  took: 3,
  timed_out: false,
  _shards: { total: 5, successful: 5, skipped: 0, failed: 0 },
  hits: { total: { value: 25, relation: 'eq' }, max_score: null, hits: [{ _id: '1', sort: [1] }] },
  ...more
})

const track = { indices: [{ name: 'geo', body: {} }] }

test('a search is one GET with its body as written, numbers and all', async () => {
  const body = { query: { range: { n: { gte: new JsonNumber('12345678901234567890'), boost: new JsonNumber('1.0') } } } }
  const params = { body, cache: true, 'request-params': { preference: ['_local', 'x y'], q: 'ä&b' } }
  const { client, result } = await runOperation('search', params, [[200, found()]], { track })
  assert.deepEqual(client.log, [
    'GET /geo/_search?preference=_local,x%20y&q=%C3%A4%26b&request_cache=true {"query":{"range":{"n":{"gte":12345678901234567890,"boost":1.0}}}}'
  ])
  assert.deepEqual(result, { weight: 1, unit: 'ops', success: true, failure: null, bytes: JSON.stringify(found()).length })
})

test('nothing is made per request: the source gives the same frozen parameters for ever', () => {
  const source = operationType('search')!.createSource(sourceContext('search', { body: {} }, track))
  const first = source.next()
  assert.ok(Object.isFrozen(first))
  assert.equal(source.next(), first)
  assert.equal(source.infinite, true)
})

test('options of a search reach its request', async () => {
  const params = {
    index: 'a,b',
    type: '_doc',
    body: { size: 1 },
    'results-per-page': 7,
    headers: { A: 'b' },
    'opaque-id': 'o',
    'request-timeout': 3,
    'response-compression-enabled': false
  }
  const { client } = await runOperation('search', params, [[200, found()]])
  assert.deepEqual(client.log, ['GET /a,b/_doc/_search {"size":7}'])
  assert.deepEqual(client.requests[0]?.headers, { a: 'b', 'x-opaque-id': 'o', 'accept-encoding': 'identity' })
  assert.deepEqual([client.requests[0]?.timeoutMs, client.requests[0]?.keep], [3000, 'head'])
})

test('the request cache is off for the user of a serverless project unless the track says so', async () => {
  const target = { distribution: 'elasticsearch', version: null, isServerless: true, isServerlessOperator: false } as const
  const ask = async (params: object) =>
    (await runOperation('search', { body: {}, ...params }, [[200, found()]], { track, context: { target } })).client.log
  assert.deepEqual(await ask({}), ['GET /geo/_search?request_cache=false {}'])
  assert.deepEqual(await ask({ cache: true }), ['GET /geo/_search?request_cache=true {}'])
})

test('a search that failed on some shards, or timed out on the server, is no success', async () => {
  const shards = { total: 5, successful: 3, skipped: 0, failed: 2, failures: [] }
  const partial = await runOperation('search', { body: {} }, [[200, found({ _shards: shards })]], { track })
  assert.equal(partial.result.success, false)
  assert.equal(partial.result.failure?.errorClass, 'partial-shards')
  assert.equal(partial.result.failure?.description, '2 of 5 shards failed')
  const late = await runOperation('search', { body: {} }, [[200, found({ timed_out: true })]], { track })
  assert.equal(late.result.failure?.description, 'the search timed out on the server')
})

test('failed shards are seen wherever the head of the answer ends', async () => {
  for (let filler = 0; filler < 300; filler++) {
    const shards = { total: 128, successful: 100, skipped: 0, failed: 28 }
    const answer = {
      took: 3,
      filler: 'x'.repeat(filler),
      timed_out: false,
      _shards: shards,
      hits: { hits: [{ _source: { failed: 0, text: 'y'.repeat(600) } }] }
    }
    const { result } = await runOperation('search', { body: {} }, [[200, answer]], { track })
    assert.equal(result.failure?.description, '28 of 128 shards failed', `filler ${filler}`)
    const whole = { ...answer, _shards: { ...shards, failed: 0 } }
    assert.equal((await runOperation('search', { body: {} }, [[200, whole]], { track })).result.success, true)
  }
})

test('a redirect is a failure: nobody follows it', async () => {
  for (const type of ['search', 'raw-request', 'refresh']) {
    const { result } = await runOperation(type, { body: {}, path: '/' }, [[301, '']], { track })
    assert.deepEqual([type, result.success, result.failure?.errorClass], [type, false, 'http-301'])
  }
})

test('a 429 has its own class, a 404 may be ignored', async () => {
  const rejected = { error: { type: 'es_rejected_execution_exception', reason: 'queue full' }, status: 429 }
  const many = await runOperation('search', { body: {} }, [[429, rejected]], { track })
  assert.deepEqual([many.result.failure?.errorClass, many.result.failure?.httpStatus], ['http-429', 429])
  assert.equal(many.result.failure?.description, 'es_rejected_execution_exception (queue full)')
  const gone = await runOperation('search', { body: {}, 'request-params': { ignore: [404] } }, [[404]], { track })
  assert.deepEqual(gone.client.log, ['GET /geo/_search {}'])
  assert.equal(gone.result.success, true)
})

test('the cause below "all shards failed" is told', async () => {
  const error = {
    root_cause: [{ type: 'x', reason: 'no mapping found for [f]' }],
    type: 'search_phase_execution_exception',
    reason: 'all shards failed'
  }
  const { result } = await runOperation('search', { body: {} }, [[400, { error }]], { track })
  assert.equal(result.failure?.description, 'search_phase_execution_exception (all shards failed: no mapping found for [f])')
})

test('what is kept of an error is at most 4 KiB', async () => {
  const { result } = await runOperation('search', { body: {} }, [[500, 'é'.repeat(5000)]], { track })
  assert.ok(Buffer.byteLength(result.failure?.body ?? '') <= 4096)
  assert.match(result.failure?.body ?? '', /é$/)
})

test('detailed results tell hits, relation, shards and time, from an answer of any size', async () => {
  const hits = { total: { value: 10000, relation: 'gte' }, max_score: 1, hits: [{ _source: { big: 'x'.repeat(50_000) } }] }
  const answer = found({ hits, num_reduce_phases: 2, took: 12 })
  const { result, client } = await runOperation('search', { body: {}, 'detailed-results': true }, [[200, answer]], { track })
  assert.equal(client.requests[0]?.keep, 'all')
  assert.deepEqual(result.meta, {
    hits: 10000,
    hits_relation: 'gte',
    timed_out: false,
    took: 12,
    shards: { total: 5, successful: 5, skipped: 0, failed: 0 }
  })
})

test('hits of the oldest form, and none at all, are understood', async () => {
  const ask = async (answer: object) =>
    (await runOperation('search', { body: {}, 'detailed-results': true }, [[200, answer]], { track })).result.meta
  assert.equal((await ask({ took: 1, timed_out: false, hits: { total: 7, hits: [] } }))?.['hits'], 7)
  assert.deepEqual(await ask({ took: 1, timed_out: false }), { hits: 0, hits_relation: 'eq', timed_out: false, took: 1 })
})

test('assertions end the race, but only when they are checked', async () => {
  const params = { body: {}, 'detailed-results': true, assertions: [{ property: 'shards.total', condition: '>', value: 5 }] }
  const run = (checksAssertions: boolean) => runOperation('search', params, [[200, found()]], { track, context: { checksAssertions } })
  assert.equal((await run(false)).result.success, true)
  await assert.rejects(run(true), /Expected \[shards\.total\] in \[my-search\] to be > \[5\] but was \[5\]\./)
})

for (const [condition, value, holds] of [
  ['==', 25, true],
  ['==', new JsonNumber('25.0'), true],
  ['>=', 25, true],
  ['<=', 24, false],
  ['<', 26, true],
  ['>', 'x', false]
] as const) {
  test(`hits ${condition} ${String(value)} is ${holds} for 25 hits`, async () => {
    const params = { body: {}, 'detailed-results': true, assertions: [{ property: 'hits', condition, value }] }
    const run = runOperation('search', params, [[200, found()]], { track, context: { checksAssertions: true } })
    await (holds ? run : assert.rejects(run, /Expected \[hits\]/))
  })
}

test('an assertion with an unknown condition is a mistake of the track', async () => {
  const params = { body: {}, 'detailed-results': true, assertions: [{ property: 'hits', condition: '=', value: 0 }] }
  await assert.rejects(runOperation('search', params, [[200, found()]], { track }), /has an assertion that is none/)
})

test('a paginated search goes on behind the last hit until all hits are seen', async () => {
  const page = (sort: string): string =>
    `{"took":2,"timed_out":false,"_shards":{"failed":0},"hits":{"total":{"value":25,"relation":"eq"},"hits":[{"sort":[0]},{"_source":{"sort":["no"]},"sort":${sort}}]}}`
  const params = { body: { sort: [{ n: 'asc' }] }, pages: 'all', 'results-per-page': 10 }
  const { client, result } = await runOperation(
    'paginated-search',
    params,
    [
      [200, page('[12345678901234567890,"a]\\"b"]')],
      [200, page('[2.0]')],
      [200, page('[3]')]
    ],
    { track }
  )
  assert.deepEqual(client.log, [
    'GET /geo/_search {"sort":[{"n":"asc"}],"size":10}',
    'GET /geo/_search {"sort":[{"n":"asc"}],"size":10,"search_after":[12345678901234567890,"a]\\"b"]}',
    'GET /geo/_search {"sort":[{"n":"asc"}],"size":10,"search_after":[2.0]}'
  ])
  assert.deepEqual([result.weight, result.unit, result.success], [3, 'pages', true])
  assert.deepEqual(result.meta, { pages: 3, hits: 25, hits_relation: 'eq', timed_out: false, took: 6 })
})

test('a paginated search stops at its number of pages, and begins anew each time', async () => {
  const params = { body: { sort: ['n'] }, pages: 2, 'results-per-page': 5 }
  const { client, result } = await runOperation('paginated-search', params, [[200, found()]], { track })
  assert.equal(result.weight, 2)
  assert.equal(client.log[0], 'GET /geo/_search {"sort":["n"],"size":5}')
})

test('a paginated search needs pages and a sort, and a page defaults to ten hits', async () => {
  const run = (params: object) => runOperation('paginated-search', params as never, [[200, found()]], { track })
  await assert.rejects(run({ body: { sort: ['n'] } }), /needs 'pages'/)
  await assert.rejects(run({ body: {}, pages: 1 }), /needs a 'sort'/)
  await assert.rejects(run({ body: { sort: ['n'] }, pages: 1, 'with-point-in-time-from': 'x' }), /only allowed inside a composite/)
  assert.deepEqual((await run({ body: { sort: ['n'] }, pages: 1 })).client.log, ['GET /geo/_search {"sort":["n"],"size":10}'])
})

test('an error on a later page fails the whole request', async () => {
  const params = { body: { sort: ['n'] }, pages: 'all', 'results-per-page': 5 }
  const { result } = await runOperation('paginated-search', params, [[200, found()], [503]], { track })
  assert.deepEqual([result.success, result.weight, result.failure?.errorClass], [false, 0, 'http-503'])
})

const scrolled = (hits: readonly object[], id = 'abc'): object => ({
  _scroll_id: id,
  ...found({ hits: { total: { value: 25, relation: 'eq' }, hits } })
})

for (const type of ['scroll-search', 'search']) {
  test(`a ${type} with pages scrolls until a page is empty, and clears the scroll`, async () => {
    const params = { body: { query: {} }, pages: 'all', 'results-per-page': 10, 'request-params': { preference: '_local' } }
    const { client, result } = await runOperation(
      type,
      params,
      [[200, scrolled([{}])], [200, scrolled([{}], 'next')], [200, scrolled([])], [200]],
      { track }
    )
    assert.deepEqual(client.log, [
      'GET /geo/_search?preference=_local&sort=_doc&scroll=10s&size=10 {"query":{},"size":10}',
      'GET /_search/scroll?preference=_local {"scroll_id":"abc","scroll":"10s"}',
      'GET /_search/scroll?preference=_local {"scroll_id":"next","scroll":"10s"}',
      'DELETE /_search/scroll {"scroll_id":["abc"]}'
    ])
    assert.deepEqual([result.weight, result.unit], [3, 'pages'])
    assert.deepEqual(result.meta, { pages: 3, hits: 25, hits_relation: 'eq', timed_out: false, took: 9 })
  })
}

test('a scroll ends after one page that holds all, and leaves the size out where none is given', async () => {
  const all = await runOperation('scroll-search', { body: {}, pages: 5, 'results-per-page': 100 }, [[200, scrolled([{}])], [200]], {
    track
  })
  assert.equal(all.result.weight, 1)
  const plain = await runOperation('scroll-search', { body: {}, pages: 1 }, [[200, scrolled([{}])], [200]], { track })
  assert.equal(plain.client.log[0], 'GET /geo/_search?sort=_doc&scroll=10s {}')
})

test('a scroll is cleared after a failure too, and may not be cleared at all', async () => {
  const params = { body: {}, pages: 'all', 'results-per-page': 10 }
  const broken = await runOperation('scroll-search', params, [[200, scrolled([{}])], [500], [200]], { track })
  assert.equal(broken.result.failure?.errorClass, 'http-500')
  assert.equal(broken.client.log.at(-1), 'DELETE /_search/scroll {"scroll_id":["abc"]}')
  const lost = await runOperation('scroll-search', { ...params, pages: 1 }, [[200, scrolled([{}])], 'reset'], { track })
  assert.equal(lost.result.success, true)
})
