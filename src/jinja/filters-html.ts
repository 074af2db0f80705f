// Filters about HTML and URLs.

import type { Builtin } from './environment.ts'
import { escapeMarkup, escapeText } from './escape.ts'
import { filter } from './filter.ts'
import { itemsOf, listOf } from './iterate.ts'
import { pythonError, typeError, valueError } from './jinja-error.ts'
import { Dict } from './dict.ts'
import { Markup, Undefined, textOf, type Value } from './python-values.ts'
import { pythonRepr, pythonText } from './python-repr.ts'
import { isTrue } from './truth.ts'
import { iteratorOf } from './iterate.ts'

/** Python's quote(): UTF-8, all but letters, digits and `safe` in percent signs. */
function quoteUrl(value: Value, inQuery: boolean): string {
  const text = pythonText(value)
  if (/\p{Surrogate}/u.test(text)) throw pythonError('UnicodeEncodeError', 'surrogates not allowed')
  const quoted = encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return inQuery ? quoted.replaceAll('%20', '+') : quoted.replaceAll('%2F', '/')
}

function doUrlEncode(value: Value): string {
  if (textOf(value) !== null || iteratorOf(value) === null) return quoteUrl(value, false)
  const pairs = value instanceof Dict ? [...value.entries()] : [...itemsOf(value)].map(pairOf)
  return pairs.map(([key, item]) => `${quoteUrl(key, true)}=${quoteUrl(item, true)}`).join('&')
}

function pairOf(value: Value): [Value, Value] {
  if (iteratorOf(value) === null) throw typeError('cannot unpack non-iterable object')
  const items = listOf(value)
  if (items.length > 2) throw valueError('too many values to unpack (expected 2)')
  if (items.length < 2) throw valueError(`not enough values to unpack (expected 2, got ${items.length})`)
  return [items[0], items[1]]
}

function doXmlAttributes(value: Value, space: Value): string {
  if (!(value instanceof Dict)) throw typeError('xmlattr needs a dict')
  const attributes: string[] = []
  for (const [key, item] of value.entries()) {
    if (item === null || item instanceof Undefined) continue
    if (/[\t-\r />=]/.test(textOf(key) ?? '')) throw valueError(`Invalid character in attribute name: ${pythonRepr(key)}`)
    attributes.push(`${escapeMarkup(key)}="${escapeMarkup(item)}"`)
  }
  return (isTrue(space) && attributes.length > 0 ? ' ' : '') + attributes.join(' ')
}

const escape = filter('escape', 's', {}, ([value]) => new Markup(escapeMarkup(value)))

export const HTML_FILTERS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['e', escape],
  ['escape', escape],
  ['forceescape', filter('do_forceescape', 'value', {}, ([value]) => new Markup(escapeText(pythonText(value))))],
  ['safe', filter('do_mark_safe', 'value', {}, ([value]) => new Markup(pythonText(value)))],
  ['urlencode', filter('do_urlencode', 'value', {}, ([value]) => doUrlEncode(value))],
  ['xmlattr', filter('do_xmlattr', 'd', { autospace: true }, ([value, space]) => doXmlAttributes(value, space), 1)]
])
