// `rally list <what>`.

import { racesDir } from '../config/directories.ts'
import { printJson } from '../core/json-print.ts'
import { listRaces, type RaceFilter } from '../metrics/race-store.ts'
import { drawTable } from '../report/table.ts'
import type { Command, CommandContext } from './command.ts'
import { countOf, mapOf, textOf, type FlagValues } from './flag-values.ts'
import { PIPELINES } from './pipelines.ts'

type Listing = (context: CommandContext) => Promise<void> | void

const LISTINGS: Readonly<Record<string, Listing>> = {
  races: printRaces,
  pipelines: ({ output }) => output.print(titled('Available pipelines:', ['Name', 'Description'], Object.entries(PIPELINES))),
  telemetry: ({ output }) => output.print(TELEMETRY)
}

export const listCommand: Command = async (context) => {
  await LISTINGS[context.argument ?? '']!(context)
}

/** A heading and a table under it, as Elastic Rally lists things. */
export function titled(title: string, headers: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${title}\n\n${drawTable(headers, rows, { format: 'simple', numbersAlign: 'left', textAlign: 'left', parseNumbers: false })}`
}

const TELEMETRY = titled(
  'Taken in every race, before and after the load:',
  ['Name', 'Description'],
  [
    ['Index Stats', 'indexing, merge, refresh and flush times, segments and sizes of the target'],
    ['Node Stats', 'garbage collections of the target'],
    ['Driver Health', 'whether the load generator itself kept up']
  ]
)

async function printRaces(context: CommandContext): Promise<void> {
  const { flags, output } = context
  const { races, warnings } = await listRaces(racesDir(context.config({ datastore: true })), raceFilter(flags))
  for (const warning of warnings) output.warning(warning)
  if (textOf(flags, 'format') === 'json') output.printJson(printJson({ races: races.map((race) => race.document) }, { indent: 2 }))
}

function raceFilter(flags: FlagValues): RaceFilter {
  const texts = {
    track: 'track',
    challenge: 'challenge',
    benchmarkName: 'benchmark-name',
    fromDate: 'from-date',
    toDate: 'to-date'
  } as const
  const given = Object.entries(texts).flatMap(([field, flag]) => {
    const value = textOf(flags, flag)
    return value === null ? [] : [[field, value] as const]
  })
  return { ...Object.fromEntries(given), userTags: mapOf(flags, 'user-tags'), limit: countOf(flags, 'limit', 10) }
}
