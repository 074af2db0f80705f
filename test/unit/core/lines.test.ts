import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineSplitter, LineTooLongError } from '../../../src/core/lines.ts'

/** The bytes in pieces of the given sizes, again and again. */
function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const cut: Buffer[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    cut.push(bytes.subarray(at, at + size))
    at += size
  }
  return cut
}

test('however the bytes come in pieces, the lines are the same', () => {
  const text = fc.array(fc.constantFrom('a', 'ä', '\n', '\r', 'bcd'), { maxLength: 200 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (all, sizes) => {
      const splitter = new LineSplitter(1000)
      const lines = pieces(Buffer.from(all), sizes).flatMap((piece) => splitter.push(piece))
      const expected = all.split('\n')
      const rest = expected.pop()!
      assert.equal(splitter.hasBegun, rest !== '')
      assert.deepEqual([...lines, splitter.rest()].map(String), [...expected, rest])
      assert.equal(splitter.hasBegun, false)
    })
  )
})

test('lines that were given out stay what they were', () => {
  const splitter = new LineSplitter(1000)
  const first = [...splitter.push(Buffer.from('one')), ...splitter.push(Buffer.from('1\ntw'))]
  splitter.push(Buffer.from('o2\nthree'))
  assert.deepEqual(first.map(String), ['one1'])
})

test('a line may be as long as the limit and no longer, whether it ends or not, in one piece or byte by byte', () => {
  for (const size of [1, 7, 64]) {
    const fits = new LineSplitter(64)
    const line = Buffer.from(`${'x'.repeat(64)}\n`)
    assert.deepEqual(
      pieces(line, [size]).flatMap((piece) => fits.push(piece)).map(String),
      ['x'.repeat(64)]
    )
    for (const end of ['\n', '']) {
      const splitter = new LineSplitter(64)
      assert.throws(() => pieces(Buffer.from('x'.repeat(65) + end), [size]).forEach((piece) => splitter.push(piece)), LineTooLongError)
    }
  }
})

test('a megabyte that comes byte by byte is kept in a few megabytes', () => {
  const splitter = new LineSplitter(1 << 20)
  const byte = Buffer.from('x')
  const before = process.memoryUsage()
  for (let i = 0; i < 1 << 20; i++) splitter.push(byte)
  const after = process.memoryUsage()
  assert.ok(after.arrayBuffers - before.arrayBuffers < 8 << 20, `${after.arrayBuffers - before.arrayBuffers} bytes`)
  assert.equal(splitter.rest().length, 1 << 20)
})

test('memory of lines that nobody looks at any more serves those that come, and is as it was for those that somebody does', () => {
  const splitter = new LineSplitter(1 << 20)
  const kept = [...splitter.push(Buffer.from('a'.repeat(50_000))), ...splitter.push(Buffer.from('\n'))]
  const memory = kept[0]!.buffer
  const next = [...splitter.push(Buffer.from('b'.repeat(40_000))), ...splitter.push(Buffer.from('\n'))]
  assert.equal(kept[0]!.toString(), 'a'.repeat(50_000))
  splitter.recycle()
  const later = [...splitter.push(Buffer.from('c'.repeat(30_000))), ...splitter.push(Buffer.from('\n'))]
  assert.equal(later[0]!.toString(), 'c'.repeat(30_000))
  assert.deepEqual([next[0]!.buffer === memory, later[0]!.buffer === next[0]!.buffer], [false, true])
})
