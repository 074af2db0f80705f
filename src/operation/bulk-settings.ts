// The parameters of a bulk operation, checked: every mistake at once, in Elastic Rally's words.

import { RallyError } from '../core/errors.ts'
import { JsonNumber, type JsonValue } from '../core/json.ts'
import type { BulkSettings } from '../corpus/bulk-reader.ts'
import { corporaOf } from '../corpus/used-corpora.ts'
import type { Corpus, Operation, Track } from '../track/track.ts'
import { shown, truthy } from './python-values.ts'

export interface CheckedBulk {
  readonly settings: BulkSettings
  readonly corpora: readonly Corpus[]
}

/** Checks a bulk operation that `clients` clients share; throws RallyError('track') with all mistakes. */
export function checkBulk(track: Track, operation: Operation, clients: number): CheckedBulk {
  const problems: string[] = []
  const { params } = operation
  const conflicts = conflictsOf(params, problems)
  const corpora = corporaOf(track, operation, problems)
  if (conflicts !== null) checkConflictTargets(corpora, conflicts, problems)
  const bulkSize = bulkSizeOf(params, problems)
  checkBatchSize(params, bulkSize, problems)
  const ingestPercentage = rangeOf(params, { key: 'ingest-percentage', fallback: 100, from: 0, to: 100, open: true }, problems)
  const ingestDocCount = docCountOf(params, { bulkSize, corpora, clients }, problems)
  checkRefresh(params['refresh'], problems)
  if (problems.length > 0) throw bulkError(operation, problems)
  return { settings: { bulkSize, ingestPercentage, ingestDocCount, looped: truthy(params['looped']), conflicts }, corpora }
}

function bulkError(operation: Operation, problems: readonly string[]): RallyError {
  const place = `operation [${operation.name}]`
  if (problems.length === 1) return new RallyError('track', `${place}: ${problems[0]}`)
  return new RallyError('track', `${place} has ${problems.length} mistakes`, { problems })
}

type Params = Operation['params']
type Conflicts = NonNullable<BulkSettings['conflicts']>

function bulkSizeOf(params: Params, problems: string[]): number {
  if (!('bulk-size' in params)) {
    problems.push("mandatory parameter 'bulk-size' is missing")
    return NaN
  }
  return positiveInt(params, 'bulk-size', problems)
}

/** `batch-size` (documents that Elastic Rally reads at once) changes nothing here, but is checked like there. */
function checkBatchSize(params: Params, bulkSize: number, problems: string[]): void {
  if (!('batch-size' in params)) return
  const batchSize = positiveInt(params, 'batch-size', problems)
  if (batchSize < bulkSize) problems.push(`'batch-size' must be greater than or equal to 'bulk-size' (${bulkSize}) but was ${batchSize}`)
  else if (batchSize % bulkSize > 0) problems.push(`'batch-size' must be a multiple of 'bulk-size' (${bulkSize}) but was ${batchSize}`)
}

interface DocCountFacts {
  readonly bulkSize: number
  readonly corpora: readonly Corpus[]
  readonly clients: number
}

function docCountOf(params: Params, facts: DocCountFacts, problems: string[]): number | null {
  const key = 'ingest-doc-count'
  if ((params[key] ?? null) === null) return null
  if ('ingest-percentage' in params) problems.push(`'${key}' and 'ingest-percentage' are mutually exclusive`)
  const count = positiveInt(params, key, problems)
  const { bulkSize, corpora, clients } = facts
  if (Number.isNaN(count) || Number.isNaN(bulkSize)) return count
  const total = corpora.flatMap((corpus) => corpus.documents).reduce((sum, set) => sum + set.numberOfDocuments, 0)
  const share = Math.floor(count / clients)
  if (count % bulkSize !== 0) problems.push(`'${key}' must be a multiple of 'bulk-size' (${bulkSize}) but was ${count}`)
  else if (share % bulkSize !== 0) {
    problems.push(
      `'${key}' divided by the number of partitions (${clients}) must be a multiple of 'bulk-size' (${bulkSize}) but was ${share}`
    )
  }
  if (corpora.length > 0 && count > total) {
    problems.push(`'${key}' must be less than or equal to the total number of documents in the corpus (${total}) but was ${count}`)
  }
  return count
}

function conflictsOf(params: Params, problems: string[]): Conflicts | null {
  const order = params['conflicts'] ?? null
  if (order === null || order === false || order === '') return null
  if ('data-streams' in params) problems.push("'conflicts' cannot be used with 'data-streams'")
  const onConflict = params['on-conflict'] ?? 'index'
  const probabilityPercent = rangeOf(params, { key: 'conflict-probability', fallback: 25, from: 0, to: 100, open: false }, problems)
  const recency = rangeOf(params, { key: 'recency', fallback: 0, from: 0, to: 1, open: false }, problems)
  const isOrder = order === 'sequential' || order === 'random'
  const isAction = onConflict === 'index' || onConflict === 'update'
  if (!isOrder) problems.push(`unknown 'conflicts' setting [${shown(order)}]: use sequential or random`)
  if (!isAction) problems.push(`unknown 'on-conflict' setting [${shown(onConflict)}]: use index or update`)
  return isOrder && isAction ? { order, probabilityPercent, onConflict, recency } : null
}

function checkConflictTargets(corpora: readonly Corpus[], conflicts: Conflicts, problems: string[]): void {
  for (const corpus of corpora) {
    for (const set of corpus.documents) {
      const place = `[${set.documentArchive ?? set.documentFile}] in document corpus [${corpus.name}]`
      if (set.includesActionAndMetaData) {
        problems.push(`cannot generate id conflicts [${conflicts.order}] as ${place} already contains an action and meta-data line`)
      } else if (set.targetIndex === null) {
        problems.push(`conflicts cannot be generated with append only data streams: ${place} goes to [${set.targetDataStream ?? ''}]`)
      }
    }
  }
}

/** Elastic Rally insists on the text; the JSON booleans mean the same. */
function checkRefresh(refresh: JsonValue | undefined, problems: string[]): void {
  if (refresh === undefined || refresh === null || typeof refresh === 'boolean') return
  if (refresh !== 'true' && refresh !== 'false' && refresh !== 'wait_for') {
    problems.push(`'refresh' must be one of "true", "false", "wait_for" but was [${shown(refresh)}]`)
  }
}

/** Python's `int`: cuts fractions off numbers, takes texts of digits only. NaN: there is a problem. */
function positiveInt(params: Params, key: string, problems: string[]): number {
  const value = params[key]
  const isDigits = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)
  const number = typeof value === 'string' && !isDigits ? NaN : Math.trunc(numeric(value))
  if (Number.isNaN(number)) problems.push(`'${key}' must be numeric but was [${shown(value)}]`)
  else if (number <= 0) problems.push(`'${key}' must be positive but was ${number}`)
  else return number
  return NaN
}

interface Range {
  readonly key: string
  readonly fallback: number
  readonly from: number
  readonly to: number
  /** Whether `from` itself is outside. */
  readonly open: boolean
}

function rangeOf(params: Params, range: Range, problems: string[]): number {
  const { key, fallback, from, to, open } = range
  const value = key in params ? numeric(params[key]) : fallback
  if (Number.isNaN(value)) problems.push(`'${key}' must be numeric but was [${shown(params[key])}]`)
  else if (value < from || (open && value === from) || value > to) {
    problems.push(`'${key}' must be in the range ${open ? '(' : '['}${from.toFixed(1)}, ${to.toFixed(1)}] but was ${value.toFixed(1)}`)
  }
  return value
}

function numeric(value: JsonValue | undefined): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof JsonNumber) return value.valueOf()
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
}
