import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeColumns, deflateColumns, encodeColumns } from '../../../src/results/chunk-codec.ts'
import { columnsOf, rowsOf, type PlainRow } from '../../helpers/plain-rows.ts'

/** Whole nanoseconds, and what is no number. */
const duration = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 3_600_000_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -1000, max: 2 ** 50 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) }
)

const plainRow: fc.Arbitrary<PlainRow> = fc.record({
  finishNs: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2 ** 50 })),
  latencyNs: duration,
  serviceNs: duration,
  processingNs: duration,
  sendDelayNs: duration,
  weight: fc.oneof(fc.nat(100_000), fc.double()),
  client: fc.nat(2 ** 32 - 1),
  task: fc.nat(2 ** 16 - 1),
  error: fc.nat(255),
  unit: fc.nat(255),
  normal: fc.nat(1)
}, { noNullPrototype: true })

test('every row comes back to the nanosecond, in the order of its finish', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plainRow, { minLength: 1, maxLength: 300 }), async (rows) => {
      const encoded = encodeColumns({ rows: rows.length, columns: columnsOf(rows) })
      const payload = await deflateColumns(encoded.bytes)
      const columns = await decodeColumns(payload, { rows: rows.length, ...encoded })
      const sorted = rows.toSorted((a, b) => a.finishNs - b.finishNs)
      assert.deepEqual(rowsOf(columns, rows.length), sorted)
      assert.deepEqual([encoded.firstNs, encoded.lastNs], [sorted[0]!.finishNs, sorted.at(-1)!.finishNs])
    })
  )
})

test('rows in the reverse order of their finish are put right, too', () => {
  const rows = Array.from({ length: 1000 }, (_, index): PlainRow => ({ ...PLAIN, finishNs: 1000 - index, client: index }))
  const { firstNs, lastNs } = encodeColumns({ rows: rows.length, columns: columnsOf(rows) })
  assert.deepEqual([firstNs, lastNs], [1, 1000])
})

test('columns that do not fit their header are refused, not guessed', async () => {
  const { bytes, planes, firstNs } = encodeColumns({ rows: 2, columns: columnsOf([PLAIN, PLAIN]) })
  const payload = await deflateColumns(bytes)
  await assert.rejects(decodeColumns(payload, { rows: 3, planes, firstNs }), /bytes instead of/)
  await assert.rejects(decodeColumns(payload, { rows: 2, planes: planes.slice(1), firstNs }), /10 columns instead of 11/)
  await assert.rejects(decodeColumns(payload.subarray(0, -3), { rows: 2, planes, firstNs }))
})

const PLAIN: PlainRow = { finishNs: 5, latencyNs: 3, serviceNs: 2, processingNs: 4, sendDelayNs: 1, weight: 1, client: 0, task: 0, error: 0, unit: 0, normal: 1 }

test('what a header says of its rows is not believed beyond what a chunk can hold', async () => {
  const payload = await deflateColumns(new Uint8Array(0))
  const facts = { rows: 40_000_000, planes: Array.from({ length: 11 }, () => 0), firstNs: 0 }
  await assert.rejects(decodeColumns(payload, facts), /40000000 rows, 1048576 are taken/)
})
