// str's ways of taking a text apart.

import { valueError } from './jinja-error.ts'
import { spendItems, spendText } from './limits.ts'
import { isSpace, stripLeft, stripRight } from './python-text.ts'

/** `split(separator, limit)`; null: at runs of white space. A negative limit: no limit. */
export function split(text: string, separator: string | null, limit: number): string[] {
  spendText(text.length * 2)
  if (separator === null) return splitSpace(text, limit)
  if (separator === '') throw valueError('empty separator')
  const parts = text.split(separator)
  spendItems(parts.length)
  if (limit < 0 || parts.length <= limit + 1) return parts
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)]
}

function splitSpace(text: string, limit: number): string[] {
  const parts: string[] = []
  let at = 0
  const skip = (space: boolean): void => {
    while (at < text.length && isSpace(text.charCodeAt(at)) === space) at++
  }
  for (skip(true); at < text.length; skip(true)) {
    const begin = at
    if (limit >= 0 && parts.length >= limit) {
      parts.push(stripRight(text.slice(begin)))
      break
    }
    skip(false)
    parts.push(text.slice(begin, at))
  }
  spendItems(parts.length)
  return parts
}

/** As `split`, counting from the right. */
export function splitRight(text: string, separator: string | null, limit: number): string[] {
  if (limit < 0) return split(text, separator, limit)
  spendText(text.length * 2)
  if (separator === '') throw valueError('empty separator')
  return separator === null ? splitSpaceRight(text, limit) : splitAtLast(text, separator, limit)
}

function splitAtLast(text: string, separator: string, limit: number): string[] {
  const parts = text.split(separator)
  const kept = parts.length - limit
  return kept <= 1 ? parts : [parts.slice(0, kept).join(separator), ...parts.slice(kept)]
}

function splitSpaceRight(text: string, limit: number): string[] {
  const parts: string[] = []
  let rest = stripRight(text)
  while (rest !== '' && parts.length < limit) {
    let begin = rest.length
    while (begin > 0 && !isSpace(rest.charCodeAt(begin - 1))) begin--
    parts.unshift(rest.slice(begin))
    rest = stripRight(rest.slice(0, begin))
  }
  return rest === '' ? parts : [stripLeft(rest), ...parts]
}

/** The parts before and after the first (or last) separator, and the separator. */
export function partition(text: string, separator: string, last: boolean): [string, string, string] {
  if (separator === '') throw valueError('empty separator')
  const at = last ? text.lastIndexOf(separator) : text.indexOf(separator)
  if (at < 0) return last ? ['', '', text] : [text, '', '']
  return [text.slice(0, at), separator, text.slice(at + separator.length)]
}

/** `replace(old, new, limit)`; an empty `old` is found between all characters. */
export function replace(text: string, old: string, replacement: string, limit: number): string {
  if (limit === 0) return text
  spendText(text.length)
  if (old === '') return between(text, replacement, limit)
  const parts = text.split(old)
  const count = limit < 0 ? parts.length - 1 : Math.min(limit, parts.length - 1)
  spendText(text.length + count * (replacement.length - old.length))
  if (count === parts.length - 1) return parts.join(replacement)
  return parts.slice(0, count + 1).join(replacement) + old + parts.slice(count + 1).join(old)
}

function between(text: string, replacement: string, limit: number): string {
  const chars = Array.from(text)
  spendText(text.length + (chars.length + 1) * replacement.length)
  let out = ''
  let left = limit < 0 ? Number.POSITIVE_INFINITY : limit
  for (const char of chars) out += (left-- > 0 ? replacement : '') + char
  return left > 0 ? out + replacement : out
}
