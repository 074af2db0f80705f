// The report of a race that has just ended, from its samples.

import { RallyError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { textAt } from '../core/json-path.ts'
import type { Config } from '../config/config.ts'
import type { RaceOutcome } from '../coordinator/race-request.ts'
import type { CommandContext } from './command.ts'
import { bringHere } from './pull-nodes.ts'
import { requireRaceResults } from './race-results.ts'
import { remakeRace } from './remake-race.ts'

/** With exact percentiles, if the samples can be had: a report from histograms is better than none. */
export async function fromSamples(context: CommandContext, config: Config, { race: document }: RaceOutcome): Promise<JsonObject> {
  const raceId = textAt(document, 'race-id') ?? ''
  try {
    await bringHere(context, config, raceId)
    return await remakeRace(context, config, { raceId, results: await requireRaceResults(config, raceId), from: 'samples' })
  } catch (error) {
    if (!(error instanceof RallyError) || error.kind === 'cancelled') throw error
    context.output.warning(`${error.message}: the percentiles are those of histograms (later: rally results pull ${raceId})`)
    return document
  }
}
