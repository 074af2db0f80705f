// Which files from coordinators a node lets go: those that no race has used for long, and the oldest when there are too many, or when
// there is no room. Only folders that carry Rally's record.

import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../core/clock.ts'
import { readRecord } from './file-record.ts'

interface KeptFolder {
  readonly name: string
  readonly usedAtMs: number
}

const KEEP_MS = 14 * 86_400_000
const KEEP_FILES = 1000

/** Decides; pure. */
export function filesToRemove(kept: readonly KeptFolder[], inUse: ReadonlySet<string>, { nowMs, atLeastOne = false }: { readonly nowMs: number; readonly atLeastOne?: boolean }): string[] {
  const old = kept.filter(({ name }) => !inUse.has(name)).sort((a, b) => a.usedAtMs - b.usedAtMs)
  const tooMany = kept.length - KEEP_FILES
  const removed = old.filter(({ usedAtMs }, index) => index < tooMany || nowMs - usedAtMs > KEEP_MS || (atLeastOne && index === 0))
  return removed.map(({ name }) => name)
}

/** How many it has removed. */
export async function removeOldFiles(folder: string, inUse: ReadonlySet<string>, { atLeastOne = false } = {}): Promise<number> {
  const kept: KeptFolder[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    if (!/^[0-9a-f]{64}$/.test(name) || (await readRecord(join(folder, name))) === null) continue
    const record = await stat(join(folder, name, 'record.json')).catch(() => null)
    if (record !== null) kept.push({ name, usedAtMs: record.mtimeMs })
  }
  const removed = filesToRemove(kept, inUse, { nowMs: systemClock.wallMs(), atLeastOne })
  for (const name of removed) await rm(join(folder, name), { recursive: true, force: true })
  return removed.length
}
