import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { RallyError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { BulkReader, planBulks, type BulkSettings } from '../../../src/corpus/bulk-reader.ts'
import { BLOCK_BYTES } from '../../../src/corpus/data-file.ts'
import { SliceReader } from '../../../src/corpus/slice-reader.ts'
import type { Corpus } from '../../../src/track/track.ts'
import { trackFromJson } from '../../corpora-from-json.ts'
import { until } from '../../helpers/race-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-reader-'))
after(() => rmSync(folder, { recursive: true }))

const SETTINGS: BulkSettings = { bulkSize: 10, ingestPercentage: 100, ingestDocCount: null, looped: false, conflicts: null }
const ACTION = '{"index": {"_index": "i"}}\n'

function corpusOf(documents: number, inFile = false): Corpus {
  const set = { 'source-file': 'd.json', 'document-count': documents, 'includes-action-and-meta-data': inFile }
  return trackFromJson({ indices: [{ name: 'i' }], corpora: [{ name: 'c', documents: [set] }] }).corpora[0]!
}

function readerOf(corpus: Corpus, settings: Partial<BulkSettings>, client = 0, clients = 1, seed = 's'): BulkReader {
  const plan = planBulks({ ...SETTINGS, ...settings }, [corpus], { first: client, last: client, clients })
  return new BulkReader(plan, { pathOf: (_corpus, file) => join(folder, file), randomFor: () => seededRandom(seed, client) })
}

function bodiesOf(reader: BulkReader): string[] {
  const bodies: string[] = []
  for (let bulk = reader.next(); bulk !== null; bulk = reader.next()) bodies.push(bulk.body.toString('latin1'))
  reader.close()
  return bodies
}

/** How often this process has a file open; others' descriptors come and go meanwhile. */
function descriptorsOf(path: string): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => readlink(`/proc/self/fd/${fd}`))
  return targets.filter((target) => target === path).length
}

function readlink(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null // closed since the folder was read
  }
}

const line = fc.oneof(
  { weight: 8, arbitrary: fc.string({ maxLength: 60 }).map((text) => JSON.stringify({ text })) },
  { weight: 1, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constant('{"crlf": true}\r') },
  { weight: 1, arbitrary: fc.integer({ min: BLOCK_BYTES - 20, max: BLOCK_BYTES + 20 }).map((length) => `{"x":"${'x'.repeat(length)}"}`) }
)

test('the bulks of all clients together are the file', () => {
  const options = [
    fc.array(line, { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 12 })
  ] as const
  fc.assert(
    fc.property(...options, fc.boolean(), fc.boolean(), (lines, clients, bulkSize, open, inFile) => {
      const whole = inFile && lines.length % 2 === 1 ? [...lines, '{}'] : lines
      const file = whole.join('\n') + (open && whole.at(-1) !== '' ? '' : '\n')
      writeFileSync(join(folder, 'd.json'), file)
      const corpus = corpusOf(inFile ? whole.length / 2 : whole.length, inFile)
      const bodies = Array.from({ length: clients }, (_, client) => bodiesOf(readerOf(corpus, { bulkSize }, client, clients))).flat()
      const expected = Buffer.from(file.endsWith('\n') ? file : `${file}\n`).toString('latin1')
      assert.equal(bodies.join(''), inFile ? expected : expected.replaceAll(/[^\n]*\n/g, (one) => ACTION + one))
      assert.ok(bodies.every((body) => body.split('\n').length - 1 <= 2 * bulkSize))
    }),
    { numRuns: 60 }
  )
})

test('every update stands on one line, every document has an id of its own client', () => {
  writeFileSync(join(folder, 'd.json'), Array.from({ length: 50 }, (_, i) => ` {"d": ${i}} \r\n`).join(''))
  const conflicts = { order: 'random', probabilityPercent: 60, onConflict: 'update', recency: 0.5 } as const
  const body = bodiesOf(readerOf(corpusOf(50), { conflicts }, 1, 2)).join('')
  const lines = body.trimEnd().split('\n')
  assert.equal(lines.length, 50)
  for (let i = 0; i < 50; i += 2) {
    const id = Number(/"_id": "(\d{10})"/.exec(lines[i]!)?.[1])
    assert.ok(id >= 25 && id < 50)
    assert.deepEqual(JSON.parse(lines[i + 1]!), lines[i]!.startsWith('{"update"') ? { doc: { d: 25 + i / 2 } } : { d: 25 + i / 2 })
  }
})

test('the same seed gives the same conflicts, another one others', () => {
  writeFileSync(join(folder, 'd.json'), '{}\n'.repeat(50))
  const conflicts = { order: 'random', probabilityPercent: 30, onConflict: 'index', recency: 0 } as const
  const bodies = (seed: string): string => bodiesOf(readerOf(corpusOf(50), { conflicts }, 0, 1, seed)).join('')
  assert.equal(bodies('a'), bodies('a'))
  assert.notEqual(bodies('a'), bodies('b'))
})

test('a looped reader begins again and never ends', () => {
  writeFileSync(join(folder, 'd.json'), '{"a":1}\n{"a":2}\n{"a":3}\n')
  const reader = readerOf(corpusOf(3), { bulkSize: 2, looped: true })
  const rounds = Array.from({ length: 5 }, () => [reader.next()?.documents, reader.percentCompleted()])
  reader.close()
  assert.deepEqual(rounds, [
    [2, 0.5],
    [1, 1],
    [2, 0.5],
    [1, 1],
    [2, 0.5]
  ])
})

test('a file that ends early is an error that says where, in the slice it is missing from', () => {
  writeFileSync(join(folder, 'd.json'), '{}\n'.repeat(8))
  assert.equal(bodiesOf(readerOf(corpusOf(10), {}, 0, 2)).length, 1)
  const short = readerOf(corpusOf(10), { bulkSize: 2 }, 1, 2)
  short.next()
  const isClear = (error: unknown): boolean =>
    error instanceof RallyError && error.kind === 'corpus' && /d\.json\] ends before line 10.*expected \[10\] lines/.test(error.message)
  assert.throws(() => short.next(), isClear)
  short.close()
  assert.throws(
    () => readerOf(corpusOf(30), {}, 2, 3).next(),
    (error: unknown) => error instanceof RallyError && error.kind === 'corpus'
  )
})

test('a data file that is gone or is no file is one clear error', () => {
  const gone = trackFromJson({
    indices: [{ name: 'i' }],
    corpora: [{ name: 'c', documents: [{ 'source-file': 'gone.json', 'document-count': 1 }] }]
  })
  assert.throws(
    () => readerOf(gone.corpora[0]!, {}).next(),
    (error: unknown) => error instanceof RallyError && /cannot read data file \[.*gone\.json\]: ENOENT/.test(error.message)
  )
})

test('all clients of a thread share one descriptor, and give it back', async () => {
  const path = join(realpathSync(folder), 'shared.json')
  writeFileSync(path, '{}\n'.repeat(100))
  const corpus = trackFromJson({
    indices: [{ name: 'i' }],
    corpora: [{ name: 'c', documents: [{ 'source-file': 'shared.json', 'document-count': 100 }] }]
  }).corpora[0]!
  const readers = Array.from({ length: 50 }, (_, client) => readerOf(corpus, { bulkSize: 1 }, client, 50))
  for (const reader of readers) reader.next()
  assert.equal(descriptorsOf(path), 1)
  for (const reader of readers) reader.close()
  // After a slow read the file is read ahead, and closed when that has ended.
  await until(() => descriptorsOf(path) === 0, 'the data file is still open')
})

test('a bulk that no server can take is refused before it fills the memory', () => {
  const path = join(folder, 'd.json')
  writeFileSync(path, `${'x'.repeat(3 * BLOCK_BYTES)}\n`)
  const plan = planBulks(SETTINGS, [corpusOf(1)], { first: 0, last: 0, clients: 1 })
  const options = { path, slice: plan.slices[0]!, actions: { kind: 'in-file' }, shortFile: 'error', finalNewline: true } as const
  const reader = new SliceReader(options)
  assert.equal(reader.next(1)?.body.length, 3 * BLOCK_BYTES + 1)
  reader.close()
  const isClear = (error: unknown): boolean =>
    error instanceof RallyError && /bulk of 1 documents of data file \[.*d\.json\], from line 1 on/.test(error.message)
  const small = new SliceReader({ ...options, maxBodyBytes: 2 * BLOCK_BYTES })
  assert.throws(() => small.next(1), isClear)
  small.close()
})

test('slices are found through an offset table, which is not believed when it is older than the data', () => {
  const path = join(folder, 'd.json')
  const lines = Array.from({ length: 60_000 }, (_, i) => `{"d":${i}}\n`)
  writeFileSync(path, lines.join(''))
  const firstOf = (): string => bodiesOf(readerOf(corpusOf(60_000), { bulkSize: 1, ingestDocCount: 10 }, 9, 10))[0]!.slice(ACTION.length)
  assert.equal(firstOf(), '{"d":54000}\n')
  // A table that lies shows that it is used; one line further than the truth.
  writeFileSync(`${path}.offset`, `50000;${lines.slice(0, 50_001).join('').length}\n`)
  assert.equal(firstOf(), '{"d":54001}\n')
  utimesSync(`${path}.offset`, 1, 1)
  assert.equal(firstOf(), '{"d":54000}\n')
  rmSync(`${path}.offset`)
})
