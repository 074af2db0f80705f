// The summary of one race: Elastic Rally's table, with our own rows and sections where they are wanted.

import type { JsonObject } from '../core/json.ts'
import { objectAt, objectsAt, numberAt } from '../core/json-path.ts'
import { fixedText, pythonFloat, pythonText } from '../core/python-number.ts'
import { bytesInOwnUnit, sizeUnit } from '../core/units.ts'
import { convert } from './convert.ts'
import { fieldUsages, sortedByTotal } from './disk-usage.ts'
import { clusterRows, taskName, taskRows, type Dialect, type FigureRow } from './figure-rows.ts'
import { csvTable, markdownTable, type Cell, type NumbersAlign } from './table.ts'

export interface SummaryOptions {
  readonly format: 'markdown' | 'csv'
  readonly numbersAlign: NumbersAlign
  /** `all`: every row, without a value too; `all-percentiles`: all six percentiles of a time that has any. */
  readonly showInReport: 'available' | 'all' | 'all-percentiles'
  readonly showProcessingTime: boolean
  /** Also the rows that Elastic Rally does not have. */
  readonly ownFigures: boolean
}

const HEADERS = ['Metric', 'Task', 'Value', 'Unit'] as const
const DIALECT: Dialect = { shards: 'primary shards', ingestTime: { unit: 's', conversion: 'seconds' } }

/** The table of a race's results (race.json's `results`); what --report-file gets. Markdown ends with a newline, CSV lines with CRLF. */
export function summaryTable(results: JsonObject, options: SummaryOptions): string {
  const rows = [
    ...clusterRows(results, DIALECT).flatMap((row) => summaryRow(row, options)),
    ...diskUsageRows(results),
    ...objectsAt(results, 'op_metrics').flatMap((item) => taskRows(item, options).flatMap((row) => summaryRow(row, options)))
  ]
  return options.format === 'csv' ? csvTable(HEADERS, rows) : markdownTable(HEADERS, rows, options.numbersAlign)
}

function summaryRow(row: FigureRow, { showInReport }: SummaryOptions): readonly (readonly Cell[])[] {
  if (row.value !== null) return [[row.label, row.task, shown(row), row.unit]]
  const isWanted = showInReport === 'all' || (showInReport === 'all-percentiles' && row.isPercentile)
  return isWanted ? [[row.label, row.task, null, null]] : []
}

function shown({ value, conversion }: FigureRow): Cell {
  if (value === null) return null
  const number = convert(value, conversion)
  return conversion === 'throughput' || conversion === 'percent' ? fixedText(Number(number), 2) : number
}

function diskUsageRows(results: JsonObject): readonly (readonly Cell[])[] {
  const withTotal = fieldUsages(results).flatMap((usage) => {
    const total = usage.uses.get('total')
    return total === undefined ? [] : [{ ...usage, total: Number(total) }]
  })
  return sortedByTotal(withTotal).flatMap(({ index, field, uses }) =>
    [...uses].map(([use, value]) => [`${index} ${field} ${use}`, '', pythonFloat(bytesInOwnUnit(Number(value))), sizeUnit(Number(value))])
  )
}

/** What Elastic Rally warns of below the table: tasks with errors, and without throughput. */
export function summaryWarnings(results: JsonObject): readonly string[] {
  return objectsAt(results, 'op_metrics').flatMap((item) => {
    const task = taskName(item)
    const errorRate = numberAt(item, 'error_rate') ?? 0
    const warnings: string[] = []
    if (errorRate > 0) {
      const percent = pythonText(pythonFloat(Number(fixedText(errorRate * 100, 2))))
      warnings.push(`Error rate is ${percent} for operation '${task}'. Please check the logs.`)
    }
    if (numberAt(objectAt(item, 'throughput'), 'median') === null) {
      const cause =
        errorRate > 0
          ? `Error rate is ${fixedText(errorRate * 100, 1)}%. Please check the logs.`
          : 'The benchmark ended already during warmup.'
      warnings.push(`No throughput metrics available for [${task}]. Likely cause: ${cause}`)
    }
    return warnings
  })
}
