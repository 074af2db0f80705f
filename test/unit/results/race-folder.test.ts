import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openRaceFolder } from '../../../src/results/race-folder.ts'
import { filesOf, makeResults, plainRow, temporaryFolder } from '../../helpers/node-results.ts'

const base = temporaryFolder()
const chunks = [{ rows: [plainRow()] }]

test('a race of an id that was there before finds an empty folder', async () => {
  const dir = mkdtempSync(join(base, 'x-'))
  await makeResults(dir, { chunks })
  const folder = await openRaceFolder(dir, { race: 'r', node: 'a', epoch: '0b' })
  assert.deepEqual([...filesOf(folder.path).keys()], [])
  assert.deepEqual(readdirSync(folder.path).filter((name) => name.startsWith('session')), ['session-0b.json'])
})

test('two nodes that share a home do not touch what the other writes', async () => {
  const dir = mkdtempSync(join(base, 'x-'))
  await makeResults(dir, { node: 'a', epoch: '0a', chunks, isOpen: true })
  await makeResults(dir, { node: 'b', epoch: '0b', chunks })
  assert.deepEqual([...filesOf(join(dir, 'r')).keys()], ['chunks/0a-0000001', 'chunks/0b-0000001'])
})

test('a race id never leads out of the folder', async () => {
  for (const race of ['..', '../x', 'a/b', '', '.hidden']) {
    await assert.rejects(openRaceFolder(base, { race, node: 'a', epoch: '0a' }), /cannot name a folder/)
  }
  assert.equal(existsSync(join(base, '..', 'x')), false)
})
