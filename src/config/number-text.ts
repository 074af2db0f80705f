// Numbers as Python's int() and float() read them: `1_000`, `.5`, `1e3`, `inf`, digits of any script.

import { JsonNumber } from '../core/json.ts'
import { pythonFloat, type PythonNumber } from '../core/python-number.ts'

const INTEGER = /^[+-]?\d+(?:_\d+)*$/
const DIGITS = String.raw`\d+(?:_\d+)*`
const FLOAT = new RegExp(`^[+-]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`, 'i')
const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i

/** Python's str.strip(). */
export function strip(text: string): string {
  return text.replaceAll(/^[\s\u0085]+|[\s\u0085]+$/g, '')
}

/** A whole number, kept as text beyond 2^53; null: none. */
export function integerOf(text: string): PythonNumber | null {
  const ascii = asciiDigits(strip(text))
  if (!INTEGER.test(ascii)) return null
  const size = BigInt(ascii.replaceAll(/[_+-]/g, ''))
  const signed = ascii.startsWith('-') ? -size : size
  const number = Number(signed)
  return Number.isSafeInteger(number) ? number : new JsonNumber(String(signed))
}

/** A floating-point number, kept a float even if it is whole (`5.0`); null: none. */
export function floatOf(text: string): PythonNumber | null {
  const ascii = asciiDigits(strip(text))
  const special = SPECIAL.exec(ascii)
  if (special !== null) return special[2]!.toLowerCase() === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity
  return FLOAT.test(ascii) ? pythonFloat(Number(ascii.replaceAll('_', ''))) : null
}

// The digits of a script stand in a row of ten; where rows touch, they still begin at a multiple of ten from the first.
function asciiDigits(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/gu, (letter) => {
    if (!/^\p{Nd}$/u.test(letter)) return letter
    let first = letter.codePointAt(0)!
    while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first--
    return String((letter.codePointAt(0)! - first) % 10)
  })
}
