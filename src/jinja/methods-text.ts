// Methods of str.

import { listOf, requireIndex } from './iterate.ts'
import { typeError, valueError } from './jinja-error.ts'
import { spendText } from './limits.ts'
import { method, type Method } from './method.ts'
import { Dict } from './dict.ts'
import { Tuple, textOf, type Value } from './python-values.ts'
import { codePointCount, codePointOffset, codePoints, splitLines, strip, stripLeft, stripRight, unitOffset } from './python-text.ts'
import { clampBounds, requireCount, requireText, type Given } from './text-arguments.ts'
import { CHARACTER_TESTS, capitalize, isLower, isPrintable, isSpaces, isTitle, isUpper, swapCase, title } from './text-case.ts'
import { partition, replace, split, splitRight } from './text-split.ts'
import { typeName } from './type-name.ts'

type TextMethod = Method<string>

const plain = (run: (text: string) => Value): TextMethod => method(0, 0, run)

function stripMethod(name: string, run: (text: string, chars?: string) => string): TextMethod {
  return method(0, 1, (text, [chars]) => {
    if (chars === undefined || chars === null) return run(text)
    return run(
      text,
      requireText(chars, () => `${name} arg must be None or str`)
    )
  })
}

function separatorOf(value: Given): string | null {
  return value === undefined || value === null ? null : requireText(value, (type) => `must be str or None, not ${type}`)
}

/** The part between two bounds, and where it begins; null when the bounds leave no room. */
function window(text: string, begin: Given, end: Given): { part: string; offset: number } | null {
  if (begin === undefined && end === undefined) return { part: text, offset: 0 }
  const [from, to] = clampBounds(codePointCount(text), begin, end)
  if (from > to) return null
  return { part: text.slice(unitOffset(text, from), unitOffset(text, to)), offset: from }
}

/** `find` and `rfind`: the position in code points, or -1. */
function find(text: string, args: readonly Given[], last: boolean): number {
  const wanted = requireText(args[0], (type) => `must be str, not ${type}`)
  spendText(text.length)
  const view = window(text, args[1], args[2])
  if (view === null) return -1
  const at = last ? view.part.lastIndexOf(wanted) : view.part.indexOf(wanted)
  return at < 0 ? -1 : view.offset + codePointOffset(view.part, at)
}

function index(text: string, args: readonly Given[], last: boolean): number {
  const at = find(text, args, last)
  if (at < 0) throw valueError('substring not found')
  return at
}

function count(text: string, args: readonly Given[]): number {
  const wanted = requireText(args[0], (type) => `must be str, not ${type}`)
  spendText(text.length)
  const view = window(text, args[1], args[2])
  if (view === null) return 0
  return wanted === '' ? codePointCount(view.part) + 1 : view.part.split(wanted).length - 1
}

function affix(name: 'startswith' | 'endswith', text: string, args: readonly Given[]): boolean {
  const wanted = args[0] instanceof Tuple ? args[0].items : [args[0]]
  const view = window(text, args[1], args[2])
  const texts = wanted.map((item) =>
    requireText(item, (type) =>
      args[0] instanceof Tuple
        ? `tuple for ${name} must only contain str, not ${type}`
        : `${name} first arg must be str or a tuple of str, not ${type}`
    )
  )
  if (view === null) return false
  return texts.some((item) => (name === 'startswith' ? view.part.startsWith(item) : view.part.endsWith(item)))
}

/** Room to the left and right of a text that is to be `width` wide. */
function justify(share: (missing: number, width: number) => number): TextMethod {
  return method(1, 2, (text, [width, fill]) => {
    const wide = requireIndex(width)
    const filler = fill === undefined ? ' ' : requireText(fill, (type) => `The fill character must be a unicode character, not ${type}`)
    if (codePointCount(filler) !== 1) throw typeError('The fill character must be exactly one character long')
    const missing = Math.max(0, wide - codePointCount(text))
    spendText(text.length + missing)
    const left = share(missing, wide)
    return filler.repeat(left) + text + filler.repeat(missing - left)
  })
}

function zeroFill(text: string, width: Given): string {
  const missing = Math.max(0, requireIndex(width) - codePointCount(text))
  spendText(text.length + missing)
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  return sign + '0'.repeat(missing) + text.slice(sign.length)
}

/** `separator.join(items)`. */
export function joinTexts(separator: string, items: Value): string {
  const texts = listOf(items).map((item, position) => {
    const text = textOf(item)
    if (text === null) throw typeError(`sequence item ${position}: expected str instance, ${typeName(item)} found`)
    return text
  })
  spendText(texts.reduce((sum, text) => sum + text.length + separator.length, 0))
  return texts.join(separator)
}

function expandTabs(text: string, size: Given): string {
  const width = requireCount(size, 8)
  let out = ''
  let column = 0
  for (const char of text) {
    if (char === '\t') {
      const gap = width > 0 ? width - (column % width) : 0
      spendText(out.length + gap)
      out += ' '.repeat(gap)
      column += gap
    } else {
      out += char
      column = char === '\n' || char === '\r' ? 0 : column + 1
    }
  }
  return out
}

function translate(text: string, table: Given): string {
  let out = ''
  for (const char of codePoints(text)) {
    const found = table instanceof Dict ? table.get(char.codePointAt(0)) : undefined
    if (found === undefined) out += char
    else if (typeof found === 'number') out += String.fromCodePoint(found)
    else if (found !== null) out += requireText(found, () => 'character mapping must return integer, None or str')
    spendText(out.length >> 4)
  }
  return out
}

const characterTests = Object.entries(CHARACTER_TESTS).map(([name, pattern]): [string, TextMethod] => [
  name,
  plain((text) => pattern.test(text))
])

/** `format` and `format_map` are elsewhere: they need to look up attributes. */
export const TEXT_METHODS: ReadonlyMap<string, TextMethod> = new Map<string, TextMethod>([
  ['capitalize', plain(capitalize)],
  ['casefold', plain((text) => text.toLowerCase().replaceAll('ß', 'ss'))],
  ['center', justify((missing, width) => (missing >> 1) + (missing & width & 1))],
  ['count', method(1, 3, count)],
  ['endswith', method(1, 3, (text, args) => affix('endswith', text, args))],
  ['expandtabs', method(0, 1, (text, [size]) => expandTabs(text, size), 'tabsize')],
  ['find', method(1, 3, (text, args) => find(text, args, false))],
  ['index', method(1, 3, (text, args) => index(text, args, false))],
  ['isascii', plain((text) => /^[\x00-\x7f]*$/.test(text))],
  ['islower', plain(isLower)],
  ['isprintable', plain(isPrintable)],
  ['isspace', plain(isSpaces)],
  ['istitle', plain(isTitle)],
  ['isupper', plain(isUpper)],
  ['join', method(1, 1, (text, [items]) => joinTexts(text, items))],
  ['ljust', justify(() => 0)],
  ['lower', plain((text) => text.toLowerCase())],
  ['lstrip', stripMethod('lstrip', stripLeft)],
  [
    'partition',
    method(
      1,
      1,
      (text, [separator]) =>
        new Tuple(
          partition(
            text,
            requireText(separator, (type) => `must be str, not ${type}`),
            false
          )
        )
    )
  ],
  ['removeprefix', method(1, 1, (text, [prefix]) => withoutAffix(text, 'removeprefix', prefix))],
  ['removesuffix', method(1, 1, (text, [suffix]) => withoutAffix(text, 'removesuffix', suffix))],
  ['replace', method(2, 3, replaceMethod)],
  ['rfind', method(1, 3, (text, args) => find(text, args, true))],
  ['rindex', method(1, 3, (text, args) => index(text, args, true))],
  ['rjust', justify((missing) => missing)],
  [
    'rpartition',
    method(
      1,
      1,
      (text, [separator]) =>
        new Tuple(
          partition(
            text,
            requireText(separator, (type) => `must be str, not ${type}`),
            true
          )
        )
    )
  ],
  ['rsplit', method(0, 2, (text, [separator, limit]) => splitRight(text, separatorOf(separator), requireCount(limit, -1)), 'sep maxsplit')],
  ['rstrip', stripMethod('rstrip', stripRight)],
  ['split', method(0, 2, (text, [separator, limit]) => split(text, separatorOf(separator), requireCount(limit, -1)), 'sep maxsplit')],
  ['splitlines', method(0, 1, (text, [keepEnds]) => splitLines(text, keepEnds === true || requireCount(keepEnds, 0) !== 0), 'keepends')],
  ['startswith', method(1, 3, (text, args) => affix('startswith', text, args))],
  ['strip', stripMethod('strip', strip)],
  ['swapcase', plain(swapCase)],
  ['title', plain(title)],
  ['translate', method(1, 1, (text, [table]) => translate(text, table))],
  ['upper', plain((text) => text.toUpperCase())],
  ['zfill', method(1, 1, (text, [width]) => zeroFill(text, width))],
  ...characterTests
])

function replaceMethod(text: string, [old, replacement, limit]: readonly Given[]): string {
  return replace(
    text,
    requireText(old, (type) => `replace() argument 1 must be str, not ${type}`),
    requireText(replacement, (type) => `replace() argument 2 must be str, not ${type}`),
    requireCount(limit, -1)
  )
}

function withoutAffix(text: string, name: 'removeprefix' | 'removesuffix', affixValue: Given): string {
  const part = requireText(affixValue, (type) => `${name}() argument must be str, not ${type}`)
  if (name === 'removeprefix') return text.startsWith(part) ? text.slice(part.length) : text
  return part !== '' && text.endsWith(part) ? text.slice(0, -part.length) : text
}
