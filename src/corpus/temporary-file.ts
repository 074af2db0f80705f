// Files appear whole or not at all: written under another name, brought to the disk, renamed.

import { constants } from 'node:fs'
import { access, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { isFull } from '../core/atomic-file.ts'
import { roomIn } from '../core/disk-room.ts'
import { messageOf, RallyError, systemCode } from '../core/errors.ts'
import { removeAtExit } from '../core/exit-cleanup.ts'
import { makeFolder } from '../core/folder.ts'

const OWN_SUFFIX = `.${hostname()}-${process.pid}.tmp`
const ANY_SUFFIX = new RegExp(`\\.${hostname().replaceAll(/[^\w-]/g, '\\$&')}-(\\d+)\\.tmp$`)

/**
 * Calls `write` with an open file that becomes `path` when it returns; whatever goes wrong, `path` stays as it was.
 * Throws RallyError('disk') when the disk is full, with the sizes; `expectedBytes` is what the file needs, if known.
 */
export async function writeWhole(path: string, expectedBytes: number | null, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const folder = dirname(path)
  const temporary = `${path}${OWN_SUFFIX}`
  const keep = removeAtExit(temporary)
  try {
    await makeFolder(folder)
    await removeLeftovers(path)
    const file = await open(temporary, 'w', 0o644)
    try {
      await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(folder)
  } catch (error) {
    await rm(temporary, { force: true })
    if (error instanceof RallyError) throw error
    if (isFull(error)) throw await diskFull(path, expectedBytes)
    throw new RallyError('corpus', `cannot write [${path}]: ${messageOf(error)}`, { cause: error })
  } finally {
    keep()
  }
}

/** Whether files can be made in a folder (also when it is still to be made). */
export async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK)
    return true
  } catch (error) {
    const parent = dirname(folder)
    return systemCode(error) === 'ENOENT' && parent !== folder && (await isWritable(parent))
  }
}

/** The error of a full disk: names file, need and what is left. */
export async function diskFull(path: string, neededBytes: number | null): Promise<RallyError> {
  const room = await roomIn(dirname(path))
  const need = neededBytes === null ? '' : `it needs ${neededBytes} bytes, `
  return new RallyError(
    'disk',
    `no space left on the disk for [${path}]: ${need}${room?.freeBytes ?? 'an unknown number of'} bytes are free`
  )
}

/** What processes that are gone have left unfinished for this path. */
async function removeLeftovers(path: string): Promise<void> {
  const prefix = basename(path)
  for (const name of await readdir(dirname(path))) {
    const match = name.startsWith(prefix) ? ANY_SUFFIX.exec(name.slice(prefix.length)) : null
    if (match?.index === 0 && !isAlive(Number(match[1]))) await rm(join(dirname(path), name), { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
}

/** Makes the rename itself durable; not every file system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // The file's own content is on the disk already.
  }
}
