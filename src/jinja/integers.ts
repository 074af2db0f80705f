// Python's int: exact at any size, a number while that is exact, else a bigint.

import { pythonError, valueError } from './jinja-error.ts'
import { limitError, MAX_INTEGER_BITS, spend } from './limits.ts'
import { PyFloat, type Value } from './python-values.ts'

export type Integer = number | bigint
export type PyNumber = Integer | PyFloat

/** The one form of an integer: a number if that is exact. Throws when it is larger than a template may have. */
export function integer(value: bigint): Integer {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return Number(value)
  if (bitsOf(value) > MAX_INTEGER_BITS) throw limitError(`an integer of more than ${MAX_INTEGER_BITS} bits`)
  return value
}

function bitsOf(value: bigint): number {
  return value.toString(16).length * 4
}

export function isInteger(value: Value): value is Integer {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** int, float or bool (as 0 and 1), else null. */
export function numberIn(value: Value): PyNumber | null {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat) return value
  return typeof value === 'boolean' ? Number(value) : null
}

/** int or bool, else null. */
export function integerIn(value: Value): Integer | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return typeof value === 'boolean' ? Number(value) : null
}

/** The nearest double; OverflowError beyond its range. */
export function toDouble(value: PyNumber): number {
  if (value instanceof PyFloat) return value.value
  if (typeof value === 'number') return value
  const double = Number(value)
  if (!Number.isFinite(double)) throw pythonError('OverflowError', 'int too large to convert to float')
  return double
}

/** The integer part of a float, towards zero. */
export function truncate(value: number): Integer {
  if (Number.isNaN(value)) throw valueError('cannot convert float NaN to integer')
  if (!Number.isFinite(value)) throw pythonError('OverflowError', 'cannot convert float infinity to integer')
  const whole = Math.trunc(value)
  return Number.isSafeInteger(whole) ? whole + 0 : integer(BigInt(whole))
}

export function integerText(value: Integer): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value)
  spend(bitsOf(value) >> 4)
  const text = value.toString()
  if (text.length > 4301 || (text.length > 4300 && text[0] !== '-')) {
    throw valueError(
      'Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit'
    )
  }
  return text
}

export function addIntegers(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return integer(BigInt(a) + BigInt(b))
}

export function multiplyIntegers(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (Number.isSafeInteger(product)) return product + 0
  }
  spend(64)
  return integer(BigInt(a) * BigInt(b))
}

export function negateInteger(value: Integer): Integer {
  return typeof value === 'number' ? 0 - value : integer(-value)
}

/** Quotient rounded down, and the remainder with the divisor's sign. */
export function divideIntegers(a: Integer, b: Integer): [quotient: Integer, remainder: Integer] {
  if (typeof a === 'number' && typeof b === 'number') {
    const remainder = a % b
    const shifted = remainder !== 0 && remainder < 0 !== b < 0
    const exact = (a - remainder) / b
    return [(shifted ? exact - 1 : exact) + 0, (shifted ? remainder + b : remainder) + 0]
  }
  spend(64)
  const [x, y] = [BigInt(a), BigInt(b)]
  const remainder = x % y
  const shifted = remainder !== 0n && remainder < 0n !== y < 0n
  return [integer(shifted ? x / y - 1n : x / y), integer(shifted ? remainder + y : remainder)]
}

export function powerOfIntegers(base: Integer, exponent: Integer): Integer {
  const [x, n] = [BigInt(base), BigInt(exponent)]
  const magnitude = x < 0n ? -x : x
  if (magnitude > 1n && n * BigInt(Math.max(1, bitsOf(magnitude) - 4)) > BigInt(MAX_INTEGER_BITS)) {
    throw limitError(`an integer of more than ${MAX_INTEGER_BITS} bits`)
  }
  if (magnitude <= 1n) return integer(magnitude === 0n && n > 0n ? 0n : x < 0n && n % 2n === 1n ? -1n : 1n)
  spend(256)
  return integer(x ** n)
}

/** The quotient as the nearest double, ties to even, however large both are. */
export function trueDivide(a: Integer, b: Integer): number {
  if (typeof a === 'number' && typeof b === 'number') return a / b
  const [x, y] = [BigInt(a), BigInt(b)]
  const negative = x < 0n !== y < 0n
  const [dividend, divisor] = [x < 0n ? -x : x, y < 0n ? -y : y]
  // 66 and more significant bits plus one that stands for all that are cut off: enough for one correct rounding.
  const shift = Math.max(0, 70 + bitsOf(divisor) - bitsOf(dividend))
  const scaled = dividend << BigInt(shift)
  const quotient = scaled / divisor
  const sticky = quotient * divisor === scaled ? 0n : 1n
  const double = scaleDown(Number((quotient << 1n) | sticky), shift + 1)
  if (!Number.isFinite(double)) throw pythonError('OverflowError', 'integer division result too large for a float')
  return negative ? -double : double
}

function scaleDown(value: number, bits: number): number {
  let result = value
  for (let left = bits; left > 0; left -= 1000) result /= 2 ** Math.min(left, 1000)
  return result
}
