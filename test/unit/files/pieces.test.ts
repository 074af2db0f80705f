import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pieceBytesOf, pieceCount, piecesOf, spanOf, type ByteRange } from '../../../src/files/pieces.ts'

test('the pieces of ranges hold each of their bytes, and no piece holds none of them', () => {
  const bytes = fc.integer({ min: 1, max: 3_000_000 })
  const range = fc.tuple(fc.nat(3_000_000), fc.nat(300_000))
  fc.assert(
    fc.property(bytes, fc.array(range, { maxLength: 8 }), (size, parts) => {
      const file = { bytes: size, pieceBytes: pieceBytesOf(size) }
      const ranges = parts.map(([from, length]): ByteRange => [Math.min(from, size), Math.min(from + length, size)])
      const spans = piecesOf(ranges, file).map((piece) => spanOf(piece, file))
      const isIn = (byte: number, [from, to]: ByteRange): boolean => byte >= from && byte < to
      for (const [from, to] of ranges) {
        if (from === to) continue
        for (const byte of [from, Math.floor((from + to) / 2), to - 1]) assert.equal(spans.filter((span) => isIn(byte, span)).length, 1)
      }
      for (const [from, to] of spans) assert.ok(ranges.some((one) => one[0] < to && one[1] > from))
    })
  )
})

test('pieces grow with the file, within bounds, and all of them together are the file', () => {
  assert.deepEqual([0, 1, 64 * 2 ** 20, 64 * 2 ** 20 + 1, 80e9].map(pieceBytesOf), [65_536, 65_536, 65_536, 131_072, 4 * 2 ** 20])
  assert.equal(pieceCount({ bytes: 0, pieceBytes: 65_536 }), 0)
  assert.deepEqual(spanOf(1, { bytes: 65_540, pieceBytes: 65_536 }), [65_536, 65_540])
})
