import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CHUNK_ROWS, type ColumnChunk } from '../../../src/sample/columns.ts'
import { LastColumns } from '../../../src/driver/last-columns.ts'
import type { WorkerEvent } from '../../../src/protocol/worker-messages.ts'
import { emptySample } from '../../../src/sample/sample.ts'
import { ChunkOutbox } from '../../../src/worker/chunk-outbox.ts'

interface Box {
  readonly outbox: ChunkOutbox
  readonly chunks: ColumnChunk[]
  /** What the main thread knows of what is not full. */
  readonly last: LastColumns
  readonly dropped: () => number
}

function open(maxInFlight: number): Box {
  const chunks: ColumnChunk[] = []
  let dropped = 0
  const last = new LastColumns()
  const post = (event: WorkerEvent): void => {
    if (last.hears(event) && event.t === 'chunk') chunks.push(event.chunk)
  }
  const outbox = new ChunkOutbox({ maxInFlight, post, dropped: (samples) => (dropped += samples) })
  return { outbox, chunks, last, dropped: () => dropped }
}

function fill({ outbox }: Box, samples: number): void {
  const sample = emptySample(0, 0)
  for (let i = 0; i < samples; i++) outbox.columns.add(sample)
}

test('a disk that takes nothing costs the samples beyond what may be under way, each counted, and no time', () => {
  const box = open(2)
  fill(box, 5 * CHUNK_ROWS + 7)
  box.outbox.columns.flush()
  assert.equal(box.chunks.length, 2)
  assert.equal(box.dropped(), 3 * CHUNK_ROWS + 7)
})

test('once the disk has taken a chunk, the next one leaves, in the same columns', () => {
  const box = open(1)
  fill(box, CHUNK_ROWS)
  box.outbox.taken(box.chunks[0]!.columns)
  fill(box, 2 * CHUNK_ROWS)
  assert.equal(box.dropped(), CHUNK_ROWS)
  box.outbox.taken(box.chunks[1]!.columns)
  fill(box, CHUNK_ROWS)
  assert.equal(box.chunks.length, 3)
  assert.equal(box.chunks[2]!.columns, box.chunks[0]!.columns)
})

test('columns that do not fill up leave after ten seconds', () => {
  const box = open(5)
  box.outbox.stepStarts(1000)
  fill(box, 3)
  box.outbox.tick(10_900)
  assert.equal(box.chunks.length, 0)
  box.outbox.tick(11_000)
  assert.deepEqual(box.chunks.map((chunk) => chunk.rows), [3])
  box.outbox.tick(30_000)
  assert.equal(box.chunks.length, 1)
})

test('classes of errors and units are numbered by chunk; beyond 253 classes they are filed as others', () => {
  const box = open(1)
  const sample = emptySample(0, 0)
  for (let i = 0; i < 300; i++) {
    sample.errorClass = i === 0 ? null : `class ${i}`
    sample.unit = i % 2 === 0 ? 'docs' : 'ops'
    box.outbox.columns.add(sample)
  }
  box.outbox.columns.flush()
  const { columns, errors, units } = box.chunks[0]!
  assert.deepEqual(units, ['docs', 'ops'])
  assert.deepEqual([...columns.unit.subarray(0, 4)], [0, 1, 0, 1])
  assert.equal(errors.length, 254)
  assert.deepEqual([0, 1, 253, 254, 299].map((row) => (columns.error[row] === 0 ? null : errors[columns.error[row]! - 1])), [null, 'class 1', 'class 253', 'others', 'others'])
})

test('of a worker that dies at any time, the main thread has each sample once, with its labels', () => {
  const sample = { ...emptySample(0, 0), unit: 'docs' }
  for (const samples of [0, 5, CHUNK_ROWS, CHUNK_ROWS + 1, 2 * CHUNK_ROWS + 3]) {
    const { outbox, chunks, last } = open(9)
    for (let i = 0; i < samples; i++) outbox.columns.add(Object.assign(sample, { client: i, errorClass: i % 2 === 0 ? null : 'timeout' }))
    const rest = last.take()
    const all = [...chunks, ...(rest === null ? [] : [rest])]
    assert.deepEqual(all.flatMap(({ rows, columns }) => [...columns.client.subarray(0, rows)]), Array.from({ length: samples }, (_, i) => i))
    for (const { rows, units, errors } of all) assert.deepEqual([units, errors], [['docs'], rows === 1 ? [] : ['timeout']])
    assert.equal(last.take(), null)
  }
})
