// C's number formats, shared by `%` and `str.format`.

import { exponentDigits, exponentSign, fixedText } from './float-text.ts'
import { MAX_CHARACTERS, limitError } from './limits.ts'
import type { Integer } from './integers.ts'

/** A double has at most 1074 digits behind its point; more of them are zeros. */
const MAX_DECIMALS = 1100

/** A finite or infinite magnitude (without sign) in the style of f, e or g; `alternate` keeps the point and zeros. */
export function floatDigits(value: number, style: 'f' | 'e' | 'g', decimals: number, alternate: boolean): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return 'inf'
  if (decimals > MAX_CHARACTERS) throw limitError(`a text of more than ${MAX_CHARACTERS} characters`)
  if (style === 'f') return fixedDigits(value, decimals, alternate)
  return style === 'e' ? exponentText(value, decimals, alternate) : generalText(value, decimals, alternate)
}

function fixedDigits(value: number, decimals: number, alternate: boolean): string {
  const text = fixedText(value, Math.min(decimals, MAX_DECIMALS)) + '0'.repeat(Math.max(0, decimals - MAX_DECIMALS))
  return alternate && decimals === 0 ? `${text}.` : text
}

function exponentText(value: number, decimals: number, alternate: boolean): string {
  const [exact, exponent] = exponentDigits(value, Math.min(decimals, MAX_DECIMALS))
  const digits = exact.padEnd(decimals + 1, '0')
  const point = decimals > 0 || alternate ? '.' : ''
  return `${digits.slice(0, 1)}${point}${digits.slice(1)}e${exponentSign(exponent)}`
}

/** C's %g: as many digits as the precision says, an exponent where that is shorter, no zeros at the end. */
function generalText(value: number, precision: number, alternate: boolean): string {
  const significant = Math.min(Math.max(1, precision), MAX_DECIMALS)
  const [digits, exponent] = exponentDigits(value, significant - 1)
  return layOut(digits, exponent, significant, alternate)
}

/** Digits d.ddd × 10^exponent, plain if -4 ≤ exponent < limit. */
export function layOut(digits: string, exponent: number, limit: number, keepZeros: boolean): string {
  const kept = keepZeros ? digits : digits.replace(/0+$/, '') || '0'
  if (exponent < -4 || exponent >= limit) {
    const rest = kept.slice(1)
    return `${kept.slice(0, 1)}${rest === '' && !keepZeros ? '' : `.${rest}`}e${exponentSign(exponent)}`
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${kept}`
  const padded = kept.padEnd(exponent + 1, '0')
  const rest = padded.slice(exponent + 1)
  return padded.slice(0, exponent + 1) + (rest === '' && !keepZeros ? '' : `.${rest}`)
}

/** The digits of a magnitude in base 2, 8, 10 or 16, without prefix. */
export function integerDigits(value: Integer, base: 2 | 8 | 10 | 16): string {
  const digits = value.toString(base)
  return digits.startsWith('-') ? digits.slice(1) : digits
}
