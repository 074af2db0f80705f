// Two races side by side: Elastic Rally's compare report.

import { printJson } from '../core/json-print.ts'
import type { JsonObject } from '../core/json.ts'
import { objectsAt, textAt } from '../core/json-path.ts'
import { pythonFloat, type PythonNumber } from '../core/python-number.ts'
import { bytesIn, sizeUnit } from '../core/units.ts'
import { tagText } from '../metrics/race-store.ts'
import { timestampForPeople } from '../metrics/race-timestamp.ts'
import type { StoredRace } from '../metrics/stored-race.ts'
import { finalScore } from './banner.ts'
import { convert } from './convert.ts'
import { differenceOf, type Difference } from './difference.ts'
import { DISK_USES, fieldUsages, sortedByTotal, type FieldUsage } from './disk-usage.ts'
import { clusterRows, taskName, taskRows, type Dialect, type FigureRow, type TaskRowOptions } from './figure-rows.ts'
import { csvTable, markdownTable, type Cell, type NumbersAlign } from './table.ts'

export interface ComparisonOptions extends TaskRowOptions {
  readonly format: 'markdown' | 'csv'
  readonly numbersAlign: NumbersAlign
  /** Whether differences are green and red: never in a file or a pipe. */
  readonly color: boolean
}

/** One figure of both races, in the unit of the report. */
export interface ComparedFigure {
  readonly metric: string
  readonly task: string
  readonly unit: string
  readonly baseline: PythonNumber
  readonly contender: PythonNumber
  readonly difference: Difference
}

const HEADERS = ['Metric', 'Task', 'Baseline', 'Contender', 'Diff', 'Unit', 'Diff %'] as const
const DIALECT: Dialect = { shards: 'primary shard', ingestTime: { unit: 'ms', conversion: 'none' } }

/** Who is compared with whom: the lines above the table, each ended by a newline. */
export function comparisonHeader(baseline: StoredRace, contender: StoredRace): string {
  return ['', 'Comparing baseline', ...raceLines(baseline), '', 'with contender', ...raceLines(contender), ''].join('\n')
}

function raceLines(race: StoredRace): readonly string[] {
  const tags = Object.entries(race.userTags).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `  Race ID: ${race.raceId}`,
    `  Race timestamp: ${timestampForPeople(race.raceTimestamp)}`,
    ...(race.challenge === null ? [] : [`  Challenge: ${race.challenge}`]),
    `  Car: ${race.car ?? ''}`,
    ...(tags.length === 0 ? [] : [`  User tags: ${tags.map(([key, value]) => `${key}=${tagText(value)}`).join(', ')}`])
  ]
}

/** The whole report for the console: header, banner and a table for each cluster that either race has. */
export function comparisonText(baseline: StoredRace, contender: StoredRace, options: ComparisonOptions): string {
  const tables = pairs(baseline, contender).map(({ cluster, sets }) => {
    const title = cluster === null ? '' : `[${cluster}]\n`
    return `${finalScore(options.color)}${title}${comparisonTable(...sets, options)}\n`
  })
  return comparisonHeader(baseline, contender) + tables.join('')
}

/** The tables alone, without colours: what --report-file gets. */
export function comparisonFileText(baseline: StoredRace, contender: StoredRace, options: ComparisonOptions): string {
  return pairs(baseline, contender)
    .map(({ sets }) => comparisonTable(...sets, { ...options, color: false }))
    .join('')
}

/** All figures as JSON, numbers at full precision. */
export function comparisonJson(baseline: StoredRace, contender: StoredRace, options: TaskRowOptions): string {
  const identity = (race: StoredRace): JsonObject => ({
    race_id: race.raceId,
    race_timestamp: race.raceTimestamp,
    track: race.track,
    challenge: race.challenge
  })
  const clusters = pairs(baseline, contender).map(({ cluster, sets }) => ({
    cluster,
    figures: comparedFigures(...sets, { ...options, color: false }).map(({ difference, ...figure }) => ({
      ...figure,
      diff: Number(figure.contender) - Number(figure.baseline),
      diff_percent: Number(difference.percent.slice(0, -1))
    }))
  }))
  return `${printJson({ baseline: identity(baseline), contender: identity(contender), clusters }, { indent: 2 })}\n`
}

interface Pair {
  /** null: neither race measured several clusters. */
  readonly cluster: string | null
  readonly sets: readonly [JsonObject, JsonObject]
}

// A race without results (cancelled, of another tool) is compared as an empty one: a table of headers.
function pairs(baseline: StoredRace, contender: StoredRace): readonly Pair[] {
  if (baseline.results.length <= 1 && contender.results.length <= 1) {
    return [{ cluster: null, sets: [baseline.results[0] ?? {}, contender.results[0] ?? {}] }]
  }
  const nameOf = (results: JsonObject): string => textAt(results, 'cluster_name') ?? 'default'
  const names = new Set([...baseline.results, ...contender.results].map(nameOf))
  const ofName = (race: StoredRace, name: string): JsonObject => race.results.find((results) => nameOf(results) === name) ?? {}
  return [...names].sort().map((cluster) => ({ cluster, sets: [ofName(baseline, cluster), ofName(contender, cluster)] }))
}

function comparisonTable(baseline: JsonObject, contender: JsonObject, options: ComparisonOptions): string {
  const rows = comparedFigures(baseline, contender, options).map(
    ({ metric, task, baseline: before, contender: after, difference, unit }): readonly Cell[] => [
      metric,
      task,
      before,
      after,
      difference.absolute,
      unit,
      difference.percent
    ]
  )
  return options.format === 'csv' ? csvTable(HEADERS, rows) : markdownTable(HEADERS, rows, options.numbersAlign)
}

type FigureOptions = TaskRowOptions & { readonly color: boolean }

/** Figures that both races have, in the baseline's order. */
function comparedFigures(baseline: JsonObject, contender: JsonObject, options: FigureOptions): readonly ComparedFigure[] {
  const contenderTasks = new Map(objectsAt(contender, 'op_metrics').map((item) => [taskName(item), item]))
  const tasks = objectsAt(baseline, 'op_metrics').flatMap((item) => {
    const other = contenderTasks.get(taskName(item))
    return other === undefined ? [] : joined(taskRows(item, options), taskRows(other, options), options.color)
  })
  return [
    ...joined(clusterRows(baseline, DIALECT), clusterRows(contender, DIALECT), options.color),
    ...comparedFields(baseline, contender, options.color),
    ...tasks
  ]
}

function joined(baseline: readonly FigureRow[], contender: readonly FigureRow[], color: boolean): readonly ComparedFigure[] {
  const key = (row: FigureRow): string => JSON.stringify([row.label, row.task])
  const others = new Map(contender.map((row) => [key(row), row.value]))
  return baseline.flatMap((row) => {
    const other = others.get(key(row)) ?? null
    if (row.value === null || other === null) return []
    const difference = differenceOf(Number(row.value), Number(other), {
      convert: (value) => Number(convert(value, row.conversion)),
      higherIsBetter: row.higherIsBetter,
      color
    })
    return [
      {
        metric: row.label,
        task: row.task,
        unit: row.unit ?? '',
        baseline: convert(row.value, row.conversion),
        contender: convert(other, row.conversion),
        difference
      }
    ]
  })
}

/**
 * Fields of indices that both races have, by the greater total; a use that neither has is left out. As in Elastic Rally, a field without
 * a total in the baseline counts only if it uses something in the contender.
 */
function comparedFields(baseline: JsonObject, contender: JsonObject, color: boolean): readonly ComparedFigure[] {
  const [before, after] = [fieldUsages(baseline), fieldUsages(contender)]
  const total = (usage: FieldUsage | undefined): number => Number(usage?.uses.get('total') ?? 0)
  const find = (usages: readonly FieldUsage[], { index, field }: FieldUsage): FieldUsage | undefined =>
    usages.find((usage) => usage.index === index && usage.field === field)
  const hasIndex = (usages: readonly FieldUsage[], index: string): boolean => usages.some((usage) => usage.index === index)
  const hasTotals = [before, after].every((usages) => usages.some((usage) => usage.uses.has('total')))
  if (!hasTotals) return []
  const all = [...before, ...after.filter((usage) => find(before, usage) === undefined)]
  const counted = all
    .filter((usage) => hasIndex(before, usage.index) && hasIndex(after, usage.index))
    .filter((usage) => find(before, usage)?.uses.has('total') === true || total(find(after, usage)) > 0)
    .map((usage) => ({ ...usage, total: Math.max(total(find(before, usage)), total(find(after, usage))) }))
  return sortedByTotal(counted).flatMap((usage) => comparedUses(usage, find(before, usage), find(after, usage), color))
}

function comparedUses(
  { index, field }: FieldUsage,
  before: FieldUsage | undefined,
  after: FieldUsage | undefined,
  color: boolean
): readonly ComparedFigure[] {
  return DISK_USES.flatMap(([use]) => {
    const [baseline, contender] = [Number(before?.uses.get(use) ?? 0), Number(after?.uses.get(use) ?? 0)]
    if (baseline === 0 && contender === 0) return []
    const unit = sizeUnit(Math.min(baseline, contender))
    const inUnit = (sizeBytes: number): number => bytesIn(unit, sizeBytes)
    return [
      {
        metric: `${index} ${field} ${use}`,
        task: '',
        unit,
        baseline: pythonFloat(inUnit(baseline)),
        contender: pythonFloat(inUnit(contender)),
        difference: differenceOf(baseline, contender, { convert: inUnit, higherIsBetter: false, color })
      }
    ]
  })
}
