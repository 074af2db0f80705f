import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { closeMatches, closeMatchOfEach, didYouMean } from '../../../src/core/close-match.ts'
import { vectors } from '../../vectors.ts'

interface Vector {
  readonly kind: string
  readonly name: string
  readonly input: { readonly words: string[]; readonly possibilities: string[] }
  readonly expected: string[]
}

test('the nearest words come out as Elastic Rally prints them', () => {
  const cases = vectors<Vector>('opts.json').filter((vector) => vector.kind === 'make_list_of_close_matches')
  assert.ok(cases.length > 0)
  for (const vector of cases) {
    assert.deepEqual(closeMatchOfEach(vector.input.words, vector.input.possibilities), vector.expected, vector.name)
  }
})

test('the closest of several comes first, and equally close ones in falling order', () => {
  assert.deepEqual(closeMatches('appel', ['ape', 'apple', 'peach', 'puppy']), ['apple', 'ape'])
  assert.deepEqual(closeMatches('ab', ['ax', 'ay', 'abc']), ['abc'])
  assert.deepEqual(closeMatches('abc', ['abx', 'aby', 'abz', 'abw']), ['abz', 'aby', 'abx'])
})

test('a hint is only given when something is near, and not the word itself', () => {
  assert.equal(didYouMean('serch', ['search', 'bulk']), ', did you mean [search]?')
  assert.equal(didYouMean('zzz', ['search', 'bulk']), '')
  assert.equal(didYouMean('bulk', ['bulk']), '')
})

test('in a word of 200 letters and more, frequent letters only lengthen a match', () => {
  // Verified with Python: shifted by one letter, nothing starts a block any more.
  assert.deepEqual(closeMatches('ab'.repeat(100), [`x${'ab'.repeat(100)}`]), [])
  assert.equal(closeMatches('ab'.repeat(99), [`x${'ab'.repeat(99)}`]).length, 1)
})

test('any short word is nearest to itself', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 30 }), fc.array(fc.string({ maxLength: 30 })), (word, others) => {
      assert.equal(closeMatches(word, [...others, word], 1)[0], word)
    })
  )
})
