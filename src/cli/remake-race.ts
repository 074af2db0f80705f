import { racesDir } from '../config/directories.ts'
import type { Config } from '../config/config.ts'
import { rebuildRace } from '../coordinator/rebuild-race.ts'
import { RallyError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { findRace, findSummary, findTrack, storeRace } from '../metrics/race-store.ts'
import type { CommandContext } from './command.ts'
import type { RaceResults } from './race-results.ts'

export interface RemakeOptions {
  readonly raceId: string
  readonly results: RaceResults
  /** What its percentiles are read from. */
  readonly from: 'samples' | 'histograms'
}

/** race.json with its figures read anew from what the nodes kept; stored, and given. Says what is missing in it. */
export async function remakeRace({ output }: CommandContext, config: Config, { raceId, results, from }: RemakeOptions): Promise<JsonObject> {
  const dir = racesDir(config)
  const [race, summary, track] = await Promise.all([findRace(dir, raceId), findSummary(dir, raceId), findTrack(dir, raceId)])
  if (track === null) {
    const hint = '`rally results export` gives the samples themselves'
    throw new RallyError('race', `${dir}/${raceId}/track.json is missing: without it no report can be made`, { hint })
  }
  const { document, warnings } = await rebuildRace({ document: race.document, summary, track, folders: results.folders, limits: config.health, from })
  for (const warning of warnings) output.warning(warning)
  await storeRace(dir, document)
  return document
}
