// Which races' samples a node lets go: those that are old, and the oldest when they fill too much of the disk. Never those of a
// race that runs, and only folders that carry Rally's mark.

import { readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../core/clock.ts'
import { sizeText } from '../core/units.ts'
import { keptRaces, type KeptRace } from './race-folder.ts'

export interface Retention {
  readonly keepDays: number
  /** Of the disk's size; what is over it goes, oldest first. */
  readonly keepDiskPercent: number
}

interface SizedRace extends Pick<KeptRace, 'race' | 'isRunning' | 'isClosed' | 'lastAtMs'> {
  readonly bytes: number
}

export interface Dropped {
  readonly race: string
  readonly why: string
}

const DAY_MS = 86_400_000
/** A session that was never closed may run on another machine that shares this home. */
const SILENT_MS = 3_600_000

/** Decides; pure. */
export function racesToDrop(races: readonly SizedRace[], retention: Retention, disk: { readonly bytes: number; readonly nowMs: number }): Dropped[] {
  const limit = (disk.bytes * retention.keepDiskPercent) / 100
  let kept = races.reduce((sum, race) => sum + race.bytes, 0)
  const dropped: Dropped[] = []
  for (const race of races.toSorted((a, b) => a.lastAtMs - b.lastAtMs)) {
    if (race.isRunning || (!race.isClosed && disk.nowMs - race.lastAtMs < SILENT_MS)) continue
    const isOld = disk.nowMs - race.lastAtMs > retention.keepDays * DAY_MS
    if (!isOld && kept <= limit) continue
    kept -= race.bytes
    const why = isOld ? `older than ${retention.keepDays} days` : `all samples together were over ${retention.keepDiskPercent} % of the disk`
    dropped.push({ race: race.race, why: `${sizeText(race.bytes)}, ${why}` })
  }
  return dropped
}

/** Removes what must go below `dir`; gives a line for each race, also for one that could not be removed. */
export async function removeOldRaces(dir: string, retention: Retention): Promise<string[]> {
  const races = await keptRaces(dir)
  if (races.length === 0) return []
  const sized = await Promise.all(races.map(async (race) => ({ ...race, bytes: race.bytes ?? (await sizeOf(race.path)) })))
  const { blocks, bsize } = await statfs(dir)
  const dropped = racesToDrop(sized, retention, { bytes: blocks * bsize, nowMs: systemClock.wallMs() })
  return Promise.all(
    dropped.map(async ({ race, why }) => {
      try {
        await rm(join(dir, race), { recursive: true, force: true })
        return `removed the samples of race ${race} in ${dir} (${why})`
      } catch (error) {
        return `the samples of race ${race} in ${dir} (${why}) cannot be removed: ${String(error)}`
      }
    })
  )
}

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => [])
  let bytes = 0
  for (const entry of entries) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0
  }
  return bytes
}
