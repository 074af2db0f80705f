// Which program speaks: its version, and a hash over all of its files.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { programVersion } from '../core/version.ts'
import { PROTOCOL, type Hello } from './hello.ts'

export type Program = Pick<Hello, 'protocol' | 'version' | 'program'>

let known: Promise<Program> | null = null

/** Of the files as they were when it was first asked for. */
export function thisProgram(): Promise<Program> {
  known ??= hashFolder(fileURLToPath(new URL('..', import.meta.url))).then((program) => ({ protocol: PROTOCOL, version: programVersion().version, program }))
  return known
}

/** sha256 over paths and contents of what runs (source maps do not), in the order of the paths. */
async function hashFolder(folder: string): Promise<string> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.js')).sort()
  const contents = await Promise.all(paths.map((path) => readFile(join(folder, path))))
  const hash = createHash('sha256')
  for (const [at, path] of paths.entries()) hash.update(`${path}\0${contents[at]!.length}\0`).update(contents[at]!)
  return hash.digest('hex')
}
