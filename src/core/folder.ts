// Folders, with those above them. Node's own recursive mkdir never ends where the system says "no such file" of a folder that is
// there, as /proc does (Node 20), and says the same of a read-only disk.

import { mkdirSync, statSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from './errors.ts'

/** @param mode of the folders that are made; default: what the user's umask leaves of 0o777 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw notAFolder(error)
    await makeFolder(dirname(path), mode)
    // Another process may make it at the same time.
    await mkdir(path, { mode }).catch((again: unknown) => {
      if (systemCode(again) !== 'EEXIST') throw again
    })
  }
}

/** As makeFolder, for those who cannot wait. */
export function makeFolderNow(path: string, mode?: number): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && statSync(path).isDirectory()) return
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw notAFolder(error)
    makeFolderNow(dirname(path), mode)
    try {
      mkdirSync(path, { mode })
    } catch (again) {
      if (systemCode(again) !== 'EEXIST') throw again
    }
  }
}

/** A file that stands in the place is told of as one that stands above it. */
function notAFolder(error: unknown): unknown {
  return systemCode(error) === 'EEXIST' ? Object.assign(new Error('ENOTDIR: not a directory'), { code: 'ENOTDIR' }) : error
}
