// `rally list <what>`.

import { racesDir } from '../config/directories.ts'
import { RallyError } from '../core/errors.ts'
import { printJson } from '../core/json-print.ts'
import { listRaces, type RaceFilter, type RaceList } from '../metrics/race-store.ts'
import type { Command, CommandContext } from './command.ts'
import { countOf, mapOf, textOf, type FlagValues } from './flag-values.ts'

export const listCommand: Command = async (context) => {
  if (context.argument === 'races') await printRaces(context)
  else throw new RallyError('usage', `rally list ${context.argument ?? ''} is not supported yet`)
}

async function printRaces(context: CommandContext): Promise<void> {
  const { flags, output } = context
  const list = await listRaces(racesDir(context.config({ datastore: true })), raceFilter(flags))
  for (const warning of list.warnings) output.warning(warning)
  if (textOf(flags, 'format') === 'json') output.printJson(racesJson(list))
  else throw new RallyError('usage', 'rally list races is served with --format=json only, yet')
}

/** As Elastic Rally prints them, results included. */
function racesJson(list: RaceList): string {
  return printJson({ races: list.races.map((race) => race.document) }, { indent: 2 })
}

function raceFilter(flags: FlagValues): RaceFilter {
  const texts = { track: 'track', challenge: 'challenge', benchmarkName: 'benchmark-name', fromDate: 'from-date', toDate: 'to-date' } as const
  const given = Object.entries(texts).flatMap(([field, flag]) => {
    const value = textOf(flags, flag)
    return value === null ? [] : [[field, value] as const]
  })
  return { ...Object.fromEntries(given), userTags: mapOf(flags, 'user-tags'), limit: countOf(flags, 'limit', 10) }
}
