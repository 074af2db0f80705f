// Dates in queries: `2026-11-23`, `now`, `now-7d/d`, `2026-11-23||+1M/d`.

import { illegalArgument, unsupported } from '../api-error.ts'
import { parseDate, zoneMs, type DateFormat } from '../store/date-format.ts'

export interface DateMathOptions {
  readonly format: DateFormat
  /** `+02:00`, `Z`; undefined: UTC. */
  readonly zone: string | undefined
  /** What is left open becomes its last moment. */
  readonly roundUp: boolean
  readonly nowMs: number
}

const UNITS = 'yMwdhHms'
const FIXED_MS: Readonly<Record<string, number>> = { w: 604_800_000, d: 86_400_000, h: 3_600_000, H: 3_600_000, m: 60_000, s: 1000 }

/** Milliseconds since the epoch; throws ApiError. */
export function parseDateMath(text: string, options: DateMathOptions): number {
  const offset = zoneOffset(options.zone)
  if (text.startsWith('now')) return applyMath(options.nowMs, text.slice(3), options.roundUp)
  const [date, math] = text.split('||')
  const ms = parseDate(options.format, date, math === undefined && options.roundUp)
  if (Number.isNaN(ms)) throw illegalArgument(`failed to parse date field [${text}] with format [${options.format.name}]`)
  // A date that names its own zone keeps it.
  const local = /(?:Z|[+-]\d{2}:?\d{2})$/.test(date!) || /^-?\d+$/.test(date!) ? ms : ms - offset
  return math === undefined ? local : applyMath(local, math, options.roundUp)
}

/** Milliseconds ahead of UTC; only fixed offsets are known. */
export function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === 'UTC' || zone === 'GMT') return 0
  if (!/^(?:Z|[+-]\d{2}:?\d{2})$/.test(zone)) throw unsupported(`time_zone [${zone}]`)
  return zoneMs(zone)
}

function applyMath(startMs: number, math: string, roundUp: boolean): number {
  let ms = startMs
  let rest = math
  while (rest !== '') {
    const match = /^(?:([+-])(\d{0,6})|(\/))([yMwdhHms])/.exec(rest)
    if (match === null) throw illegalArgument(`operator not supported for date math [${math}]`)
    const [whole, sign, digits, slash, unit] = match
    if (slash === undefined) ms = addUnits(ms, unit!, (sign === '-' ? -1 : 1) * Number(digits === '' ? 1 : digits))
    else ms = roundUp ? addUnits(floorTo(ms, unit!), unit!, 1) - 1 : floorTo(ms, unit!)
    rest = rest.slice(whole.length)
  }
  return ms
}

/** Moves by whole units, UTC; the last of January plus a month is the last of February. */
export function addUnits(ms: number, unit: string, count: number): number {
  const fixed = FIXED_MS[unit]
  if (fixed !== undefined) return ms + count * fixed
  const date = new Date(ms)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + count * (unit === 'y' ? 12 : unit === 'q' ? 3 : 1))
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, lastDay))
  return date.getTime()
}

/** Start of the unit that `ms` lies in, UTC; weeks begin on Monday. */
export function floorTo(ms: number, unit: string): number {
  const date = new Date(ms)
  if (unit === 'w') {
    const day = Math.floor(ms / 86_400_000)
    // 1970-01-01 was a Thursday.
    return (day - ((((day + 3) % 7) + 7) % 7)) * 86_400_000
  }
  if (unit === 'q') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - (date.getUTCMonth() % 3))
  const depth = UNITS.replace('w', '').indexOf(unit === 'H' ? 'h' : unit)
  const fields = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds()
  ]
  const at = new Date(0)
  // y M d h H m s: `h` and `H` stand for the same place.
  const keep = depth <= 3 ? depth + 1 : depth
  at.setUTCFullYear(fields[0]!, keep > 1 ? fields[1]! : 0, keep > 2 ? fields[2]! : 1)
  at.setUTCHours(keep > 3 ? fields[3]! : 0, keep > 4 ? fields[4]! : 0, keep > 5 ? fields[5]! : 0)
  return at.getTime()
}
