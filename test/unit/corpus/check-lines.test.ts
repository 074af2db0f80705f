import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { RallyError } from '../../../src/core/errors.ts'
import { checkLines, type CheckedLines } from '../../../src/corpus/check-lines.ts'
import { closestEntry, parseOffsetTable, readOffsetTable } from '../../../src/corpus/offset-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-lines-'))
after(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'd.json')
const table = `${path}.offset`

/** Also how many reads (of 1 MiB) brought something. */
async function check(expectedLines: number, writesTable = true): Promise<CheckedLines & { reads: number }> {
  let reads = 0
  const checked = await checkLines({ path, expectedLines, writesTable, signal: new AbortController().signal, progress: () => reads++ })
  return { ...checked, reads }
}

function write(content: string | Buffer): void {
  rmSync(table, { force: true })
  writeFileSync(path, content)
}

test('the table has the byte behind every 50,000th line, as Elastic Rally writes it', async () => {
  const lines = Array.from({ length: 120_000 }, (_, i) => `{"zażółć":${i}}\r\n`)
  write(lines.join(''))
  await check(120_000)
  const byteAfter = (count: number): number => Buffer.byteLength(lines.slice(0, count).join(''))
  assert.equal(readFileSync(table, 'utf8'), `50000;${byteAfter(50_000)}\n100000;${byteAfter(100_000)}\n`)
})

test('with a table, only the lines behind its last entry are counted again', async () => {
  write('{"a":1}\n'.repeat(600_010))
  assert.equal((await check(600_010)).reads, 5)
  assert.equal((await check(600_010)).reads, 1)
})

test('a small file gets one entry, so that it is not counted again either', async () => {
  write('{}\n{}\n{}')
  await check(3)
  assert.equal(readFileSync(table, 'utf8'), '3;8\n')
  assert.equal((await check(3)).reads, 0)
  writeFileSync(path, '{}\n{}\n{}\n{}\n')
  utimesSync(path, statSync(table).mtimeMs / 1000 + 5, statSync(table).mtimeMs / 1000 + 5)
  await check(4)
})

test('the wrong number of lines is refused, whatever the table says', async () => {
  const refused = async (expected: number, got: number): Promise<void> => {
    await assert.rejects(check(expected), (error: unknown) => {
      assert.ok(error instanceof RallyError && error.kind === 'corpus')
      assert.match(error.message, new RegExp(`d\\.json\\].*Expected \\[${expected}\\] lines but got \\[${got}\\]`))
      return true
    })
    assert.ok(!existsSync(table))
  }
  write('{}\n{}\n')
  await refused(3, 2)
  await refused(1, 2)
  writeFileSync(table, '2;6\n')
  await refused(7, 2)
  write('')
  await refused(1, 0)
})

test('a byte order mark is noticed', async () => {
  write('\uFEFF{}\n')
  assert.equal((await check(1)).hasByteOrderMark, true)
  write('{}\n')
  assert.equal((await check(1)).hasByteOrderMark, false)
})

test('a folder that is to stay clean stays clean', async () => {
  write('{}\n')
  await check(1, false)
  assert.ok(!existsSync(table))
})

test('counting agrees with splitting, wherever the reads cut the lines', async () => {
  const line = fc.oneof(
    fc.constant(''),
    fc.string({ maxLength: 30 }),
    fc.integer({ min: 1_048_500, max: 1_048_600 }).map((n) => 'x'.repeat(n))
  )
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), fc.boolean(), async (lines, open) => {
      const clean = lines.map((text) => text.replaceAll('\n', ' '))
      const content = clean.join('\n') + (open && clean.at(-1) !== '' ? '' : '\n')
      write(content)
      await check(clean.length)
    }),
    { numRuns: 40 }
  )
})

test('a table is only believed when it can be true', () => {
  write('{}\n'.repeat(10))
  const read = (text: string): unknown => {
    writeFileSync(table, text)
    return readOffsetTable(path)
  }
  assert.deepEqual(read('5;15\n'), [{ lines: 5, byte: 15 }])
  for (const text of ['', '\n', '5\n', '5;x\n', '5;15;1\n', '5;99\n', '5;15\n4;16\n', '5;15\n6;3\n']) assert.equal(read(text), null, text)
  utimesSync(table, 1, 1)
  assert.equal(readOffsetTable(path), null)
  rmSync(table)
  assert.equal(readOffsetTable(path), null)
})

test('the closest entry is the last one that is not behind the line', () => {
  const entries = parseOffsetTable('50000;10\n100000;20\n150000;30\n', 100) ?? []
  const byteFor = (lines: number): number => closestEntry(entries, lines).byte
  assert.deepEqual([0, 49_999, 50_000, 99_999, 100_000, 149_999, 150_000, 9_000_000].map(byteFor), [0, 0, 10, 10, 20, 20, 30, 30])
})
