// Units and sizes in Elastic Rally's arithmetic and words, so that the same input gives the same digits.

import { fixedText, isPythonFloat, pythonText, type PythonNumber } from './python-number.ts'

/** Seconds to milliseconds, cut to whole nanoseconds (Elastic Rally stores times so). */
export function secondsToMs(seconds: number): number {
  return Number.isInteger(seconds) ? seconds * 1000 : wholeNanoseconds(seconds, 1e9) / 1e6
}

export function msToSeconds(ms: number): number {
  return Number.isInteger(ms) ? ms / 1000 : wholeNanoseconds(ms, 1e6) / 1e9
}

export function msToMinutes(ms: number): number {
  return Number.isInteger(ms) ? ms / 60_000 : wholeNanoseconds(ms, 1e6) / 60e9
}

// + 0 turns -0 into 0.
function wholeNanoseconds(value: number, nanoseconds: number): number {
  return Math.trunc(value * nanoseconds) + 0
}

export const SIZE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const
export type SizeUnit = (typeof SIZE_UNITS)[number]

/** Whole bytes in `unit` (powers of 1024); fractions of a byte are cut off. */
export function bytesIn(unit: SizeUnit, sizeBytes: number): number {
  return (Math.trunc(sizeBytes) + 0) / 1024 ** SIZE_UNITS.indexOf(unit)
}

/** The largest unit of which `sizeBytes` is at least one. */
export function sizeUnit(sizeBytes: number): SizeUnit {
  const size = Math.abs(Math.trunc(sizeBytes))
  let step = 0
  while (step < SIZE_UNITS.length - 1 && size >= 1024 ** (step + 1)) step++
  return SIZE_UNITS[step] ?? 'B'
}

/** A size in the unit that `sizeUnit` names. */
export function bytesInOwnUnit(sizeBytes: number): number {
  return bytesIn(sizeUnit(sizeBytes), sizeBytes)
}

/** `252.9MB`, `17B`. */
export function sizeText(sizeBytes: number): string {
  const unit = sizeUnit(sizeBytes)
  return fixedText(bytesInOwnUnit(sizeBytes), unit === 'B' ? 0 : 1) + unit
}

/** `1,234,567`; a float keeps its fraction. */
export function countText(count: PythonNumber): string {
  const text = pythonText(count)
  if (isPythonFloat(count) && text.includes('e')) return text
  const [whole = '', ...fraction] = text.split('.')
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.')
}

const SHORT_UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1]
] as const

/** `1d 2h 3m 4s`, `59.99s`, `1.50ms`; cut to whole nanoseconds. */
export function durationText(seconds: number): string {
  const nanoseconds = wholeNanoseconds(seconds, 1e9)
  if (nanoseconds === 0) return '0s'
  if (Math.abs(nanoseconds) >= 60e9) return longDuration(Math.trunc(nanoseconds / 1e9))
  const [unit, size] = SHORT_UNITS.find(([, least]) => Math.abs(nanoseconds) >= least) ?? ['ns', 1]
  const value = nanoseconds / size
  return (Number.isInteger(value) ? String(value) : fixedText(value, 2)) + unit
}

// Days are rounded down and the rest is never negative, as Python's divmod has it.
function longDuration(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const rest = seconds - days * 86_400
  const parts = [
    [days, 'd'],
    [Math.floor(rest / 3600), 'h'],
    [Math.floor(rest / 60) % 60, 'm'],
    [rest % 60, 's']
  ] as const
  return parts
    .filter(([count]) => count !== 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ')
}
