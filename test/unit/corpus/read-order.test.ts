import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { numberOfBulks } from '../../../src/corpus/read-order.ts'
import { planBulks } from '../../../src/corpus/bulk-reader.ts'
import { checkBulk } from '../../../src/operation/bulk-settings.ts'
import { bulkOperation, trackFromJson } from '../../corpora-from-json.ts'
import { vectors } from '../../vectors.ts'

interface ReadersCase {
  readonly kind: string
  readonly name: string
  readonly input: { clients: number; params: Record<string, unknown>; track: Record<string, unknown> }
  readonly expected?: { client: number; all_bulks: number; total_bulks: number; readers: unknown[] }[]
  readonly error?: string
}

test('clients read their slices in the order of Elastic Rally, and as many bulks', () => {
  const cases = vectors<ReadersCase>('bulk-bounds.json').filter(({ kind }) => kind === 'readers')
  assert.ok(cases.length > 0)
  for (const { name, input, expected } of cases) {
    const check = () => checkBulk(trackFromJson(input.track), bulkOperation(input.params), input.clients)
    if (expected === undefined) {
      assert.throws(check, RallyError, name)
      continue
    }
    const { settings, corpora } = check()
    for (const client of expected) {
      const { slices, totalBulks } = planBulks(settings, corpora, { first: client.client, last: client.client, clients: input.clients })
      const rows = slices.map((slice) => [slice.set.documentFile, slice.offsetLines, slice.documents, slice.lines])
      assert.deepEqual(rows, client.readers, name)
      assert.equal(totalBulks, client.total_bulks, name)
      assert.equal(numberOfBulks(slices, settings.bulkSize), client.all_bulks, name)
    }
  }
})
