import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineLoops, RESERVED, SLACK } from '../../../src/corpus/line-loops.ts'

const loops = new LineLoops()
const text = fc
  .array(fc.oneof({ weight: 1, arbitrary: fc.constant('\n') }, { weight: 4, arbitrary: fc.string({ maxLength: 40 }) }))
  .map((parts) => Buffer.from(parts.join('')))

function newlines(bytes: Buffer): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) found.push(at)
  return found
}

test('skip finds the n-th newline or tells how many are missing', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 30 }), fc.nat(20), (bytes, lines, shift) => {
      const from = RESERVED + shift
      loops.reserve(from + bytes.length + SLACK)
      loops.bytes.set(bytes, from)
      // A newline right behind the input must not count.
      loops.bytes.fill(10, from + bytes.length, from + bytes.length + SLACK)
      const all = newlines(bytes)
      const expected = all.length < lines ? all.length - lines : from + all[lines - 1]! + 1
      assert.equal(loops.skip(from, from + bytes.length, lines), expected)
    })
  )
})

test('interleave puts the prefix before each line, also when the input comes in pieces', () => {
  fc.assert(
    fc.property(
      text,
      fc.string({ minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 50 }),
      (bytes, prefix, lines, piece) => {
        const prefixBytes = Buffer.from(prefix)
        const inputAt = RESERVED + prefixBytes.length + SLACK
        const outputAt = inputAt + piece + SLACK
        loops.reserve(outputAt + bytes.length + lines * prefixBytes.length + 200)
        loops.bytes.set(prefixBytes, RESERVED)
        let state = { missing: lines, readTo: 0, writtenTo: outputAt, insideLine: false }
        let at = 0
        while (state.missing > 0 && at < bytes.length) {
          const part = bytes.subarray(at, at + piece)
          loops.bytes.set(part, inputAt)
          state = loops.interleave({
            from: inputAt,
            end: inputAt + part.length,
            to: state.writtenTo,
            prefixAt: RESERVED,
            prefixLength: prefixBytes.length,
            lines: state.missing,
            insideLine: state.insideLine
          })
          at += state.readTo - inputAt
        }
        const ends = newlines(bytes)
        const end = ends.length >= lines ? ends[lines - 1]! + 1 : bytes.length
        const expected = bytes
          .subarray(0, end)
          .toString('latin1')
          .replaceAll(/[^\n]*\n|[^\n]+$/g, (line) => prefixBytes.toString('latin1') + line)
        assert.equal(loops.bytes.toString('latin1', outputAt, state.writtenTo), expected)
        assert.equal(at, end)
        assert.equal(state.missing, Math.max(0, lines - ends.length))
        assert.equal(state.insideLine, ends.length < lines && bytes.length > 0 && bytes.at(-1) !== 10)
      }
    )
  )
})

test('the memory grows and keeps what is in it', () => {
  const own = new LineLoops()
  own.bytes.write('hello', RESERVED)
  own.reserve(own.bytes.length + 1)
  assert.equal(own.bytes.toString('utf8', RESERVED, RESERVED + 5), 'hello')
})
