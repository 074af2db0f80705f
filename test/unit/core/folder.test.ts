import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { systemCode } from '../../../src/core/errors.ts'
import { makeFolder, makeFolderNow } from '../../../src/core/folder.ts'

const base = mkdtempSync(join(tmpdir(), 'rally-folder-'))
after(() => rmSync(base, { recursive: true }))

for (const [name, make] of [
  ['now', async (path: string, mode?: number) => makeFolderNow(path, mode)],
  ['later', makeFolder]
] as const) {
  test(`a folder is made with those above it, once and again (${name})`, async () => {
    const path = join(base, name, 'a', 'b')
    await make(path, 0o700)
    await make(path)
    assert.equal(statSync(join(base, name)).mode & 0o777, 0o700)
    assert.equal(statSync(path).mode & 0o777, 0o700)
    await Promise.all(['x/1', 'x/2', 'x/1'].map((one) => make(join(path, one))))
    assert.ok(existsSync(join(path, 'x', '2')))
  })

  test(`a file in the way, and a place that takes no folder, end with the system's word (${name})`, async () => {
    const file = join(base, `file-${name}`)
    writeFileSync(file, '')
    const codeOf = (path: string): Promise<string | null> =>
      make(path).then(
        () => null,
        (error: unknown) => systemCode(error) ?? String(error)
      )
    assert.equal(await codeOf(file), 'ENOTDIR')
    assert.equal(await codeOf(join(file, 'below')), 'ENOTDIR')
    // Node's own recursive mkdir never ends here.
    assert.equal(await codeOf('/proc/.rally/benchmarks'), 'ENOENT')
  })
}
