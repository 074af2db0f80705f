// Which program speaks: its version, and a hash over all of its files.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { programVersion } from '../core/version.ts'
import { PROTOCOL, type Hello, type Refusal } from './hello.ts'

export type Program = Pick<Hello, 'protocol' | 'version' | 'program'>

/** A daemon runs the program that it was started with. */
export const SAME_VERSION = 'bring the same version of Rally to both machines, and run `rally daemon restart` there (`rally bootstrap` is to do both)'

let known: Program | null = null

/** Of the files as they were when it was first asked for. */
export function thisProgram(): Program {
  known ??= { protocol: PROTOCOL, version: programVersion().version, program: hashFolder(fileURLToPath(new URL('..', import.meta.url))) }
  return known
}

/** Why two programs cannot work together; null: they are the same. `here` speaks. */
export function otherProgram(there: Program, here: Program): Refusal | null {
  if (there.protocol === here.protocol && there.program === here.program) return null
  const code = there.protocol === here.protocol ? 'program' : 'protocol'
  const message = `it runs Rally ${programText(here)}, not ${programText(there)}`
  return { t: 'refused', code, message, hint: SAME_VERSION }
}

/** `0.1.0 (program 1a2b3c4d, protocol 1)` */
function programText({ version, program, protocol }: Program): string {
  return `${version} (program ${program.slice(0, 8)}, protocol ${protocol})`
}

/**
 * sha256 over paths and contents of what runs (source maps do not), in the order of the paths. They are small and in memory: to read
 * them side by side would cost twice as much.
 */
function hashFolder(folder: string): string {
  const hash = createHash('sha256')
  for (const path of filesBelow(folder).sort()) {
    const content = readFileSync(join(folder, path))
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'))
}
