import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineBuffer } from '../../../src/results/line-buffer.ts'

test('lines come out as they were added, whatever was there before them', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.integer({ min: 0, max: 50_000 }).map((length) => '→'.repeat(length))
  )
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 5 }), (files) => {
      const buffer = new LineBuffer()
      for (const lines of files) {
        for (const one of lines) assert.equal(buffer.add(one).toString(), `${one}\n`)
        assert.equal(buffer.bytes.toString(), lines.map((one) => `${one}\n`).join(''))
        assert.equal(buffer.count, lines.length)
        buffer.clear()
      }
    })
  )
})

test('a minute of lines after the other needs no memory but the first one’s', () => {
  const buffer = new LineBuffer()
  const memory = new Set<ArrayBufferLike>()
  for (let minute = 0; minute < 5; minute++) {
    for (let second = 0; second < 60; second++) buffer.add(`${second}`.repeat(500))
    memory.add(buffer.bytes.buffer)
    buffer.clear()
  }
  assert.equal(memory.size, 1)
})
