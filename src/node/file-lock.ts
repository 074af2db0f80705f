// A lock that ends with its process, however that ends. Node.js cannot take one itself: the program `flock` takes it for an open
// file, and what it took belongs to everyone who has that file open, so to us.

import { spawn } from 'node:child_process'
import { fstatSync, statSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { diskError } from '../core/atomic-file.ts'
import { RallyError, systemCode } from '../core/errors.ts'

/** Exit code of flock when somebody else has the lock. */
const TAKEN = 1

/** Opens `path`, making it if it is not there, and locks it; null: another process has the lock. Closing the file ends it. */
export async function openLocked(path: string): Promise<FileHandle | null> {
  for (;;) {
    const file = await openFile(path)
    try {
      if (!(await lock(file))) {
        await file.close()
        return null
      }
      if (isStillAt(file, path)) return file
    } catch (error) {
      await file.close()
      throw error
    }
    // Its last owner removed it between our opening and our lock: what we hold is a file that nobody else will find.
    await file.close()
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+', 0o600)
  } catch (error) {
    throw diskError(path, error)
  }
}

function lock(file: FileHandle): Promise<boolean> {
  const child = spawn('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', file.fd] })
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(systemCode(error) === 'ENOENT' ? NO_PROGRAM() : error))
    child.on('exit', (code) => {
      if (code === 0 || code === TAKEN) resolve(code === 0)
      else reject(new RallyError('node', `flock failed with code ${code}`, { hint: 'the file system of ~/.rally must know locks' }))
    })
  })
}

const NO_PROGRAM = (): RallyError => new RallyError('node', 'the program flock is missing', { hint: 'install util-linux' })

function isStillAt(file: FileHandle, path: string): boolean {
  try {
    const [ours, there] = [fstatSync(file.fd), statSync(path)]
    return ours.ino === there.ino && ours.dev === there.dev
  } catch {
    // Nothing is there any more.
    return false
  }
}
