import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestParts } from '../../../src/operation/request-parts.ts'

test('what many operations say about a request is read alike: query, headers by lower-case names, timeout, forgiven statuses', () => {
  const parts = requestParts({
    'request-params': { preference: '_local', ignore: '404' },
    headers: { 'X-Own': 7 },
    'opaque-id': 'id é',
    'request-timeout': 1.5
  })
  assert.deepEqual(parts, {
    query: { preference: '_local' },
    headers: { 'x-own': '7', 'x-opaque-id': 'id é' },
    timeoutMs: 1500,
    ignore: [404]
  })
})

test('a header that no HTTP library sends is a mistake of the track, told before the first request', () => {
  const wrong: readonly [object, RegExp][] = [
    [{ 'opaque-id': 'Suche „Bonn“' }, /header \[x-opaque-id\] must not hold the character U\+201E: "Suche „Bonn“"/],
    [{ 'opaque-id': 'a\r\nb: c' }, /U\+000D/],
    [{ headers: { emoji: '😀' } }, /header \[emoji\].*U\+1F600/],
    [{ headers: { 'x y': '1' } }, /\[x y\] is no name/],
    [{ headers: { '': '1' } }, /\[\] is no name/]
  ]
  for (const [params, message] of wrong) assert.throws(() => requestParts(params as never), { name: 'RallyError', message })
})
