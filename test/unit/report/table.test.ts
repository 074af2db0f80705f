import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { csvTable, drawTable, markdownTable, type Cell, type NumbersAlign } from '../../../src/report/table.ts'
import { assertSameText, exactVectors, failuresOf } from '../../exact-vectors.ts'

const cases = exactVectors('units-format.json')

test('markdown tables are tabulate’s, byte for byte', () => {
  const mine = cases.filter(({ kind }) => kind === 'markdown-table')
  assert.ok(mine.length > 0)
  assert.deepEqual(
    failuresOf(mine, ({ input, expected }) => {
      const drawn = markdownTable(input['headers'] as string[], input['rows'] as Cell[][], input['numbers_align'] as NumbersAlign)
      assertSameText(drawn, String(expected))
    }),
    []
  )
})

test('CSV is Python’s, byte for byte', () => {
  const mine = cases.filter(({ kind }) => kind === 'csv-table')
  assert.ok(mine.length > 0)
  assert.deepEqual(
    failuresOf(mine, ({ input, expected }) =>
      assertSameText(csvTable(input['headers'] as string[], input['rows'] as Cell[][]), String(expected))
    ),
    []
  )
})

test('a simple table aligns ids as text where numbers are not parsed', () => {
  const drawn = drawTable(
    ['Race ID', 'Revision'],
    [
      ['a', '42992e1'],
      ['b', '7']
    ],
    { format: 'simple', numbersAlign: 'decimal', textAlign: 'left', parseNumbers: false }
  )
  assert.equal(drawn, 'Race ID    Revision\n---------  ----------\na          42992e1\nb          7')
})

test('numbers in a simple table have their points below each other', () => {
  const drawn = drawTable(['x'], [[41.9999], ['451.0'], [null]], { format: 'simple', numbersAlign: 'decimal', textAlign: 'left' })
  assert.equal(drawn, '       x\n--------\n 41.9999\n451\n')
})

test('every line of a markdown table is as wide as the first', () => {
  const cell = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null))
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 2 })),
      fc.constantFrom<NumbersAlign>('right', 'center', 'left', 'decimal'),
      (rows, align) => {
        // A cell that holds an escape of its own has no width to speak of.
        fc.pre(!rows.flat().some((value) => typeof value === 'string' && /[\u001b\p{Cs}\s]/u.test(value)))
        const lines = markdownTable(['a', 'b'], rows, align).split('\n')
        assert.equal(lines.length, rows.length + 3)
        const widths = new Set(lines.slice(0, -1).map((line) => [...line].length))
        assert.equal(widths.size, 1)
      }
    )
  )
})

test('a CSV row of one empty field is not an empty line', () => {
  assert.equal(csvTable(['x'], [[null], ['a']]), 'x\r\n""\r\na\r\n')
})
