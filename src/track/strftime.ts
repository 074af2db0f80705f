// Python's strftime and strptime for UTC, as far as dates in tracks go.

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAY_MS = 86_400_000

/** `microseconds` of the second that `date` shows in whole milliseconds. */
export interface Moment {
  readonly date: Date
  readonly microseconds: number
}

const two = (value: number): string => String(value).padStart(2, '0')
const twelve = (hour: number): number => hour % 12 || 12
const dayOfYear = (date: Date): number =>
  Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1
/** Week of the year, weeks beginning on `first` (0: Sunday); days before the first such day are in week 0. */
const week = (date: Date, first: number): number => Math.floor((dayOfYear(date) + 6 - ((date.getUTCDay() + 7 - first) % 7)) / 7)

const FORMATS: Readonly<Record<string, (moment: Moment) => string>> = {
  '%': () => '%',
  a: ({ date }) => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
  A: ({ date }) => DAYS[date.getUTCDay()] ?? '',
  w: ({ date }) => String(date.getUTCDay()),
  u: ({ date }) => String(date.getUTCDay() || 7),
  d: ({ date }) => two(date.getUTCDate()),
  e: ({ date }) => String(date.getUTCDate()).padStart(2, ' '),
  b: ({ date }) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  h: ({ date }) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  B: ({ date }) => MONTHS[date.getUTCMonth()] ?? '',
  m: ({ date }) => two(date.getUTCMonth() + 1),
  y: ({ date }) => two(date.getUTCFullYear() % 100),
  Y: ({ date }) => String(date.getUTCFullYear()),
  C: ({ date }) => two(Math.floor(date.getUTCFullYear() / 100)),
  H: ({ date }) => two(date.getUTCHours()),
  I: ({ date }) => two(twelve(date.getUTCHours())),
  p: ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  M: ({ date }) => two(date.getUTCMinutes()),
  S: ({ date }) => two(date.getUTCSeconds()),
  f: ({ microseconds }) => String(microseconds).padStart(6, '0'),
  z: () => '+0000',
  Z: () => 'UTC',
  j: ({ date }) => String(dayOfYear(date)).padStart(3, '0'),
  U: ({ date }) => two(week(date, 0)),
  W: ({ date }) => two(week(date, 1)),
  s: ({ date }) => String(Math.floor(date.getTime() / 1000)),
  n: () => '\n',
  t: () => '\t',
  c: (moment) => formatMoment(moment, '%a %b %e %H:%M:%S %Y'),
  x: (moment) => formatMoment(moment, '%m/%d/%y'),
  D: (moment) => formatMoment(moment, '%m/%d/%y'),
  X: (moment) => formatMoment(moment, '%H:%M:%S'),
  T: (moment) => formatMoment(moment, '%H:%M:%S'),
  R: (moment) => formatMoment(moment, '%H:%M'),
  F: (moment) => formatMoment(moment, '%Y-%m-%d'),
  r: (moment) => formatMoment(moment, '%I:%M:%S %p')
}

/** Directives that are unknown stay as they are, as in glibc. */
export function formatMoment(moment: Moment, format: string): string {
  return format.replace(/%([\s\S])/g, (whole: string, letter: string) =>
    Object.hasOwn(FORMATS, letter) ? (FORMATS[letter]?.(moment) ?? whole) : whole
  )
}

/** The parts a format may read: expression and what to do with what it found. */
const PARTS: Readonly<Record<string, readonly [string, (found: string, parts: DateParts) => void]>> = {
  d: ['3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]', (found, parts) => (parts.day = Number(found))],
  m: ['1[0-2]|0[1-9]|[1-9]', (found, parts) => (parts.month = Number(found))],
  Y: ['\\d{4}', (found, parts) => (parts.year = Number(found))],
  y: ['\\d{2}', (found, parts) => (parts.year = Number(found) + (Number(found) <= 68 ? 2000 : 1900))],
  H: ['2[0-3]|[01]\\d|\\d', (found, parts) => (parts.hour = Number(found))],
  I: ['1[0-2]|0[1-9]|[1-9]', (found, parts) => (parts.twelveHour = Number(found))],
  p: ['am|pm', (found, parts) => (parts.isAfternoon = found.toLowerCase() === 'pm')],
  M: ['[0-5]\\d|\\d', (found, parts) => (parts.minute = Number(found))],
  S: ['6[01]|[0-5]\\d|\\d', (found, parts) => (parts.second = Number(found))],
  f: ['\\d{1,6}', (found, parts) => (parts.microseconds = Number(found.padEnd(6, '0')))],
  j: ['36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]', (found, parts) => (parts.dayOfYear = Number(found))],
  b: [MONTHS.map((name) => name.slice(0, 3)).join('|'), (found, parts) => (parts.month = indexOf(MONTHS, found) + 1)],
  B: [MONTHS.join('|'), (found, parts) => (parts.month = indexOf(MONTHS, found) + 1)],
  a: [DAYS.map((name) => name.slice(0, 3)).join('|'), () => undefined],
  A: [DAYS.join('|'), () => undefined],
  z: ['[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d)?|Z', (found, parts) => (parts.offsetSeconds = offsetOf(found))],
  Z: ['utc|gmt', () => undefined]
}

interface DateParts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  microseconds: number
  offsetSeconds: number
  twelveHour?: number
  isAfternoon?: boolean
  dayOfYear?: number
}

function indexOf(names: readonly string[], found: string): number {
  return names.findIndex((name) => name.toLowerCase().startsWith(found.toLowerCase()))
}

function offsetOf(text: string): number {
  if (text.toUpperCase() === 'Z') return 0
  const [hours = 0, minutes = 0, seconds = 0] = (text.slice(1).replaceAll(':', '').match(/\d\d/g) ?? []).map(Number)
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
}

/** Microseconds since the epoch, or why not in Python's words. */
export function parseMoment(text: string, format: string): number | { readonly problem: string } {
  const setters: ((found: string, parts: DateParts) => void)[] = []
  let expression = ''
  for (let at = 0; at < format.length; at++) {
    const letter = format[at] ?? ''
    if (/\s/.test(letter)) {
      expression += '\\s+'
      while (/\s/.test(format[at + 1] ?? '')) at++
      continue
    }
    if (letter !== '%') {
      expression += letter.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
      continue
    }
    const directive = format[++at]
    if (directive === undefined) return { problem: `stray % in format '${format}'` }
    if (directive === '%') {
      expression += '%'
      continue
    }
    const part = Object.hasOwn(PARTS, directive) ? PARTS[directive] : undefined
    if (part === undefined) return { problem: `'${directive}' is a bad directive in format '${format}'` }
    expression += `(${part[0]})`
    setters.push(part[1])
  }
  const match = new RegExp(`^${expression}`, 'i').exec(text)
  if (match === null) return { problem: `time data '${text}' does not match format '${format}'` }
  if (match[0].length < text.length) return { problem: `unconverted data remains: ${text.slice(match[0].length)}` }
  const parts: DateParts = { year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0, microseconds: 0, offsetSeconds: 0 }
  setters.forEach((set, i) => set(match[i + 1] ?? '', parts))
  return toMicroseconds(parts)
}

function toMicroseconds(parts: DateParts): number | { readonly problem: string } {
  const { twelveHour, isAfternoon, year, offsetSeconds, microseconds } = parts
  const hour = twelveHour === undefined ? parts.hour : (twelveHour % 12) + (isAfternoon === true ? 12 : 0)
  const month = parts.dayOfYear === undefined ? parts.month : 1
  const day = parts.dayOfYear ?? parts.day
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (parts.dayOfYear === undefined && date.getUTCDate() !== parts.day) return { problem: 'day is out of range for month' }
  date.setUTCHours(hour, parts.minute, parts.second)
  return (date.getTime() - offsetSeconds * 1000) * 1000 + microseconds
}
