// `rally compare`.

import { racesDir } from '../config/directories.ts'
import { RallyError } from '../core/errors.ts'
import { findRace } from '../metrics/race-store.ts'
import type { StoredRace } from '../metrics/stored-race.ts'
import { comparisonFileText, comparisonJson, comparisonText } from '../report/comparison.ts'
import type { Command } from './command.ts'
import { numbersAlignOf, reportFormatOf, textOf } from './flag-values.ts'
import { appendReport, jsonLine } from './report-file.ts'

export const compareCommand: Command = async ({ flags, output, config: readConfig }) => {
  const config = readConfig({ datastore: true })
  const [baseline, contender] = await findBoth(racesDir(config), textOf(flags, 'baseline') ?? '', textOf(flags, 'contender') ?? '')
  for (const race of [baseline, contender])
    if (race.results.length === 0) output.warning(`race [${race.raceId}] has no results: it was cancelled, or it failed`)
  const showProcessingTime = config.reporting.outputProcessingtime
  const format = reportFormatOf(flags)
  const file = textOf(flags, 'report-file')
  if (format === 'json') {
    const json = comparisonJson(baseline, contender, { showProcessingTime, ownFigures: true })
    output.printJson(json)
    if (file !== null) await appendReport(file, jsonLine(json))
    return
  }
  const options = { format, numbersAlign: numbersAlignOf(flags), showProcessingTime, ownFigures: true, color: output.stdoutHasColours }
  output.print(comparisonText(baseline, contender, options))
  if (file !== null) await appendReport(file, comparisonFileText(baseline, contender, options))
}

/** Both races; throws RallyError('race') that names each one that is not there. */
async function findBoth(dir: string, baseline: string, contender: string): Promise<[StoredRace, StoredRace]> {
  const [one, other] = await Promise.allSettled([findRace(dir, baseline), findRace(dir, contender)])
  if (one.status === 'fulfilled' && other.status === 'fulfilled') return [one.value, other.value]
  const failures = [one, other].flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const errors = failures.filter((failure) => failure instanceof RallyError)
  if (failures.length === 1 || errors.length < failures.length) throw failures[0]
  throw new RallyError('race', 'neither of the races can be read', { problems: errors.map((error) => `${error.message} (${error.hint})`) })
}
