import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { printable, printableJson, printableKeepingColours, printableLine } from '../../../src/cli/printable.ts'

test('control characters of a foreign text are shown, not obeyed', () => {
  assert.equal(printable('a\u001b[2Jb\rc\u0007\u009bd\u007f'), 'a\\x1b[2Jb\\x0dc\\x07\\x9bd\\x7f')
  assert.equal(printable('x\u202ey\u2066z'), 'x\\u202ey\\u2066z')
  assert.equal(printable('ordinary Ünïcode 漢字 👍\n\ttext'), 'ordinary Ünïcode 漢字 👍\n\ttext')
  assert.equal(printableLine('a\nb\tc'), 'a b c')
})

test('colours of our own stay where they are wanted, and nothing else does', () => {
  assert.equal(printableKeepingColours('\u001b[32;1m+1\u001b[0m \u001b[2J'), '\u001b[32;1m+1\u001b[0m \\x1b[2J')
})

test('JSON made printable is the same JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const json = JSON.stringify([value, text])
      assert.deepEqual(JSON.parse(printableJson(json)), JSON.parse(json))
      assert.ok(!/[^\P{Cc}\n]/u.test(printableJson(json)))
    })
  )
})
