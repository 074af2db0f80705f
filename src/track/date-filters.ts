// The date filters of track templates. Times are in UTC; a float is seconds since the epoch, an int is refused as in Elastic Rally.

import { JinjaError, type JinjaFunction } from '../jinja/render.ts'
import { PyFloat, pythonText, textOf, typeName, type Value } from '../jinja/value.ts'
import { formatMoment, parseMoment } from './strftime.ts'

const DAY_SECONDS = 86_400
/** Python's dates go from the year 1 to 9999. */
const FIRST_SECOND = -62_135_596_800
const LAST_SECOND = 253_402_300_800

export const DATE_FILTERS: Readonly<Record<string, JinjaFunction>> = {
  /** Whole days from the first date to the second. */
  days_ago(args, keywords) {
    const given = bound('days_ago', ['start_date', 'end_date', 'date_format', 'default_tz'], args, keywords)
    const format = given['date_format'] ?? '%d-%m-%Y'
    const start = secondsOf(given['start_date'], format)
    return Math.floor((secondsOf(given['end_date'], format) - start) / DAY_SECONDS)
  },
  get_start_date(args, keywords) {
    const given = bound('get_start_date', ['the_date', 'date_format', 'default_tz'], args, keywords)
    return formatted(secondsOf(given['the_date'], null), given['date_format'] ?? '%Y-%m-%d')
  },
  get_end_date(args, keywords) {
    const given = bound('get_end_date', ['start_date', 'duration_days', 'date_format', 'default_tz'], args, keywords)
    const seconds = secondsOf(given['start_date'], null) + daysOf(given['duration_days'] ?? 1) * DAY_SECONDS
    return formatted(seconds, given['date_format'] ?? '%Y-%m-%d')
  }
}

/** Arguments by parameter; one that is not given is absent. */
function bound(
  name: string,
  parameters: readonly string[],
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value>
): Readonly<Record<string, Value>> {
  if (args.length > parameters.length)
    throw pythonError('TypeError', `${name}() takes at most ${parameters.length} arguments but ${args.length} were given`)
  const given: Record<string, Value> = Object.fromEntries(args.map((value, i) => [parameters[i] ?? '', value]))
  for (const [keyword, value] of keywords) {
    if (!parameters.includes(keyword)) throw pythonError('TypeError', `${name}() got an unexpected keyword argument '${keyword}'`)
    if (Object.hasOwn(given, keyword)) throw pythonError('TypeError', `${name}() got multiple values for argument '${keyword}'`)
    given[keyword] = value
  }
  const missing = parameters.slice(0, name === 'days_ago' ? 2 : 1).find((parameter) => !Object.hasOwn(given, parameter))
  if (missing !== undefined) throw pythonError('TypeError', `${name}() missing 1 required positional argument: '${missing}'`)
  return given
}

function daysOf(days: Value): number {
  if (days instanceof PyFloat) return days.value
  if (typeof days === 'number' || typeof days === 'bigint' || typeof days === 'boolean') return Number(days)
  throw pythonError('TypeError', `unsupported type for timedelta days component: ${typeName(days)}`)
}

/** A float, or a text in the given format. */
function secondsOf(value: Value, format: Value): number {
  if (value instanceof PyFloat) return inRange(toMicrosecond(value.value))
  const text = textOf(value)
  if (text === null)
    throw pythonError(
      'TypeError',
      `Cannot convert unrecognized type '<class '${typeName(value)}'>' with value '${pythonText(value)}' to datetime.`
    )
  const parsed = parseMoment(text, formatText(format, 'strptime() argument 2'))
  if (typeof parsed !== 'number') throw pythonError('ValueError', parsed.problem)
  return inRange(parsed / 1e6)
}

/** Python rounds the fraction alone: a large number of seconds leaves it no digits to spare. */
function toMicrosecond(seconds: number): number {
  const whole = Math.floor(seconds)
  return whole + Math.round((seconds - whole) * 1e6) / 1e6
}

function formatText(format: Value, what: string): string {
  const text = textOf(format)
  if (text === null) throw pythonError('TypeError', `${what} must be str, not ${format === null ? 'None' : typeName(format)}`)
  return text
}

function inRange(seconds: number): number {
  if (seconds >= FIRST_SECOND && seconds < LAST_SECOND) return seconds
  throw pythonError('OverflowError', 'date value out of range')
}

function formatted(seconds: number, format: Value): string {
  const whole = Math.floor(inRange(seconds))
  const microseconds = Math.round((seconds - whole) * 1e6)
  return formatMoment(
    { date: new Date(whole * 1000), microseconds: Math.min(microseconds, 999_999) },
    formatText(format, 'strftime() argument 1')
  )
}

function pythonError(type: string, message: string): JinjaError {
  return new JinjaError('runtime', message, { type })
}
