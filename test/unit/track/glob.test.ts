import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { FileProblem, TrackFolder } from '../../../src/track/file-text.ts'
import { glob, nameMatcher } from '../../../src/track/glob.ts'
import { trackFolder } from './vectors.ts'

test('files come sorted; names that begin with a dot only if asked for', (t) => {
  const folder = new TrackFolder(
    trackFolder(t, { 'ops/b.json': '', 'ops/a.json': '', 'ops/.hidden.json': '', 'ops/note.txt': '', 'x/ops/c.json': '' })
  )
  assert.deepEqual(glob(folder, 'ops/*.json'), ['ops/a.json', 'ops/b.json'])
  assert.deepEqual(glob(folder, 'ops/.*.json'), ['ops/.hidden.json'])
  assert.deepEqual(glob(folder, '*/a.json'), ['ops/a.json'])
  assert.deepEqual(glob(folder, '**/c.json'), [])
  assert.deepEqual(glob(folder, '**/ops/c.json'), ['x/ops/c.json'])
  assert.deepEqual(glob(folder, 'x/../ops/[ab].json'), ['x/../ops/a.json', 'x/../ops/b.json'])
  assert.deepEqual(glob(folder, join(folder.path, 'ops/*.txt')), [join(folder.path, 'ops/note.txt')])
  assert.deepEqual(glob(folder, 'ops/a.json'), ['ops/a.json'])
})

test('what is not there matches nothing, also where a file stands for a folder', (t) => {
  const folder = new TrackFolder(trackFolder(t, { 'a.json': '' }))
  for (const pattern of ['nope/*.json', 'a.json/*.json', 'nope.json', '*/x']) assert.deepEqual(glob(folder, pattern), [], pattern)
})

test('a pattern that leads out of the folder is refused', (t) => {
  const dir = trackFolder(t, { 'a.json': '' })
  symlinkSync('/etc', join(dir, 'out'))
  const folder = new TrackFolder(dir)
  for (const pattern of ['../*', '/etc/*', 'out/*', 'out/passwd']) {
    assert.throws(
      () => glob(folder, pattern),
      (error) => error instanceof FileProblem && error.reason === 'outside',
      pattern
    )
  }
})

test('names match as in Python', () => {
  const cases: [string, string, boolean][] = [
    ['*.json', 'a.json', true],
    ['*.json', 'a.JSON', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['[!a]b', 'ab', false],
    ['[!a]b', 'cb', true],
    ['[a-c]', 'b', true],
    ['[c-a]', 'b', false],
    ['[]]', ']', true],
    ['[a', '[a', true],
    ['[a-]', '-', true],
    ['a+(b)$', 'a+(b)$', true],
    ['é*', 'été', true],
    ['[^a]', '^', true],
    ['[^a]', 'b', false]
  ]
  for (const [pattern, name, expected] of cases) assert.equal(nameMatcher(pattern)(name), expected, `${pattern} ${name}`)
})

test('no pattern takes long', () => {
  assert.equal(nameMatcher(`${'*a'.repeat(60)}*b`)('a'.repeat(250)), false)
})
