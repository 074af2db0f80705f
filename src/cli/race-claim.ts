// A race id belongs to one process at a time: two that write the same files would make a report of both.

import { existsSync } from 'node:fs'
import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { raceDir } from '../config/directories.ts'
import type { Config } from '../config/config.ts'
import { diskError } from '../core/atomic-file.ts'
import { RallyError } from '../core/errors.ts'
import { removeAtExit } from '../core/exit-cleanup.ts'
import { makeFolder } from '../core/folder.ts'
import { openLocked } from '../node/file-lock.ts'

export interface RaceClaim {
  /** There was a race with this id: its files are replaced. */
  readonly isUsed: boolean
  release(): Promise<void>
}

/** Throws RallyError('race') if a race with this id is running. However this process ends, the claim ends with it. */
export async function claimRace(config: Config, raceId: string): Promise<RaceClaim> {
  const folder = raceDir(config, raceId)
  const isUsed = existsSync(join(folder, 'race.json'))
  const path = join(folder, 'race.lock')
  await makeFolder(folder).catch((error: unknown) => {
    throw diskError(folder, error)
  })
  const file = await openLocked(path).catch(unlocked)
  if (file === null) throw new RallyError('race', `race [${raceId}] is running already`, { hint: 'give another --race-id, or none: Rally finds one' })
  const keep = removeAtExit(path)
  return {
    isUsed,
    async release() {
      keep()
      await rm(path, { force: true })
      await file?.close()
      // Empty, if the race never began.
      await rmdir(folder).catch(() => {})
    }
  }
}

/** A machine without the program flock, and a file system without locks, are no reason not to race. */
function unlocked(error: unknown): undefined {
  if (!(error instanceof RallyError) || error.kind !== 'node') throw error
}
