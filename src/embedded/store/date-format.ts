// Dates as Elasticsearch's mappings name their forms: text or number → ms since the epoch, and back.

import { unsupported } from '../api-error.ts'
import { show } from '../show.ts'

export interface DateFormat {
  /** As written in the mapping. */
  readonly name: string
  readonly patterns: readonly DatePattern[]
}

interface DatePattern {
  /** Milliseconds since the epoch, or NaN. `roundUp`: what the text leaves out becomes its last moment (`lte` of a range). */
  parse(text: string, roundUp: boolean): number
}

const DEFAULT_NAME = 'strict_date_optional_time||epoch_millis'
const ISO = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(?:(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/

const iso: DatePattern = {
  parse(text, roundUp) {
    const match = ISO.exec(text)
    if (match === null) return Number.NaN
    const [, year, month, day, hour, minute, second, fraction, zone] = match
    const parts = [year, month, day, hour, minute, second, fraction?.padEnd(3, '0').slice(0, 3)]
    return moment(parts, roundUp) - zoneMs(zone)
  }
}

const BUILT_IN: Readonly<Record<string, DatePattern>> = {
  strict_date_optional_time: iso,
  date_optional_time: iso,
  strict_date_optional_time_nanos: iso,
  iso8601: iso,
  strict_date_time: iso,
  date_time: iso,
  strict_date_time_no_millis: iso,
  date_time_no_millis: iso,
  strict_date: iso,
  date: iso,
  strict_year_month_day: iso,
  epoch_millis: { parse: (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Math.floor(Number(text)) : Number.NaN) },
  epoch_second: { parse: (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Math.floor(Number(text) * 1000) : Number.NaN) }
}

/** Reads `format` of a mapping or a query; throws ApiError for a form this node does not know. */
export function parseDateFormat(format: unknown): DateFormat {
  const name = format === undefined || format === null ? DEFAULT_NAME : show(format)
  const patterns = name.split('||').map((part) => (Object.hasOwn(BUILT_IN, part) ? BUILT_IN[part]! : customPattern(part)))
  return { name, patterns }
}

/** Milliseconds since the epoch, or NaN if no pattern of the format fits. */
export function parseDate(format: DateFormat, value: unknown, roundUp = false): number {
  const text = String(value)
  for (const pattern of format.patterns) {
    const ms = pattern.parse(text, roundUp)
    if (!Number.isNaN(ms)) return ms
  }
  return Number.NaN
}

/** As `key_as_string` shows a date: ISO 8601 with milliseconds, in a zone so far ahead of UTC. */
export function printDate(ms: number, aheadMs = 0): string {
  if (!(Math.abs(ms) <= 8.64e15)) return String(ms)
  const text = new Date(Math.floor(ms) + aheadMs).toISOString()
  if (aheadMs === 0) return text
  const minutes = Math.abs(aheadMs) / 60_000
  const twoDigits = (number: number): string => String(Math.floor(number)).padStart(2, '0')
  return `${text.slice(0, -1)}${aheadMs < 0 ? '-' : '+'}${twoDigits(minutes / 60)}:${twoDigits(minutes % 60)}`
}

const LETTERS: Readonly<Record<string, { readonly part: number; readonly pattern: string }>> = {
  yyyy: { part: 0, pattern: '(\\d{4})' },
  uuuu: { part: 0, pattern: '(\\d{4})' },
  MM: { part: 1, pattern: '(\\d{2})' },
  dd: { part: 2, pattern: '(\\d{2})' },
  HH: { part: 3, pattern: '(\\d{2})' },
  mm: { part: 4, pattern: '(\\d{2})' },
  ss: { part: 5, pattern: '(\\d{2})' },
  SSS: { part: 6, pattern: '(\\d{3})' }
}

function customPattern(source: string): DatePattern {
  const order: number[] = []
  let regex = ''
  for (const [token] of source.matchAll(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']/g)) {
    const letter = Object.hasOwn(LETTERS, token) ? LETTERS[token] : undefined
    if (letter !== undefined) {
      order.push(letter.part)
      regex += letter.pattern
    } else if (/^[A-Za-z]/.test(token)) throw unsupported(`date format [${source}]`)
    else regex += token.replaceAll("'", '').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  }
  const compiled = new RegExp(`^${regex}$`)
  return {
    parse(text, roundUp) {
      const match = compiled.exec(text)
      if (match === null) return Number.NaN
      const parts: (string | undefined)[] = Array.from({ length: 7 })
      order.forEach((part, i) => (parts[part] = match[i + 1]))
      return moment(parts, roundUp)
    }
  }
}

// Of month, day, hour, minute, second, millisecond: the first value, and the last one there can be.
const FIRST = [1, 1, 0, 0, 0, 0]
const LAST = [12, 31, 23, 59, 59, 999]

/** UTC; parts are year, month, day, hour, minute, second, millisecond; NaN if out of range (February 30). */
function moment(parts: readonly (string | undefined)[], roundUp: boolean): number {
  const year = Number(parts[0] ?? 1970)
  const given = FIRST.map((_, i) => (parts[i + 1] === undefined ? null : Number(parts[i + 1])))
  if (given.some((value, i) => value !== null && (value < FIRST[i]! || value > LAST[i]!))) return Number.NaN
  const [month, day, hour, minute, second, ms] = given.map((value, i) => value ?? (roundUp ? LAST[i]! : FIRST[i]!))
  const lastDay = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
  if (given[1] !== null && given[1]! > lastDay) return Number.NaN
  const at = new Date(0)
  at.setUTCFullYear(year, month! - 1, Math.min(day!, lastDay))
  return at.setUTCHours(hour!, minute, second, ms)
}

/** `+02:00`, `+0200`, `Z` → milliseconds ahead of UTC. */
export function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
