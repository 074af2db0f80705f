import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonNumber } from '../../../src/core/json.ts'
import { pathPart, queryString } from '../../../src/operation/query-string.ts'
import { requestParts } from '../../../src/operation/request-parts.ts'

test('lists are joined by commas, booleans are lower case, numbers stay as written, null is None', () => {
  const params = { a: ['x', 1, true], b: false, c: new JsonNumber('1.0'), d: null, 'e f': 'ä' }
  assert.equal(queryString(params), '?a=x,1,true&b=false&c=1.0&d=None&e%20f=%C3%A4')
  assert.equal(queryString({}), '')
})

test('any text survives a query string', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (params) => {
      const url = new URL(`http://h/x${queryString(params)}`)
      assert.deepEqual([...url.searchParams], Object.entries(params))
    })
  )
})

test('any name survives as one part of a path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const part = pathPart(name)
      assert.doesNotMatch(part, /[/?#\s]/)
      assert.equal(decodeURIComponent(part), name)
    })
  )
})

test('half a surrogate pair is replaced instead of thrown at', () => {
  assert.equal(pathPart('\ud800'), '%EF%BF%BD')
})

test('ignored statuses may stand beside or inside the request parameters, as number, text or list', () => {
  assert.deepEqual(requestParts({ ignore: '404,409' }).ignore, [404, 409])
  const { ignore, query } = requestParts({ 'request-params': { ignore: [400, '404'], a: 1 } })
  assert.deepEqual([ignore, query], [[400, 404], { a: 1 }])
  assert.deepEqual(requestParts({ ignore: null }).ignore, [])
})
