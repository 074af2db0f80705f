// Text → int and float, as Python's `int()` and `float()` read it.

import { valueError, type JinjaError } from './jinja-error.ts'
import { integer, type Integer } from './integers.ts'
import { limitError } from './limits.ts'
import { strip } from './python-text.ts'
import { textRepr } from './text-repr.ts'

const PREFIX_BASES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16 }
const MAX_DIGITS = 4300

/** `int(text, base)`: white space around, a sign, `_` between digits, a prefix for base 0, 2, 8 or 16; throws ValueError. */
export function parseInteger(text: string, base = 10): Integer {
  if (base !== 0 && (base < 2 || base > 36)) throw valueError('int() base must be >= 2 and <= 36, or 0')
  const match = /^([+-]?)(0[bBoOxX]_?)?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(strip(asciiDigits(text)))
  const value = match === null ? null : readPrefixed(match[2] ?? '', match[3] ?? '', base)
  if (value === null) throw valueError(`invalid literal for int() with base ${base}: ${textRepr(text)}`)
  return integer(match?.[1] === '-' ? -value : value)
}

/** Digits behind `0x` and its like; where the base has no such prefix, its letter is a digit. */
function readPrefixed(prefix: string, digits: string, base: number): bigint | null {
  const prefixBase = PREFIX_BASES[prefix.charAt(1).toLowerCase()]
  if (prefixBase !== undefined && (base === 0 || base === prefixBase)) return readDigits(digits.replaceAll('_', ''), prefixBase)
  const all = prefix + digits
  if (all.includes('__')) return null
  const plain = all.replaceAll('_', '')
  return base === 0 && /^0+[1-9]/.test(plain) ? null : readDigits(plain, base === 0 ? 10 : base)
}

function readDigits(digits: string, radix: number): bigint | null {
  for (const digit of digits) if (!(Number.parseInt(digit, 36) < radix)) return null
  if ((radix & (radix - 1)) !== 0 && digits.length > MAX_DIGITS) throw tooManyDigits(digits.length)
  if (radix === 10) return BigInt(digits)
  if (digits.length > 65_536) throw limitError('an integer of more than 65536 digits')
  if (radix === 2 || radix === 8 || radix === 16) return BigInt(`0${{ 2: 'b', 8: 'o', 16: 'x' }[radix]}${digits}`)
  let value = 0n
  for (const digit of digits) value = value * BigInt(radix) + BigInt(Number.parseInt(digit, 36))
  return value
}

function tooManyDigits(count: number): JinjaError {
  return valueError(
    `Exceeds the limit (${MAX_DIGITS} digits) for integer string conversion: value has ${count} digits; ` +
      'use sys.set_int_max_str_digits() to increase the limit'
  )
}

const FLOAT = /^[+-]?(?:(?:\d+(?:_\d+)*)(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i

/** `float(text)`; throws ValueError. */
export function parseFloating(text: string): number {
  const body = strip(asciiDigits(text))
  if (FLOAT.test(body)) return Number(body.replaceAll('_', ''))
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(body)
  if (word === null) throw valueError(`could not convert string to float: ${textRepr(text)}`)
  if (word[2]?.toLowerCase() === 'nan') return Number.NaN
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Python takes the decimal digits of any script. */
function asciiDigits(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text
  return text.replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)))
}

/** Unicode keeps the ten digits of a script together, the zero first. */
export function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  let zero = code
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  // Runs of several scripts' digits without a gap (the mathematical ones) still come in tens from U+1D7CE.
  return code >= 0x1d7ce && code <= 0x1d7ff ? (code - 0x1d7ce) % 10 : code - zero
}
