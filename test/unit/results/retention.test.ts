import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { keptRaces, openRaceFolder } from '../../../src/results/race-folder.ts'
import { racesToDrop, removeOldRaces } from '../../../src/results/retention.ts'
import { makeResults, plainRow, temporaryFolder } from '../../helpers/node-results.ts'

const DAY = 86_400_000
const NOW = 1000 * DAY
const KEEP = { keepDays: 14, keepDiskPercent: 10 }
const DISK = { bytes: 1000, nowMs: NOW }
const base = temporaryFolder()

function race(name: string, ageDays: number, bytes: number, changes: { readonly isRunning?: boolean; readonly isClosed?: boolean } = {}) {
  return { race: name, lastAtMs: NOW - ageDays * DAY, bytes, isRunning: false, isClosed: true, ...changes }
}

test('races older than 14 days go, younger ones stay', () => {
  const dropped = racesToDrop([race('new', 1, 10), race('old', 15, 10), race('edge', 14, 10)], KEEP, DISK)
  assert.deepEqual(dropped, [{ race: 'old', why: '10B, older than 14 days' }])
})

test('over 10 % of the disk the oldest go until what is left fits', () => {
  const races = [race('c', 1, 60), race('a', 3, 60), race('b', 2, 40)]
  assert.deepEqual(racesToDrop(races, KEEP, DISK).map((one) => one.race), ['a'])
  assert.deepEqual(racesToDrop(races, { ...KEEP, keepDiskPercent: 0 }, DISK).map((one) => one.race), ['a', 'b', 'c'])
})

test('a race that runs is never touched, nor one that was never closed and wrote within the hour', () => {
  const races = [race('running', 30, 500, { isRunning: true }), race('silent', 0.01, 500, { isClosed: false }), race('killed', 1, 500, { isClosed: false })]
  assert.deepEqual(racesToDrop(races, KEEP, DISK).map((one) => one.race), ['killed'])
})

test("only folders that carry Rally's mark are removed, each with a line for the log", async () => {
  const dir = mkdtempSync(join(base, 'x-'))
  await makeResults(dir, { chunks: [{ rows: [plainRow()] }] })
  const open = await openRaceFolder(dir, { race: 'open', node: 'a', epoch: '0b' })
  mkdirSync(join(dir, 'photos'))
  writeFileSync(join(dir, 'photos', 'a.jpg'), '')
  const states = (await keptRaces(dir)).map(({ race: name, isRunning, isClosed }) => [name, { isRunning, isClosed }])
  assert.deepEqual(Object.fromEntries(states), { open: { isRunning: true, isClosed: false }, r: { isRunning: false, isClosed: true } })
  const lines = await removeOldRaces(dir, { keepDays: 14, keepDiskPercent: 0 })
  assert.equal(lines.length, 1)
  assert.match(lines[0]!, /^removed the samples of race r in .* \(\d+B, all samples together were over 0 % of the disk\)$/)
  assert.deepEqual([existsSync(join(dir, 'r')), existsSync(open.path), existsSync(join(dir, 'photos', 'a.jpg'))], [false, true, true])
})

test('a folder that is not there holds no races', async () => {
  assert.deepEqual(await removeOldRaces(join(base, 'nowhere'), KEEP), [])
})
