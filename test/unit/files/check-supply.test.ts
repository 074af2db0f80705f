import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSupply } from '../../../src/files/check-supply.ts'
import type { SuppliedFile } from '../../../src/protocol/transfer-messages.ts'

const sha256 = 'ab'.repeat(32)
const named = (path: string, more: Partial<SuppliedFile> = {}): SuppliedFile => ({ path, bytes: 5, id: sha256, pieceBytes: 65_536, pieces: [[0, sha256]], ...more })
const check = (...track: readonly SuppliedFile[]): void => checkSupply({ track, data: null })

test('names that lead out of their folder are refused, in one line that names them', () => {
  for (const path of ['/etc/passwd', '../x', 'a/../../x', 'a/..', './a', '', 'a//b', 'a\\..\\..\\b', 'C:\\x', 'a\0b']) {
    assert.throws(() => check(named(path)), { kind: 'protocol', message: `file [${path}] of the race is refused: it leads out of its folder` })
    assert.throws(() => checkSupply({ track: [], data: [{ ...named(path), table: [] }] }), { kind: 'protocol' })
  }
})

test('two names that are one file on some disk are refused', () => {
  assert.throws(() => check(named('index.json'), named('index.json')), /\[index\.json\] .*: it comes twice/)
  assert.throws(() => check(named('Index.json'), named('index.JSON')), /\[index\.JSON\] of the race is refused: it is the same as \[Index\.json\] on some disks/)
  assert.throws(() => check(named('\u00e9.json'), named('e\u0301.json')), /is the same as/)
  assert.throws(() => check(named('a/b'), named('A')), /\[a\/b\] .*: it stands below \[A\], which is a file/)
  checkSupply({ track: [], data: ['Logs/d.json', 'logs/d.json'].map((path) => ({ ...named(path), table: [] })) })
  check(named('a/b'), named('a/c'), named('b'), named('..c'), named('.d'))
})

test('pieces of a size that no file has, or that a file cannot have, are refused: no memory is taken for them', () => {
  assert.throws(() => check(named('a', { pieceBytes: 2 ** 40 })), /has pieces of 1099511627776 bytes, but 5 bytes in all/)
  assert.throws(() => check(named('a', { bytes: 2 ** 60 })), /bytes in all/)
  assert.throws(() => check(named('a', { pieces: [[1, sha256]] })), /has no piece 1/)
  assert.throws(() => check(named('a', { bytes: 70_000, pieces: [[1, sha256], [1, sha256]] })), /has no piece 1 at that place/)
})
