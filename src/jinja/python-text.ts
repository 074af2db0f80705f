// Python's str counts code points, JavaScript's string UTF-16 units; and the two disagree on what is white space.

import { spendText } from './limits.ts'

/** White space for `str.split`, `strip`, `isspace` and `\s`. */
export const SPACE_CLASS = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

export function isSpace(unit: number): boolean {
  if (unit < 0x80) return (unit >= 9 && unit <= 13) || (unit >= 0x1c && unit <= 0x20)
  return (
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  )
}

export function stripLeft(text: string, chars?: string): string {
  let begin = 0
  if (chars === undefined) while (begin < text.length && isSpace(text.charCodeAt(begin))) begin++
  else {
    const set = new Set(chars)
    for (const char of text) {
      if (!set.has(char)) break
      begin += char.length
    }
  }
  return text.slice(begin)
}

export function stripRight(text: string, chars?: string): string {
  let end = text.length
  if (chars === undefined) while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--
  else {
    const set = new Set(chars)
    while (end > 0) {
      const low = text.charCodeAt(end - 1)
      const size = low >= 0xdc00 && low < 0xe000 && end > 1 && isHighSurrogate(text.charCodeAt(end - 2)) ? 2 : 1
      if (!set.has(text.slice(end - size, end))) break
      end -= size
    }
  }
  return text.slice(0, end)
}

export function strip(text: string, chars?: string): string {
  return stripRight(stripLeft(text, chars), chars)
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

/** Whether units and code points may differ. */
export function isWide(text: string): boolean {
  return /[\ud800-\udbff]/.test(text)
}

export function codePointCount(text: string): number {
  spendText(text.length)
  if (!isWide(text)) return text.length
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0)
}

/** The text as one string per code point. */
export function codePoints(text: string): string[] {
  spendText(text.length * 8)
  return Array.from(text)
}

/** Code points from `begin` up to `end`, both within the text. */
export function sliceText(text: string, begin: number, end: number): string {
  spendText(text.length)
  return isWide(text) ? codePoints(text).slice(begin, end).join('') : text.slice(begin, end)
}

/** The position in code points of a position in units. */
export function codePointOffset(text: string, offset: number): number {
  return isWide(text) ? codePointCount(text.slice(0, offset)) : offset
}

/** The position in units of a position in code points, which is within the text. */
export function unitOffset(text: string, offset: number): number {
  if (!isWide(text)) return offset
  let units = 0
  let left = offset
  for (const char of text) {
    if (left-- <= 0) break
    units += char.length
  }
  return units
}

/** Python's `str.splitlines`. */
export function splitLines(text: string, keepEnds = false): string[] {
  spendText(text.length * 4)
  const lines: string[] = []
  const end = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g
  let begin = 0
  for (let match = end.exec(text); match !== null; match = end.exec(text)) {
    lines.push(text.slice(begin, keepEnds ? end.lastIndex : match.index))
    begin = end.lastIndex
  }
  if (begin < text.length) lines.push(text.slice(begin))
  return lines
}
