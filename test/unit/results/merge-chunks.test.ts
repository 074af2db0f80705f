import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { mergeChunks, type SampleRow } from '../../../src/results/merge-chunks.ts'
import { findResults } from '../../../src/results/read-results.ts'
import { ERRORS, makeResults, plainRow, TASKS, temporaryFolder, UNITS } from '../../helpers/node-results.ts'

const base = temporaryFolder()

async function merged(folders: readonly string[], problems: string[] = []): Promise<SampleRow[]> {
  const { chunks } = await findResults(folders)
  const rows: SampleRow[] = []
  // In whatever order the chunks are found.
  for await (const batch of mergeChunks(chunks.toReversed(), (line) => problems.push(line))) rows.push(...batch)
  return rows
}

/** Chunks of two nodes: few distinct finishes, so that many are equal. */
const chunkOf = fc.record({ node: fc.constantFrom('a', 'b'), step: fc.nat(2), ends: fc.array(fc.nat(20), { minLength: 1, maxLength: 12 }) }, { noNullPrototype: true })

test('rows come by step, finish, node, chunk and place in it, whatever the chunks overlap', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(chunkOf, { maxLength: 12 }), async (chunks) => {
      const dir = mkdtempSync(join(base, 'x-'))
      const expected: { readonly key: readonly [number, number, string, number, number]; readonly client: number }[] = []
      let client = 0
      for (const node of ['a', 'b']) {
        const own = chunks.filter((chunk) => chunk.node === node)
        const made = own.map(({ step, ends }, index) => {
          // As recorded: in any order; equal finishes keep it.
          const rows = ends.map((end) => plainRow({ finishNs: end * 1000, client: client++ }))
          const sorted = rows.toSorted((x, y) => x.finishNs - y.finishNs)
          for (const [place, row] of sorted.entries()) expected.push({ key: [step, row.finishNs, node, index, place], client: row.client })
          return { step, rows }
        })
        await makeResults(join(dir, node), { node, epoch: node === 'a' ? '0a' : '0b', chunks: made })
      }
      const rows = await merged([join(dir, 'a', 'r'), join(dir, 'b', 'r')])
      const order = expected.toSorted(({ key: x }, { key: y }) => x[0] - y[0] || x[1] - y[1] || (x[2] < y[2] ? -1 : x[2] > y[2] ? 1 : 0) || x[3] - y[3] || x[4] - y[4])
      assert.deepEqual(rows.map((row) => row.client), order.map((row) => row.client))
    }),
    { numRuns: 40 }
  )
})

test('a row has the words of its chunk', async () => {
  const dir = mkdtempSync(join(base, 'x-'))
  const row = plainRow({ task: 1, error: 2, unit: 1, weight: 500, client: 7, normal: 0, sendDelayNs: Number.NaN })
  await makeResults(dir, { chunks: [{ step: 3, rows: [row] }] })
  assert.deepEqual(await merged([join(dir, 'r')]), [
    {
      node: 'a',
      step: 3,
      task: TASKS[1],
      sampleType: 'warmup',
      client: 7,
      startedAtMs: 1_700_000_000_000,
      endOffsetMs: 1,
      latencyMs: 0.003,
      serviceMs: 0.002,
      processingMs: 0.004,
      sendDelayMs: Number.NaN,
      weight: 500,
      unit: UNITS[1],
      error: ERRORS[1]
    }
  ])
})

test('a damaged chunk is named once, and the others are merged all the same', async () => {
  const dir = mkdtempSync(join(base, 'x-'))
  await makeResults(dir, { chunks: [{ rows: [plainRow({ client: 1 })] }, { rows: [plainRow({ client: 2 })] }, { rows: [plainRow({ client: 3 })] }] })
  const path = join(dir, 'r', 'chunks', '0a-0000002')
  writeFileSync(path, readFileSync(path).subarray(0, -1))
  const problems: string[] = []
  const rows = await merged([join(dir, 'r')], problems)
  assert.deepEqual(rows.map((row) => row.client), [1, 3])
  assert.match(problems.join('\n'), /^\S+0a-0000002 is damaged: it holds \d+ bytes instead of \d+$/)
})

test('of chunks that do not overlap only two are in memory at a time', async () => {
  const dir = mkdtempSync(join(base, 'x-'))
  const rows = (chunk: number) => Array.from({ length: 2000 }, (_, row) => plainRow({ finishNs: (chunk * 2000 + row) * 1000 }))
  await makeResults(dir, { chunks: Array.from({ length: 20 }, (_, chunk) => ({ rows: rows(chunk) })) })
  const { chunks } = await findResults([join(dir, 'r')])
  const paths = chunks.map((chunk) => chunk.path)
  let read = 0
  // What is asked for shows when a file is opened.
  const watched = chunks.map((chunk) => ({ ...chunk, get path() { read++; return chunk.path } }))
  let rowsSeen = 0
  for await (const batch of mergeChunks(watched, () => {})) {
    rowsSeen += batch.length
    assert.ok(read <= Math.floor(rowsSeen / 2000) + 2, `${read} chunks read for ${rowsSeen} rows`)
  }
  assert.deepEqual([rowsSeen, read], [40_000, paths.length])
})
