import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { bytesOfLines } from '../../../src/corpus/needed-bytes.ts'
import { formatOffsetTable } from '../../../src/corpus/offset-table.ts'
import { SliceReader } from '../../../src/corpus/slice-reader.ts'
import { trackFromJson } from '../../corpora-from-json.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-needed-'))
after(() => rmSync(folder, { recursive: true }))

/** A file with an entry of its table after every seventh line. */
function writeData(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  const entries = []
  let byte = 0
  for (const [index, line] of lines.entries()) {
    byte += Buffer.byteLength(line) + 1
    if ((index + 1) % 7 === 0 || index + 1 === lines.length) entries.push({ lines: index + 1, byte })
  }
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  writeTable(path, entries)
  return path
}

function writeTable(path: string, entries: Parameters<typeof formatOffsetTable>[0]): void {
  writeFileSync(`${path}.offset`, formatOffsetTable(entries))
  utimesSync(`${path}.offset`, 4e9, 4e9)
}

test('from a file with nothing in it but the needed bytes, and the needed entries, the lines are read as from the whole one', () => {
  const cases = fc.tuple(fc.integer({ min: 1, max: 120 }), fc.array(fc.tuple(fc.nat(119), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 3 }))
  let runs = 0
  fc.assert(
    fc.property(cases, ([count, parts]) => {
      const lines = Array.from({ length: count }, (_, n) => `{"n":${n},"x":"${'y'.repeat((n * 37) % 50)}"}`)
      const whole = writeData(`whole-${++runs}`, lines)
      const content = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      const wanted = parts.map(([from, length]) => ({ offsetLines: Math.min(from, count - 1), lines: length })).map((one) => ({ ...one, lines: Math.min(one.lines, count - one.offsetLines) }))
      const { ranges, table } = bytesOfLines(whole, content.length, wanted)
      const sparse = Buffer.alloc(content.length)
      for (const [from, to] of ranges) content.copy(sparse, from, from, to)
      const path = join(folder, `sparse-${runs}`)
      writeFileSync(path, sparse)
      writeTable(path, table)
      for (const slice of wanted) assert.equal(read(path, slice, count), lines.slice(slice.offsetLines, slice.offsetLines + slice.lines).map((line) => `${line}\n`).join(''))
    }),
    { numRuns: 60 }
  )
})

test('without an offset table the whole file is needed', () => {
  const path = join(folder, 'none')
  writeFileSync(path, 'a\nb\n')
  assert.deepEqual(bytesOfLines(path, 4, [{ offsetLines: 1, lines: 1 }]), { ranges: [[0, 4]], table: [] })
})

function read(path: string, { offsetLines, lines }: { offsetLines: number; lines: number }, documents: number): string {
  const corpus = trackFromJson({ indices: [{ name: 'i' }], corpora: [{ name: 'c', documents: [{ 'source-file': 'd.json', 'document-count': documents }] }] }).corpora[0]!
  const slice = { corpus: 'c', set: corpus.documents[0]!, offsetLines, documents: lines, lines }
  const reader = new SliceReader({ path, slice, actions: { kind: 'in-file' }, shortFile: 'error', finalNewline: true })
  const body = reader.next(lines)
  reader.close()
  return body?.body.toString() ?? ''
}
