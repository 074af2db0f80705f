// Which tracks there are below a folder.

import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A folder that holds this file is a track. */
export const TRACK_FILE = 'track.json'

/** How far below a folder tracks are looked for, and in how many folders: it may be anybody's home. */
interface Reach {
  readonly depth: number
  readonly folders: number
}
const REPOSITORY_REACH: Reach = { depth: 8, folders: 100_000 }
export const HINT_REACH: Reach = { depth: 3, folders: 500 }

/** `tracks/` of the package this module belongs to. */
export function bundledTracksDir(): string {
  let dir = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(dir, 'package.json')) && dirname(dir) !== dir) dir = dirname(dir)
  return join(dir, 'tracks')
}

/** Names of all tracks below a folder, sorted: the folders that hold a track.json, links not followed. */
export function trackNames(root: string, reach: Reach = REPOSITORY_REACH): string[] {
  const names: string[] = []
  let visited = 0
  const walk = (dir: string, depth: number): void => {
    if (dir !== root && existsSync(join(dir, TRACK_FILE))) names.push(relative(root, dir).split(sep).join('/'))
    if (depth >= reach.depth || ++visited > reach.folders) return
    for (const entry of folderEntries(dir)) if (entry !== '.git' && entry !== 'node_modules') walk(join(dir, entry), depth + 1)
  }
  walk(root, 0)
  return names.sort()
}

function folderEntries(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  } catch {
    return []
  }
}
