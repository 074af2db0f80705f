// Which program decompresses what.

import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Command {
  readonly program: string
  readonly args: readonly string[]
}

/** Fastest first. All read the archive from stdin, so that they end when we do. */
const PROGRAMS: Readonly<Record<string, readonly (readonly [string, ...string[]])[]>> = {
  gz: [
    ['pigz', '-dc'],
    ['gzip', '-dc']
  ],
  bz2: [
    ['lbzip2', '-dc'],
    ['pbzip2', '-dc'],
    ['bzip2', '-dc']
  ],
  zst: [['zstd', '-dcq', '--long=31']]
}

/** Why an archive cannot be decompressed at all, or null. */
export function whyUnsupported(archive: string): string | null {
  return Object.hasOwn(PROGRAMS, formatOf(archive)) && !/\.tar\.\w+$/.test(archive)
    ? null
    : `[${archive}]: archives of this kind are not supported yet; use .zst, .gz or .bz2`
}

/** The commands that decompress an archive, best first; the last one always starts. */
export async function decompressors(archive: string, searchPath: string): Promise<Command[]> {
  const format = formatOf(archive)
  const commands: Command[] = []
  for (const [name, ...args] of PROGRAMS[format] ?? []) {
    const program = await findProgram(name, searchPath)
    if (program !== null) commands.push({ program, args })
  }
  const own = fileURLToPath(new URL(`./decompress-here.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))
  return [...commands, { program: process.execPath, args: [own, format] }]
}

async function findProgram(name: string, searchPath: string): Promise<string | null> {
  for (const folder of searchPath.split(delimiter)) {
    const program = join(folder, name)
    try {
      await access(program, constants.X_OK)
      if (folder !== '' && (await stat(program)).isFile()) return program
    } catch {
      // Not here.
    }
  }
  return null
}

function formatOf(archive: string): string {
  return extname(archive).slice(1)
}
