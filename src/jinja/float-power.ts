// x ** y of doubles, rounded as C's pow does: JavaScript's own differs in the last digit now and then.

import { binaryParts } from '../core/python-number.ts'

/** Bits behind the point of the fixed-point numbers below. */
const BITS = 256n
const ONE = 1n << BITS

/** x ** y for x > 0 and finite arguments; infinite where the result is too large. */
export function positivePower(base: number, exponent: number): number {
  const estimate = base ** exponent
  // Outside of this range there is nothing to mend, or not enough bits to do it.
  if (base === 1 || estimate < 1e-300 || !Number.isFinite(estimate) || Math.abs(exponent) > 2 ** 53) return estimate
  const [mantissa, shift] = binaryParts(Math.abs(exponent))
  const product = naturalLog(base) * mantissa
  const logarithm = shift < 0 ? product >> BigInt(-shift) : product << BigInt(shift)
  return exponential(exponent < 0 ? -logarithm : logarithm)
}

function naturalLog(value: number): bigint {
  const [mantissa, shift] = binaryParts(value)
  // The mantissa scaled to between 3/4 and 3/2, where the series is short.
  const length = mantissa.toString(2).length
  const scale = mantissa * 2n > 3n << BigInt(length - 1) ? length : length - 1
  const ratio = (mantissa << BITS) >> BigInt(scale)
  return twiceAtanh(((ratio - ONE) << BITS) / (ratio + ONE)) + LN2 * BigInt(shift + scale)
}

/** 2 atanh(z) = ln((1 + z) / (1 - z)), for |z| ≤ 1/3. */
function twiceAtanh(z: bigint): bigint {
  const square = (z * z) >> BITS
  let sum = 0n
  let power = z < 0n ? -z : z
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k
    power = (power * square) >> BITS
  }
  return z < 0n ? -2n * sum : 2n * sum
}

const LN2 = twiceAtanh(ONE / 3n)

function exponential(value: bigint): number {
  const twos = value / LN2
  const rest = value - twos * LN2
  let sum = ONE
  let term = ONE
  for (let k = 1n; k < 80n; k++) {
    term = (term * rest) / (ONE * k)
    sum += term
  }
  // Number() rounds a bigint correctly; halving and doubling is exact in two steps.
  const shift = Number(twos) - Number(BITS)
  const half = Math.trunc(shift / 2)
  return Number(sum) * 2 ** half * 2 ** (shift - half)
}
