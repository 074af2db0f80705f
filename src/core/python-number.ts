// Python keeps 94 and 94.0 apart, and Elastic Rally's files and tables show the difference. So do we, without a class of
// our own: a plain whole number is an int, a whole float is a JsonNumber (`94.0`); anything with a fraction is a float.
// The JSON reader keeps the same rule, so that a file of Elastic Rally's comes back as it was.

import { JsonNumber } from './json.ts'

export type PythonNumber = number | JsonNumber

/** Marks a result that Python would have as a float. */
export function pythonFloat(value: number): PythonNumber {
  const text = floatText(value)
  return text === String(value) ? value : new JsonNumber(text)
}

export function isPythonFloat(value: PythonNumber): boolean {
  if (typeof value !== 'number') return value.isFloat
  // From 1e21 on JavaScript writes an exponent: the text such a number was read from had one too.
  return !Number.isInteger(value) || Math.abs(value) >= 1e21
}

/** Python's `str()`: `94`, `94.0`, `1e-07`, `1e+16`. */
export function pythonText(value: PythonNumber): string {
  if (isPythonFloat(value)) return floatText(Number(value))
  return typeof value === 'number' ? String(value) : value.text
}

/** Python's `repr(float)`: the shortest digits that read back, exponents from 1e16 on and below 1e-4. NaN and infinities as JSON's reader takes them. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const [digits, exponent] = shortestDigits(Math.abs(value))
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (exponent < -4 || exponent >= 16) return sign + scientific(digits, exponent)
  return sign + positional(digits, exponent, true)
}

function shortestDigits(value: number): [digits: string, exponent: number] {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e')
  return [mantissa.replace('.', ''), Number(exponent)]
}

function scientific(digits: string, exponent: number): string {
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
  const sign = exponent < 0 ? '-' : '+'
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function positional(digits: string, exponent: number, keepPoint: boolean): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = digits.slice(exponent + 1)
  return fraction === '' ? whole + (keepPoint ? '.0' : '') : `${whole}.${fraction}`
}

/** Python's `'%.<digits>f'`: exact, ties to even (JavaScript's toFixed rounds them up). */
export function fixedText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value)
  const scaled = scaledInteger(Math.abs(value), digits)
    .toString()
    .padStart(digits + 1, '0')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (digits === 0) return sign + scaled
  return `${sign}${scaled.slice(0, -digits)}.${scaled.slice(-digits)}`
}

/** Python's `format(value, 'g')`: six significant digits, no trailing zeros. */
export function generalText(value: number): string {
  if (!Number.isFinite(value)) return nonFinite(value)
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const magnitude = Math.abs(value)
  if (magnitude === 0) return `${sign}0`
  let exponent = Number(magnitude.toExponential().split('e')[1])
  let digits = scaledInteger(magnitude, 5 - exponent).toString()
  if (digits.length > 6) {
    exponent++
    digits = digits.slice(0, 6)
  }
  digits = digits.replace(/0+$/, '')
  if (exponent < -4 || exponent >= 6) return sign + scientific(digits, exponent)
  return sign + positional(digits, exponent, false)
}

/** Python's `round(value * 10^digits)`, exact and half to even. */
function scaledInteger(value: number, digits: number): bigint {
  const [mantissa, binaryExponent] = binaryParts(value)
  let numerator = mantissa
  let denominator = 1n
  if (digits >= 0) numerator *= 10n ** BigInt(digits)
  else denominator = 10n ** BigInt(-digits)
  if (binaryExponent >= 0) numerator <<= BigInt(binaryExponent)
  else denominator <<= BigInt(-binaryExponent)
  return divideHalfEven(numerator, denominator)
}

/** For numerator ≥ 0, denominator > 0. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  const twice = (numerator % denominator) * 2n
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n
  return quotient
}

const bits = new DataView(new ArrayBuffer(8))

/** A finite value ≥ 0 as mantissa · 2^exponent, exactly. */
export function binaryParts(value: number): [mantissa: bigint, exponent: number] {
  bits.setFloat64(0, value)
  const raw = bits.getBigUint64(0)
  const exponent = Number((raw >> 52n) & 0x7ffn)
  const fraction = raw & 0xfffffffffffffn
  return exponent === 0 ? [fraction, -1074] : [fraction | 0x10000000000000n, exponent - 1075]
}

function nonFinite(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  return value > 0 ? 'inf' : '-inf'
}
