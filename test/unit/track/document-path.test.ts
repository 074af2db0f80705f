import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { DocumentPositions, pathText, type DocumentPath } from '../../../src/track/document-path.ts'

test('a path reads as one would write it', () => {
  assert.equal(pathText(['challenges', 0, 'schedule', 3, 'clients']), 'challenges[0].schedule[3].clients')
  assert.equal(pathText([]), '')
  assert.equal(pathText(['meta', 'two words', '#x', 'warmup-iterations']), 'meta["two words"].#x.warmup-iterations')
})

test('a path finds its value in the text, the last of equal keys, or the nearest value above', () => {
  const text = '{ "a": [1, {"b": "x"}], "c": {}, "a": [5, {"b":\n "y}{"}] }'
  const positions = new DocumentPositions(text)
  const at = (path: DocumentPath): string => text.slice(positions.offsetOf(path))
  assert.ok(at(['a', 1, 'b']).startsWith('"y}{"'))
  assert.ok(at(['c']).startsWith('{}'))
  assert.ok(at(['a', 7]).startsWith('[5'))
  assert.equal(positions.offsetOf([]), 0)
  assert.equal(positions.offsetOf(['nope', 0]), 0)
})

test('every value of any document is found at its own offset', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, null, 1)
      const positions = new DocumentPositions(text)
      const walk = (inner: unknown, path: DocumentPath): void => {
        const found = text.slice(positions.offsetOf(path))
        const own = JSON.stringify(inner)
        assert.equal(found.replace(/\s/g, '').slice(0, own.replace(/\s/g, '').length), own.replace(/\s/g, ''))
        if (Array.isArray(inner)) inner.forEach((item, i) => walk(item, [...path, i]))
        else if (typeof inner === 'object' && inner !== null)
          for (const [key, member] of Object.entries(inner)) walk(member, [...path, key])
      }
      walk(value, [])
    })
  )
})
