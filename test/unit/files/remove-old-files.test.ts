import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeRecord } from '../../../src/files/file-record.ts'
import { filesToRemove, removeOldFiles } from '../../../src/files/remove-old-files.ts'

const DAY_MS = 86_400_000

test('files go that no race has used for two weeks, and the oldest of more than a thousand; never those in use', () => {
  const nowMs = 100 * DAY_MS
  const kept = [80, 99, 60, 87].map((day) => ({ name: `of day ${day}`, usedAtMs: day * DAY_MS }))
  assert.deepEqual(filesToRemove(kept, new Set(), { nowMs }), ['of day 60', 'of day 80'])
  assert.deepEqual(filesToRemove(kept, new Set(['of day 60']), { nowMs }), ['of day 80'])
  const many = Array.from({ length: 1002 }, (_, n) => ({ name: `${n}`, usedAtMs: nowMs - n }))
  assert.deepEqual(filesToRemove(many, new Set(['1001']), { nowMs }), ['1000', '999'])
})

test('where there is no room, the one goes that was unused for longest', () => {
  const kept = [3, 1, 2].map((at) => ({ name: `${at}`, usedAtMs: at }))
  assert.deepEqual(filesToRemove(kept, new Set(['1']), { nowMs: 4, atLeastOne: true }), ['2'])
  assert.deepEqual(filesToRemove(kept, new Set(['1', '2', '3']), { nowMs: 4, atLeastOne: true }), [])
})

test('only folders with the record of Rally are ever removed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rally-old-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const [ours, strange, named] = ['ab'.repeat(32), 'cd'.repeat(32), 'photos']
  for (const name of [ours, strange, named]) mkdirSync(join(folder, name))
  for (const name of [ours, named]) await writeRecord(join(folder, name), { path: 'x', stamp: { bytes: 0, mtimeMs: 0, ctimeMs: 0, ino: 0 }, pieces: [] })
  writeFileSync(join(folder, strange, 'record.json'), '{"pieces":[]}')
  for (const name of [ours, strange, named]) utimesSync(join(folder, name, 'record.json'), 0, 0)
  assert.equal(await removeOldFiles(folder, new Set()), 1)
  assert.deepEqual([ours, strange, named].map((name) => existsSync(join(folder, name))), [false, true, true])
})
