// Which program this is: for `--version`, race.json and greetings.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ProgramVersion {
  /** `0.1.0` */
  readonly version: string
  /** Short commit id of the checkout that runs; null: no checkout. */
  readonly revision: string | null
}

/** Reads package.json and, beside it, the git folder; cheap enough for every start. */
export function programVersion(): ProgramVersion {
  const root = programRoot()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return { version, revision: gitRevision(root) }
}

/** `0.1.0 (git revision: 1a2b3c4)`, as Elastic Rally writes it. */
export function versionText({ version, revision }: ProgramVersion): string {
  return revision === null ? version : `${version} (git revision: ${revision})`
}

/** The folder of package.json: two levels above this file in dist, three in dist-test. */
export function programRoot(): string {
  for (const up of ['../../', '../../../']) {
    const folder = new URL(up, import.meta.url).pathname
    if (textOf(join(folder, 'package.json')) !== null) return folder
  }
  throw new Error('package.json is missing')
}

function gitRevision(root: string): string | null {
  const head = textOf(join(root, '.git', 'HEAD'))?.trim()
  if (head === undefined) return null
  const name = /^ref: (.+)$/.exec(head)?.[1]
  const id = name === undefined ? head : (textOf(join(root, '.git', name))?.trim() ?? packedRevision(root, name))
  return id !== null && /^[0-9a-f]{7,}$/.test(id) ? id.slice(0, 7) : null
}

function packedRevision(root: string, name: string): string | null {
  const line = textOf(join(root, '.git', 'packed-refs'))
    ?.split('\n')
    .find((candidate) => candidate.endsWith(` ${name}`))
  return line?.split(' ')[0] ?? null
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Not there, or not a file: nothing to read.
    return null
  }
}
