// The texts of a race's report in the format asked for: what goes to stdout, to stderr and to --report-file.

import type { JsonObject } from '../core/json.ts'
import { objectAt } from '../core/json-path.ts'
import { finalScore } from './banner.ts'
import { details, headline } from './details.ts'
import { jsonReport } from './json-report.ts'
import { summaryTable, summaryWarnings, type SummaryOptions } from './summary.ts'

export type ReportFormat = 'markdown' | 'csv' | 'json'

export interface ReportOptions extends Omit<SummaryOptions, 'format' | 'ownFigures'> {
  readonly format: ReportFormat
  /** Whether stdout takes colours. */
  readonly color: boolean
}

export interface ReportTexts {
  /** The report itself. CSV and JSON are pure: they can be piped. */
  readonly stdout: string
  /** Of CSV: what its table has no place for. */
  readonly stderr: string
  readonly file: string
}

/** The report of a race as stored (race.json), ours with our own rows and sections. */
export function reportTexts(document: JsonObject, { format, color, ...options }: ReportOptions): ReportTexts {
  if (format === 'json') {
    const json = jsonReport(document)
    return { stdout: json, stderr: '', file: json }
  }
  const results = objectAt(document, 'results')
  const [first, sections] = [headline(document), details(document)]
  const table = summaryTable(results, { ...options, format, ownFigures: true })
  const warnings = summaryWarnings(results)
    .map((warning) => `[WARNING] ${warning}\n`)
    .join('')
  if (format === 'csv') return { stdout: table, stderr: blocks(first, warnings, sections), file: table }
  return {
    stdout: `${first === '' ? '' : `${first}\n`}${finalScore(color)}${blocks(table, warnings, sections)}`,
    stderr: '',
    file: blocks(first, table, warnings, sections)
  }
}

/** Texts with an empty line between them. */
function blocks(...texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map((text) => (text.endsWith('\n') ? text : `${text}\n`))
    .join('\n')
}
