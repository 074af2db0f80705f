// Where the samples of a race are on this machine: its own, if it was a node of it, and those pulled from other nodes.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeDir, pulledDir, racesDir } from '../config/directories.ts'
import type { Config } from '../config/config.ts'
import { closestMatch } from '../core/close-match.ts'
import { RallyError } from '../core/errors.ts'
import type { SampledRace } from '../report/results-listing.ts'
import { keptRace, keptRaces, type KeptRace } from '../results/race-folder.ts'
import { findResults, type FoundResults } from '../results/read-results.ts'
import { sealLeftOpen } from '../results/snapshot-writer.ts'

export interface RaceResults {
  readonly folders: readonly string[]
  readonly found: FoundResults
  /** This machine is a node of it now. */
  readonly isRunning: boolean
}

/** null: nothing of it is here. */
async function openRaceResults(config: Config, raceId: string): Promise<RaceResults | null> {
  const own = await keptRace(nodeDir(config.confDir), raceId)
  if (own !== null && !own.isRunning) await sealLeftOpen(join(own.path, 'snapshots'), raceId)
  const folders = [...(own === null ? [] : [own.path]), ...(await pulledFolders(config, raceId))]
  const found = await findResults(folders)
  if (found.chunks.length === 0 && found.snapshots.length === 0 && found.problems.length === 0) return null
  return { folders, found, isRunning: own?.isRunning ?? false }
}

/** All races of which something is here, the newest first. */
export async function sampledRaces(config: Config): Promise<SampledRace[]> {
  const own = new Map((await keptRaces(nodeDir(config.confDir))).map((race) => [race.race, race]))
  const pulled = await readdir(racesDir(config)).catch(() => [])
  const names = new Set([...own.keys(), ...pulled])
  const races = await Promise.all([...names].map(async (race) => sampledRace(config, race, own.get(race) ?? null)))
  return races.filter((race) => race !== null).toSorted((a, b) => b.lastAtMs - a.lastAtMs)
}

async function sampledRace(config: Config, race: string, own: KeptRace | null): Promise<SampledRace | null> {
  const found = await findResults([...(own === null ? [] : [own.path]), ...(await pulledFolders(config, race))])
  if (found.chunks.length === 0 && found.snapshots.length === 0) return null
  if (own !== null) return { ...own, found }
  const { mtimeMs } = await stat(pulledDir(config, race))
  return { race, isRunning: false, isClosed: true, lastAtMs: mtimeMs, found }
}

/** Throws RallyError('race') if nothing of it is here. */
export async function requireRaceResults(config: Config, raceId: string): Promise<RaceResults> {
  const results = await openRaceResults(config, raceId)
  if (results !== null) return results
  const nearest = closestMatch(raceId, (await keptRaces(nodeDir(config.confDir))).map(({ race }) => race))
  const hint = nearest === null ? 'see `rally results list`' : `did you mean [${nearest}]? See \`rally results list\``
  throw new RallyError('race', `no samples of race [${raceId}] are here`, { hint })
}

async function pulledFolders(config: Config, raceId: string): Promise<string[]> {
  const dir = pulledDir(config, raceId)
  const names = await readdir(dir).catch(() => [])
  return names.map((name) => join(dir, name))
}
