// The files of a track in a folder of their own, as they stand at the coordinator.
//
//   <folder>/tracks/<id of the list>/<path>

import { copyFile, link, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sha256Of } from '../core/checksum.ts'
import { systemClock } from '../core/clock.ts'
import { systemCode } from '../core/errors.ts'
import { makeFolder } from '../core/folder.ts'
import type { SuppliedFile } from '../protocol/transfer-messages.ts'
import type { KeptFiles } from './kept-files.ts'

const KEEP_TREES = 8

/** Its path; what is lacking is fetched. The files are checked names (check-supply.ts). Throws as KeptFiles.bring does. */
export async function trackTree(files: readonly SuppliedFile[], kept: KeptFiles, folder: string): Promise<string> {
  const trees = join(folder, 'tracks')
  const id = sha256Of(JSON.stringify(files.map(({ path, id: content }) => [path, content])))
  const tree = join(trees, id)
  const contents = new Map<string, string>()
  // Also when the tree is there: a file that was changed in it is not the track's any more.
  for (const file of files) contents.set(file.path, await kept.bring(file, []))
  const isThere = await stat(tree).then(
    (found) => found.isDirectory(),
    () => false
  )
  if (!isThere) await build(tree, contents)
  const now = new Date(systemClock.wallMs())
  await utimes(tree, now, now)
  await removeOldTrees(trees, id)
  return tree
}

async function build(tree: string, contents: ReadonlyMap<string, string>): Promise<void> {
  const temporary = `${tree}.${process.pid}.tmp`
  await rm(temporary, { recursive: true, force: true })
  await makeFolder(temporary, 0o700)
  for (const [path, content] of contents) {
    const place = join(temporary, path)
    await makeFolder(dirname(place))
    await linkOrCopy(content, place)
  }
  await rename(temporary, tree)
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (systemCode(error) === 'ENOSPC') throw error
    // Not every disk has links.
    await copyFile(from, to)
  }
}

async function removeOldTrees(trees: string, inUse: string): Promise<void> {
  const found: { name: string; usedAtMs: number }[] = []
  for (const name of await readdir(trees)) {
    if (!/^[0-9a-f]{64}(\.\d+\.tmp)?$/.test(name) || name === inUse) continue
    const facts = await stat(join(trees, name)).catch(() => null)
    if (facts !== null) found.push({ name, usedAtMs: facts.mtimeMs })
  }
  const old = found.sort((a, b) => b.usedAtMs - a.usedAtMs).slice(KEEP_TREES - 1)
  for (const { name } of old) await rm(join(trees, name), { recursive: true, force: true })
}
