// range: a stretch of sorted numbers, dates or terms.

import type { JsonObject } from '../../core/json.ts'
import { illegalArgument, unsupported } from '../api-error.ts'
import { lowerBound } from '../columns/string-order.ts'
import { parseDateFormat } from '../store/date-format.ts'
import { COLUMN_OF_TYPE, type Field } from '../store/field.ts'
import type { Segment } from '../store/segment.ts'
import { parseDateMath } from './date-math.ts'
import { NOTHING, type Matcher } from './matcher.ts'
import { checkKeys, fieldClause, objectOf, readBoost, scalar, type QueryContext, type QueryParser } from './query.ts'
import { numericRange, ordinalRange } from './value-matchers.ts'
import { show } from '../show.ts'

const KEYS = new Set(['gte', 'gt', 'lte', 'lt', 'from', 'to', 'include_lower', 'include_upper', 'boost', 'format', 'time_zone', 'relation'])

/** null: open. */
interface Bound {
  readonly value: string | number | boolean
  readonly isIncluded: boolean
}

export const parseRange: QueryParser = (body, context) => {
  const { field: path, clause } = fieldClause('range', body)
  const options = objectOf('range', clause)
  checkKeys('range', options, KEYS)
  const relation = show(options['relation'] ?? 'intersects').toLowerCase()
  if (relation !== 'intersects') throw unsupported(`relation [${relation}] in query [range]`)
  const lower = readBound(options, 'gte', 'gt', 'from')
  const upper = readBound(options, 'lte', 'lt', 'to')
  const score = readBoost(options)
  const field = context.mapping.fields.get(path)
  if (field === undefined) return () => () => NOTHING
  switch (COLUMN_OF_TYPE[field.type]) {
    case 'numeric': {
      const bounds = numericBounds(field, { lower, upper, options }, context)
      return () => (segment) => numericRange(segment, path, { ...bounds, score })
    }
    case 'keyword':
      return () => (segment) => keywordRange(segment, path, { lower, upper, score })
    default:
      throw unsupported(`query [range] on field [${path}] of type [${field.type}]`)
  }
}

function readBound(options: JsonObject, inclusive: string, exclusive: string, legacy: string): Bound | null {
  const includeKey = legacy === 'from' ? 'include_lower' : 'include_upper'
  const candidates: readonly (readonly [string, boolean])[] = [
    [inclusive, true],
    [exclusive, false],
    [legacy, options[includeKey] !== false]
  ]
  for (const [key, isIncluded] of candidates) {
    const value = options[key]
    if (value !== undefined && value !== null) return { value: scalar('range', value), isIncluded }
  }
  return null
}

function numericBounds(
  field: Field,
  range: { lower: Bound | null; upper: Bound | null; options: JsonObject },
  context: QueryContext
): { min: number; max: number } {
  const { lower, upper, options } = range
  if (field.type !== 'date') {
    return {
      min: lower === null ? Number.NEGATIVE_INFINITY : step(field, toNumber(field, lower.value), lower.isIncluded ? 0 : 1),
      max: upper === null ? Number.POSITIVE_INFINITY : step(field, toNumber(field, upper.value), upper.isIncluded ? 0 : -1)
    }
  }
  const format = options['format'] === undefined ? field.dateFormat : parseDateFormat(options['format'])
  const zone = options['time_zone'] === undefined ? undefined : show(options['time_zone'])
  const at = (bound: Bound, roundUp: boolean): number => parseDateMath(String(bound.value), { format, zone, roundUp, nowMs: context.nowMs })
  return {
    min: lower === null ? Number.NEGATIVE_INFINITY : lower.isIncluded ? at(lower, false) : at(lower, true) + 1,
    max: upper === null ? Number.POSITIVE_INFINITY : upper.isIncluded ? at(upper, true) : at(upper, false) - 1
  }
}

function toNumber(field: Field, value: string | number | boolean): number {
  if (field.type === 'boolean') return value === true || value === 'true' ? 1 : 0
  const number = typeof value === 'boolean' || value === '' ? Number.NaN : Number(value)
  if (Number.isNaN(number)) throw illegalArgument(`For input string: "${String(value)}"`)
  return number
}

/** The next double above (+1) or below (−1), so that both ends of a range can be inclusive. */
function step(field: Field, value: number, direction: -1 | 0 | 1): number {
  if (field.type === 'float' || field.type === 'half_float') return nextUp(Math.fround(value), direction)
  return nextUp(value, direction)
}

const bits = new DataView(new ArrayBuffer(8))

function nextUp(value: number, direction: -1 | 0 | 1): number {
  if (direction === 0 || !Number.isFinite(value)) return value
  if (value === 0) return direction * Number.MIN_VALUE
  bits.setFloat64(0, value)
  // Doubles of one sign are ordered as their bits.
  const towardsInfinity = value > 0 === direction > 0
  bits.setBigInt64(0, bits.getBigInt64(0) + (towardsInfinity ? 1n : -1n))
  return bits.getFloat64(0)
}

function keywordRange(segment: Segment, path: string, range: { lower: Bound | null; upper: Bound | null; score: number }): Matcher {
  const column = segment.columns.get(path)
  if (column?.kind !== 'keyword') return NOTHING
  const { lower, upper, score } = range
  const position = (bound: Bound, isAfter: boolean): number => {
    const at = lowerBound(column.terms, String(bound.value))
    return isAfter && column.terms[at] === String(bound.value) ? at + 1 : at
  }
  const from = lower === null ? 0 : position(lower, !lower.isIncluded)
  const to = upper === null ? column.terms.length : position(upper, upper.isIncluded)
  return ordinalRange(segment, column, { from, to, score })
}
