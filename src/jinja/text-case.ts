// Upper and lower case, and what kind of characters a text holds, as Python's str sees it.

import { isSpace } from './python-text.ts'

export function capitalize(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0)
  return text === '' ? '' : titleCase(first) + lower(text.slice(first.length))
}

export function lower(text: string): string {
  return text.toLowerCase()
}

/** Titlecase of one character; it differs from uppercase for a few ligatures. */
function titleCase(char: string): string {
  const upper = char.toUpperCase()
  if (/^\p{Lt}$/u.test(char)) return char
  const digraph = DIGRAPHS[char] ?? DIGRAPHS[upper]
  if (digraph !== undefined) return digraph
  return [...upper].length > 1 && char.length === 1 ? upper.slice(0, 1) + upper.slice(1).toLowerCase() : upper
}

const DIGRAPHS: Readonly<Record<string, string>> = { Ǆ: 'ǅ', ǆ: 'ǅ', Ǉ: 'ǈ', ǉ: 'ǈ', Ǌ: 'ǋ', ǌ: 'ǋ', Ǳ: 'ǲ', ǳ: 'ǲ' }

const CASED = /\p{Lu}|\p{Ll}|\p{Lt}/u

/** `str.title`: a letter after anything that is no letter is upper case, all others lower. */
export function title(text: string): string {
  let out = ''
  let inWord = false
  for (const char of text) {
    out += inWord ? char.toLowerCase() : titleCase(char)
    inWord = CASED.test(char)
  }
  return out
}

export function swapCase(text: string): string {
  let out = ''
  for (const char of text) out += /\p{Lu}/u.test(char) ? char.toLowerCase() : char.toUpperCase()
  return out
}

export function isLower(text: string): boolean {
  return /\p{Ll}/u.test(text) && !/[\p{Lu}\p{Lt}]/u.test(text)
}

export function isUpper(text: string): boolean {
  return /\p{Lu}/u.test(text) && !/[\p{Ll}\p{Lt}]/u.test(text)
}

export function isTitle(text: string): boolean {
  let inWord = false
  let seen = false
  for (const char of text) {
    const upper = /[\p{Lu}\p{Lt}]/u.test(char)
    const cased = upper || /\p{Ll}/u.test(char)
    if (upper === inWord && cased) return false
    inWord = cased
    seen ||= cased
  }
  return seen
}

/** The tests that hold for a text if it is not empty and every character passes. */
export const CHARACTER_TESTS: Readonly<Record<string, RegExp>> = {
  isalnum: /^[\p{L}\p{N}]+$/u,
  isalpha: /^\p{L}+$/u,
  isdecimal: /^\p{Nd}+$/u,
  isdigit:
    /^[\p{Nd}\u00b2\u00b3\u00b9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792]+$/u,
  isnumeric: /^\p{N}+$/u,
  isidentifier: /^[\p{XIDS}_]\p{XIDC}*$/u
}

export function isSpaces(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isSpace(text.charCodeAt(i))) return false
  return text !== ''
}

export function isPrintable(text: string): boolean {
  return !/(?! )[\p{C}\p{Z}]/u.test(text)
}
