// Rules of a line or two, each with Elastic Rally's own answers.

import assert from 'node:assert/strict'
import test from 'node:test'
import { printJson } from '../../../src/core/json-print.ts'
import { isObject, type JsonObject } from '../../../src/core/json.ts'
import { isArchive, splitExtension } from '../../../src/track/archive-name.ts'
import { mergeParameters } from '../../../src/track/merge-parameters.ts'
import { vectorsOf } from './vectors.ts'

test('extensions and archives are told as in Elastic Rally, and parameters merged', (t) => {
  let checked = 0
  for (const { kind, name, input, expected } of vectorsOf('units-format.json', t)) {
    const [first, second] = (input['args'] ?? []) as unknown as [string, string]
    const answers: Record<string, () => unknown> = {
      splitext: () => splitExtension(first),
      is_archive: () => isArchive(first),
      has_extension: () => splitExtension(first)[1] === second,
      merge_dicts: () => mergeParameters(first as unknown as JsonObject, second as unknown as JsonObject)
    }
    const answer = answers[kind ?? '']
    if (answer === undefined) continue
    checked++
    // Merged lists are sets there: without an order of their own.
    const text = (value: unknown): string => printJson(kind === 'merge_dicts' ? sorted(value) : value, { sortKeys: true })
    assert.equal(text(answer()), text(expected), name)
  }
  t.diagnostic(`${checked} vectors`)
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).toSorted((a, b) => (printJson(a) < printJson(b) ? -1 : 1))
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, sorted(member)])) : value
}

test('a double extension counts as one, a leading dot as none', () => {
  assert.deepEqual(splitExtension('a/b.ndjson.tar.gz'), ['a/b.ndjson', '.tar.gz'])
  assert.deepEqual(splitExtension('dir.d/noext'), ['dir.d/noext', ''])
  assert.deepEqual(splitExtension('.bz2'), ['.bz2', ''])
  assert.deepEqual(splitExtension('..bz2'), ['..bz2', ''])
  assert.deepEqual(splitExtension('a..bz2'), ['a.', '.bz2'])
})

test('merged lists hold each item once, in their order', () => {
  assert.deepEqual(mergeParameters({ a: [2, 1], b: { c: 1 } }, { a: [1, 3], b: { d: 2 }, e: null }), {
    a: [2, 1, 3],
    b: { c: 1, d: 2 },
    e: null
  })
})
