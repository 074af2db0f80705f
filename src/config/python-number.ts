// Numbers as Python's int() and float() read them: `1_000`, `.5`, `1e3`, `inf`, digits of any script.

import { JsonNumber } from '../core/json.ts'

const INTEGER = /^[+-]?\d+(?:_\d+)*$/
const DIGITS = String.raw`\d+(?:_\d+)*`
const FLOAT = new RegExp(`^[+-]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`, 'i')
const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i

/** Python's str.strip(). */
export function strip(text: string): string {
  return text.replaceAll(/^[\s\u001c-\u001f\u0085]+|[\s\u001c-\u001f\u0085]+$/g, '')
}

/** A whole number, kept as text beyond 2^53; null: none. */
export function integerOf(text: string): number | JsonNumber | null {
  const ascii = asciiDigits(strip(text))
  if (!INTEGER.test(ascii)) return null
  const size = BigInt(ascii.replaceAll(/[_+-]/g, ''))
  const signed = ascii.startsWith('-') ? -size : size
  const number = Number(signed)
  return Number.isSafeInteger(number) ? number : new JsonNumber(String(signed))
}

/** A floating-point number; a whole one is kept as `5.0`, so that it stays a float to templates and in JSON. */
export function floatOf(text: string): number | JsonNumber | null {
  const ascii = asciiDigits(strip(text))
  const special = SPECIAL.exec(ascii)
  if (special !== null) return infinite(special[2]!.toLowerCase().startsWith('n') ? 'NaN' : special[1] === '-' ? '-Infinity' : 'Infinity')
  if (!FLOAT.test(ascii)) return null
  const number = Number(ascii.replaceAll('_', ''))
  if (!Number.isFinite(number)) return infinite(String(number))
  if (!Number.isInteger(number)) return number
  const digits = Object.is(number, -0) ? '-0' : String(number)
  return new JsonNumber(digits.includes('e') ? digits : `${digits}.0`)
}

function infinite(word: string): JsonNumber {
  return new JsonNumber(word)
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
