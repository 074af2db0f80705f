// float → text: Python's repr, and exactly rounded decimals.

import { binaryParts, divideHalfEven } from '../core/python-number.ts'

/** Python's repr: the shortest digits that read back the same; an exponent below 1e-4 and from 1e16. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const [mantissa = '', exponentText = ''] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  const sign = Object.is(value, -0) ? '-' : ''
  if (exponent < -4 || exponent >= 16) return `${mantissa}e${exponentSign(exponent)}`
  const plain = exponent < 0 ? tinyPlain(mantissa, exponent) : String(value)
  return sign + (plain.includes('.') ? plain : `${plain}.0`)
}

function tinyPlain(mantissa: string, exponent: number): string {
  const negative = mantissa.startsWith('-') ? '-' : ''
  return `${negative}0.${'0'.repeat(-exponent - 1)}${mantissa.replace(/[-.]/g, '')}`
}

/** `+20`, `-05`: a sign and at least two digits. */
export function exponentSign(exponent: number): string {
  return (exponent < 0 ? '-' : '+') + String(Math.abs(exponent)).padStart(2, '0')
}

/** value × 10^decimals rounded half to even, computed exactly; value is finite and not negative. */
export function scaledDigits(value: number, decimals: number): bigint {
  const [numerator, denominator] = fractionOf(value)
  const scale = 10n ** BigInt(Math.abs(decimals))
  const [top, bottom] = decimals >= 0 ? [numerator * scale, denominator] : [numerator, denominator * scale]
  return divideHalfEven(top, bottom)
}

function fractionOf(value: number): [numerator: bigint, denominator: bigint] {
  const [mantissa, exponent] = binaryParts(value)
  return exponent >= 0 ? [mantissa << BigInt(exponent), 1n] : [mantissa, 1n << BigInt(-exponent)]
}

/** Python's `round(value, decimals)`: half to even of the exact binary value, as the nearest double. */
export function roundFloat(value: number, decimals: number): number {
  if (!Number.isFinite(value) || decimals > 323) return value
  if (decimals < -308) return value < 0 ? -0 : 0
  const digits = scaledDigits(Math.abs(value), decimals)
  const rounded = Number(`${digits}e${-decimals}`)
  return value < 0 || Object.is(value, -0) ? -rounded : rounded
}

/** C's `%.<decimals>f` of a finite value that is not negative. */
export function fixedText(value: number, decimals: number): string {
  const digits = scaledDigits(value, decimals)
    .toString()
    .padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** Digits and exponent of C's `%.<decimals>e` of a finite value that is not negative. */
export function exponentDigits(value: number, decimals: number): [digits: string, exponent: number] {
  if (value === 0) return ['0'.repeat(decimals + 1), 0]
  let exponent = Number(value.toExponential().split('e')[1])
  let digits = scaledDigits(value, decimals - exponent).toString()
  if (digits.length > decimals + 1) {
    exponent++
    digits = scaledDigits(value, decimals - exponent).toString()
  }
  return [digits, exponent]
}
