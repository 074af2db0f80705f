// Sums and means as Python's `sum` and `statistics.mean` give them: the mean is exact, then rounded once.

import { binaryParts, divideHalfEven, isPythonFloat, pythonFloat, type PythonNumber } from '../core/python-number.ts'

/** Left to right in doubles; an int if all are. */
export function sumOf(values: readonly PythonNumber[]): PythonNumber {
  return kindOf(
    values,
    values.reduce<number>((sum, value) => sum + Number(value), 0)
  )
}

/** The exact mean of at least one value; an int if all are and it is whole. */
export function meanOf(values: readonly PythonNumber[]): PythonNumber {
  let total = 0n
  for (const value of values) total += inUnits(Number(value))
  return kindOf(values, fromUnits(total, BigInt(values.length)))
}

/** The middle value, or the mean of the two middle ones (a float). */
export function medianOf(values: readonly PythonNumber[]): PythonNumber {
  const sorted = ascending(values)
  const middle = sorted.length >> 1
  const high = sorted[middle]
  const low = sorted[middle - 1]
  if (high === undefined) throw new RangeError('no median of no values')
  return sorted.length % 2 === 1 || low === undefined ? high : pythonFloat((Number(low) + Number(high)) / 2)
}

export function ascending(values: readonly PythonNumber[]): readonly PythonNumber[] {
  return values.toSorted((a, b) => Number(a) - Number(b))
}

function kindOf(values: readonly PythonNumber[], result: number): PythonNumber {
  return values.some(isPythonFloat) ? pythonFloat(result) : result
}

// The smallest positive double, 2^-1074, is the unit: every double is a whole number of it.
const UNIT_EXPONENT = 1074

function inUnits(value: number): bigint {
  const [mantissa, exponent] = binaryParts(Math.abs(value))
  const units = mantissa << BigInt(exponent + UNIT_EXPONENT)
  return value < 0 ? -units : units
}

/** The double nearest to total/count units, ties to even. */
function fromUnits(total: bigint, count: bigint): number {
  const magnitude = total < 0n ? -total : total
  // 53 significant bits of the quotient, so that rounding to a whole mantissa rounds once; none below the unit.
  const length = magnitude.toString(2).length - count.toString(2).length
  const shift = Math.max(length - 53, 0)
  let mantissa = divideHalfEven(magnitude, count << BigInt(shift))
  let exponent = shift
  if (mantissa >= 1n << 53n) {
    mantissa = divideHalfEven(magnitude, count << BigInt(shift + 1))
    exponent = shift + 1
  }
  const value = Number(mantissa) * 2 ** (exponent - UNIT_EXPONENT)
  return total < 0n ? -value : value
}
