import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256Of } from '../../../src/core/checksum.ts'

test('a checksum is that of the standard, and of a text that of its UTF-8 bytes', () => {
  // FIPS 180-2, appendix B.1.
  assert.equal(sha256Of('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  assert.equal(sha256Of('Zürich'), sha256Of(Buffer.from('Zürich')))
})
