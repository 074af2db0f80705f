// Files that are either the old or the new one, whole, whatever happens while they are written.

import { closeSync, constants, openSync, renameSync, write } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RallyError, systemCode } from './errors.ts'
import { removeAtExit } from './exit-cleanup.ts'
import { makeFolder } from './folder.ts'

/**
 * Writes `content` beside `path`, on to the disk, and then into its place; makes the folders above it.
 * Throws RallyError('disk'), also for a full disk; the file is then as it was.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${counter++}.tmp`
  const keep = removeAtExit(temporary)
  try {
    const file = await openInFolder(temporary)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw diskError(path, error)
  } finally {
    keep()
  }
}

/**
 * The same for many small files, by a program that does nothing else meanwhile: only the bytes' way to the disk is waited for, all else
 * is done at once. The folder is there.
 */
export async function writeManyAtomically(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${counter++}.tmp`
  const keep = removeAtExit(temporary)
  try {
    // One that is open this way takes bytes only on to the disk: written and synchronized in one go.
    const fd = openSync(temporary, constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY | constants.O_SYNC, 0o666)
    try {
      for (let at = 0; at < content.length; ) at += await writeAt(fd, content, at)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw diskError(path, error)
  } finally {
    keep()
  }
}

function writeAt(fd: number, content: Uint8Array, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, content, at, content.length - at, at, (error, bytes) => (error === null ? resolve(bytes) : reject(error)))
  })
}

/** The folder is mostly there. */
async function openInFolder(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w')
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    await makeFolder(dirname(path))
    return open(path, 'w')
  }
}

/** Brings a folder's names on to the disk: after a power cut, a file is only found again if its folder is there, too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

let counter = 0

/** Whether a write failed for want of room. */
export function isFull(error: unknown): boolean {
  return systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT'
}

const WORDS: Readonly<Record<string, readonly [fact: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'free some space there and try again'],
  EDQUOT: ['the disk quota is used up', 'free some space there and try again'],
  EACCES: ['permission denied', 'give yourself the right to write there'],
  EPERM: ['permission denied', 'give yourself the right to write there'],
  EROFS: ['the file system is read-only', 'use another folder (root.dir in rally.ini)'],
  ENOTDIR: ['a file stands where a folder should be', 'use another folder (root.dir in rally.ini)'],
  EISDIR: ['a folder stands where the file should be', 'use another name']
}

/** What a failed write means to a person. */
export function diskError(path: string, error: unknown): RallyError {
  if (error instanceof RallyError) return error
  const [fact, hint] = WORDS[systemCode(error) ?? ''] ?? ['it cannot be written', 'see the cause in the message']
  const cause = fact === 'it cannot be written' ? { cause: error } : {}
  return new RallyError('disk', `${path}: ${fact}`, { hint, ...cause })
}
