// Files that only their owner may read: keys.

import { randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { diskError } from '../core/atomic-file.ts'
import { RallyError, systemCode } from '../core/errors.ts'
import { removeAtExit } from '../core/exit-cleanup.ts'
import { makeFolder } from '../core/folder.ts'

/** The text of the file; null: there is none. Throws RallyError('config') if others than the owner may read or write it. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0) {
      throw new RallyError('config', `${path} is open to others (mode ${(mode & 0o777).toString(8)})`, { hint: `chmod 600 ${path}` })
    }
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof RallyError) throw error
    if (systemCode(error) === 'ENOENT') return null
    throw new RallyError('config', `${path} cannot be read`, { cause: error, hint: 'give yourself the right to read it' })
  }
}

/** The old file or the new one, whole, whatever happens; mode 0600 from its first byte. RallyError if it exists and may not be replaced. */
export async function writePrivateFile(path: string, text: string, may: { readonly replace: boolean }): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const keep = removeAtExit(temporary)
  try {
    await makeFolder(dirname(path), 0o700)
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    // A link, unlike a rename, never takes the place of another file.
    if (may.replace) await rename(temporary, path)
    else await link(temporary, path)
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw new RallyError('config', `${path} exists already`, { hint: 'keep it, or replace it with --force' })
    throw diskError(path, error)
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined)
    keep()
  }
}
