import type { Config } from '../config/config.ts'
import type { JsonObject } from '../core/json.ts'
import { reportTexts } from '../report/final-report.ts'
import type { CommandContext } from './command.ts'
import { numbersAlignOf, reportFormatOf, textOf } from './flag-values.ts'
import { appendReport, jsonLine } from './report-file.ts'

/** The report of a race as stored, where and how the flags want it. */
export async function printReport({ flags, output }: CommandContext, config: Config, race: JsonObject): Promise<void> {
  const format = reportFormatOf(flags)
  const texts = reportTexts(race, {
    format,
    numbersAlign: numbersAlignOf(flags),
    showInReport: (textOf(flags, 'show-in-report') ?? 'available') as 'available' | 'all-percentiles' | 'all',
    showProcessingTime: config.reporting.outputProcessingtime,
    color: output.stdoutHasColours
  })
  if (format === 'json') output.printJson(texts.stdout)
  else output.print(texts.stdout)
  if (texts.stderr !== '') output.aside(texts.stderr)
  const file = textOf(flags, 'report-file')
  if (file !== null) await appendReport(file, format === 'json' ? jsonLine(texts.file) : texts.file)
}
