// Filters of texts.

import type { Builtin } from './environment.ts'
import { attributeGetter } from './attribute-path.ts'
import { binary } from './arithmetic.ts'
import { attributeOf } from './attributes.ts'
import { escapeMarkup } from './escape.ts'
import { signature } from './signature.ts'
import { filter } from './filter.ts'
import { itemsOf, lengthOf, requireIndex } from './iterate.ts'
import { pythonError, typeError } from './jinja-error.ts'
import { jsonText } from './json-text.ts'
import { spendText } from './limits.ts'
import { Undefined, isList, PyObject, Markup, Tuple, textOf, type Value } from './python-values.ts'
import { Dict } from './dict.ts'
import { pythonText } from './python-repr.ts'
import { codePointCount, sliceText, SPACE_CLASS, splitLines } from './python-text.ts'
import { replace, splitRight } from './text-split.ts'
import { prettyPrint } from './pretty-print.ts'
import { wrapText } from './text-wrap.ts'
import { isTrue } from './truth.ts'
import { typeName } from './type-name.ts'

/** Jinja's soft_str: a Markup stays one. */
function softText(value: Value): string | Markup {
  return value instanceof Markup ? value : pythonText(value)
}

/** str's method on the value as a text; Markup stays Markup. */
function viaMethod(name: string, value: Value, args: readonly Value[] = []): Value {
  const method = attributeOf(softText(value), name)
  return method instanceof PyObject ? method.call(args, new Map()) : null
}

const WORD_STARTS = new RegExp(`([-${SPACE_CLASS}({\\[<]+)`)

function doTitle(value: Value): string {
  const text = pythonText(value)
  spendText(text.length * 2)
  const words = text.split(WORD_STARTS).map((part) => {
    const first = String.fromCodePoint(part.codePointAt(0) ?? 0)
    return part === '' ? '' : first.toUpperCase() + part.slice(first.length).toLowerCase()
  })
  return words.join('')
}

function doReplace(value: Value, old: Value, replacement: Value, count: Value): string {
  return replace(pythonText(value), pythonText(old), pythonText(replacement), count === null ? -1 : requireIndex(count))
}

function doJoin(items: Value, separator: Value, attribute: Value): string {
  const get = attribute === null ? (item: Value): Value => item : attributeGetter(attribute)
  const between = pythonText(separator)
  let text = ''
  let first = true
  for (const item of itemsOf(items)) {
    text += (first ? '' : between) + pythonText(get(item))
    first = false
    spendText(text.length >> 6)
  }
  spendText(text.length)
  return text
}

function doFormat(args: readonly Value[], keywords: ReadonlyMap<string, Value>): Value {
  if (args.length === 0) throw typeError("do_format() missing 1 required positional argument: 'value'")
  if (args.length > 1 && keywords.size > 0) {
    throw pythonError('FilterArgumentError', "can't handle positional and keyword arguments at the same time")
  }
  return binary('%', softText(args[0]), keywords.size > 0 ? Dict.from(keywords) : new Tuple(args.slice(1)))
}

function doIndent(value: Value, width: Value, first: Value, blank: Value): Value {
  const indention = textOf(width) ?? pythonText(binary('*', ' ', width))
  const text = textOf(value)
  if (text === null) throw notIndentable(value)
  const lines = splitLines(`${text}\n`)
  spendText(text.length + lines.length * indention.length)
  const indented = lines.map((line, index) => (index === 0 || (line === '' && !isTrue(blank)) ? line : indention + line))
  const result = (isTrue(first) ? indention : '') + indented.join('\n')
  return value instanceof Markup ? new Markup(result) : result
}

/** What Python says to `value += '\n'` and `value.splitlines()`. */
function notIndentable(value: Value): Error {
  if (value instanceof Undefined) value.fail()
  if (isList(value)) return pythonError('AttributeError', "'list' object has no attribute 'splitlines'")
  if (value instanceof Tuple) return typeError('can only concatenate tuple (not "str") to tuple')
  return typeError(`unsupported operand type(s) for +=: '${typeName(value)}' and 'str'`)
}

/** Paragraphs are wrapped one by one. */
function doWordWrap(value: Value, values: readonly Value[]): Value {
  const [width, breakLong, wrapString, breakHyphens] = values
  const text = textOf(value)
  if (value instanceof Undefined) value.fail()
  if (text === null) throw pythonError('AttributeError', `'${typeName(value)}' object has no attribute 'splitlines'`)
  const options = { width: requireIndex(width), breakLongWords: isTrue(breakLong), breakOnHyphens: isTrue(breakHyphens) }
  const newline = wrapString === null ? '\n' : pythonText(wrapString)
  return splitLines(text)
    .map((line) => wrapText(line, options).join(newline))
    .join(newline)
}

function doTruncate(value: Value, values: readonly Value[]): Value {
  const [length = 255, killWords = false, end = '...', leeway] = values
  const limit = requireIndex(length)
  const ending = textOf(end) ?? ''
  const slack = leeway === null ? 5 : requireIndex(leeway)
  const endLength = codePointCount(ending)
  if (limit < endLength) throw pythonError('AssertionError', `expected length >= ${endLength}, got ${limit}`)
  if (slack < 0) throw pythonError('AssertionError', `expected leeway >= 0, got ${slack}`)
  const text = textOf(value)
  const size = lengthOf(value)
  if (size === null) throw typeError(`object of type '${typeName(value)}' has no len()`)
  if (size <= limit + slack) return value
  if (text === null) throw typeError(`unhashable type: 'slice'`)
  const cut = sliceText(text, 0, limit - endLength)
  const kept = isTrue(killWords) ? cut : (splitRight(cut, ' ', 1)[0] ?? '')
  return value instanceof Markup ? new Markup(kept + escapeMarkup(end)) : kept + ending
}

function doToJson(value: Value, indent: Value): Markup {
  if (indent === null) return new Markup(jsonText(value, null))
  return new Markup(jsonText(value, textOf(indent) ?? pythonText(binary('*', ' ', indent))))
}

const LETTER_RUN = /[\p{L}\p{N}_]+/gu

export const TEXT_FILTERS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['capitalize', filter(signature('do_capitalize', 's'), ([value]) => viaMethod('capitalize', value))],
  ['center', filter(signature('do_center', 'value', { width: 80 }), ([value, width]) => viaMethod('center', value, [width]))],
  ['lower', filter(signature('do_lower', 's'), ([value]) => viaMethod('lower', value))],
  ['upper', filter(signature('do_upper', 's'), ([value]) => viaMethod('upper', value))],
  ['title', filter(signature('do_title', 's'), ([value]) => doTitle(value))],
  ['trim', filter(signature('do_trim', 'value', { chars: null }), ([value, chars]) => viaMethod('strip', value, [chars]))],
  ['string', filter(signature('soft_str', 's'), ([value]) => softText(value))],
  ['replace', filter(signature('do_replace', 's old new', { count: null }, 1), ([s, old, next, count]) => doReplace(s, old, next, count))],
  [
    'join',
    filter(signature('sync_do_join', 'value', { d: '', attribute: null }, 1), ([items, d, attribute]) => doJoin(items, d, attribute))
  ],
  ['format', doFormat],
  [
    'indent',
    filter(signature('do_indent', 's', { width: 4, first: false, blank: false }), ([s, width, first, blank]) =>
      doIndent(s, width, first, blank)
    )
  ],
  [
    'truncate',
    filter(signature('do_truncate', 's', { length: 255, killwords: false, end: '...', leeway: null }, 1), ([s, ...rest]) =>
      doTruncate(s, rest)
    )
  ],
  ['wordcount', filter(signature('do_wordcount', 's'), ([value]) => pythonText(value).match(LETTER_RUN)?.length ?? 0)],
  ['pprint', filter(signature('do_pprint', 'value'), ([value]) => prettyPrint(value))],
  [
    'wordwrap',
    filter(
      signature('do_wordwrap', 's', { width: 79, break_long_words: true, wrapstring: null, break_on_hyphens: true }, 1),
      ([value, ...rest]) => doWordWrap(value, rest)
    )
  ],
  ['tojson', filter(signature('do_tojson', 'value', { indent: null }, 1), ([value, indent]) => doToJson(value, indent))]
])
