import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bounds, linesPerDocument, roundHalfEven } from '../../../src/corpus/bounds.ts'
import { vectors } from '../../vectors.ts'

interface BoundsCase {
  readonly kind: string
  readonly name: string
  readonly input: { total_docs: number; clients: number; start: number; end: number; includes_action_and_meta_data: boolean }
  readonly expected: number[][] | number[]
}

test('bounds are those of Elastic Rally', () => {
  const cases = vectors<BoundsCase>('bulk-bounds.json').filter(({ kind }) => kind === 'bounds' || kind === 'bounds-range')
  assert.ok(cases.length > 0)
  for (const { kind, name, input, expected } of cases) {
    const linesEach = linesPerDocument(input.includes_action_and_meta_data)
    const of = (first: number, last: number): number[] => {
      const slice = bounds(input.total_docs, { first, last, clients: input.clients }, linesEach)
      return [slice.offsetLines, slice.documents, slice.lines]
    }
    const ours =
      kind === 'bounds-range' ? of(input.start, input.end) : Array.from({ length: input.clients }, (_, client) => of(client, client))
    assert.deepEqual(ours, expected, name)
  }
})

test('the slices of all clients cover a file exactly once, in order', () => {
  fc.assert(
    fc.property(fc.nat(2_000_000_000), fc.integer({ min: 1, max: 300 }), fc.constantFrom(1, 2), (documents, clients, linesEach) => {
      let line = 0
      for (let client = 0; client < clients; client++) {
        const slice = bounds(documents, { first: client, last: client, clients }, linesEach)
        assert.equal(slice.offsetLines, line)
        assert.equal(slice.lines, slice.documents * linesEach)
        line += slice.lines
      }
      assert.equal(line, documents * linesEach)
    })
  )
})

test('a half is rounded to the even neighbour', () => {
  assert.deepEqual([0.5, 1.5, 2.5, 2.4999, 2.5001, 7].map(roundHalfEven), [0, 2, 2, 2, 3, 7])
})
