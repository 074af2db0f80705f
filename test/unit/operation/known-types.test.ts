import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyNotServed } from '../../../src/operation/known-types.ts'
import { operationTypes } from '../../../src/operation/registry.ts'
import { BUILT_IN_TYPES } from '../../../src/track/operation-types.ts'

const operation = (type: string, paramSource: string | null = null) => ({ name: 'o', type, paramSource, meta: {}, params: {} })

test('every served type is one of Elastic Rally and as administrative as there', () => {
  const served = operationTypes().map(({ name, isAdmin }) => [name, isAdmin])
  assert.deepEqual(
    served,
    served.map(([name]) => [name, BUILT_IN_TYPES.get(String(name))?.isAdmin])
  )
  assert.ok(served.length >= 12)
})

test('a served type has nothing against it, also with the built-in source by its name', () => {
  assert.equal(whyNotServed(operation('search')), null)
  assert.equal(whyNotServed(operation('bulk', 'file-reader')), null)
})

test('a type that is still to come, one that is mistyped and a source of the track are told apart', () => {
  assert.equal(whyNotServed(operation('esql')), 'operation type [esql] is not supported yet')
  assert.match(whyNotServed(operation('force_merge')) ?? '', /^operation type \[force_merge\] is unknown, did you mean \[force-merge\]\?/)
  assert.match(whyNotServed(operation('my-own')) ?? '', /own code are not supported yet/)
  assert.equal(whyNotServed(operation('search', 'mine')), "param source [mine] of the track's own code is not supported yet")
})
