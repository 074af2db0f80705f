// Files that appear whole or not at all.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeFileAtomically, writeManyAtomically } from '../../../src/core/atomic-file.ts'
import { RallyError } from '../../../src/core/errors.ts'
import { temporaryFolder } from '../../helpers/race-process.ts'

for (const write of [writeFileAtomically, writeManyAtomically]) {
  test(`${write.name} puts the whole file into the place of the one before, and leaves nothing beside it`, async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'a')
    writeFileSync(path, 'what was there before')
    await write(path, Buffer.from('new'))
    assert.deepEqual([readFileSync(path, 'utf8'), readdirSync(folder)], ['new', ['a']])
  })

  test(`${write.name} that cannot write names the file, and leaves nothing`, async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'a')
    mkdirSync(join(path, 'full'), { recursive: true })
    await assert.rejects(write(path, Buffer.from('new')), (error) => error instanceof RallyError && error.kind === 'disk' && error.message.startsWith(path))
    assert.deepEqual(readdirSync(folder), ['a'])
  })
}

test('a folder that is missing is made', async () => {
  const path = join(temporaryFolder(), 'some', 'folders', 'a')
  await writeFileAtomically(path, 'new')
  assert.ok(existsSync(path))
})
