// Filters about HTML and URLs.

import type { Builtin } from './environment.ts'
import { escapeMarkup, escapeText } from './escape.ts'
import { signature } from './signature.ts'
import { filter } from './filter.ts'
import { itemsOf, iteratorOf, listOf, requireIndex } from './iterate.ts'
import { pythonError, typeError, valueError } from './jinja-error.ts'
import { Dict } from './dict.ts'
import { Markup, Undefined, textOf, type Value } from './python-values.ts'
import { pythonRepr, pythonText } from './python-repr.ts'
import { stripTags } from './html-text.ts'
import { split } from './text-split.ts'
import { typeName } from './type-name.ts'
import { urlize } from './urlize.ts'
import { isTrue } from './truth.ts'

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
  if (iteratorOf(value) === null) throw typeError(`cannot unpack non-iterable ${typeName(value)} object`)
  const items = listOf(value)
  if (items.length > 2) throw valueError('too many values to unpack (expected 2)')
  if (items.length < 2) throw valueError(`not enough values to unpack (expected 2, got ${items.length})`)
  return [items[0], items[1]]
}

function doXmlAttributes(value: Value, space: Value): string {
  if (value instanceof Undefined) value.fail()
  if (!(value instanceof Dict)) throw pythonError('AttributeError', `'${typeName(value)}' object has no attribute 'items'`)
  const attributes: string[] = []
  for (const [key, item] of value.entries()) {
    if (item === null || item instanceof Undefined) continue
    const name = textOf(key)
    if (name === null) throw typeError(`expected string or bytes-like object, got '${typeName(key)}'`)
    if (/[\t-\r />=]/.test(name)) throw valueError(`Invalid character in attribute name: ${pythonRepr(key)}`)
    attributes.push(`${escapeMarkup(key)}="${escapeMarkup(item)}"`)
  }
  return (isTrue(space) && attributes.length > 0 ? ' ' : '') + attributes.join(' ')
}

const SCHEME = /^[\p{L}\p{N}_.+-]{2,}:\/{0,2}$/u

function doUrlize(value: Value, values: readonly Value[]): string {
  const [limit, noFollow, target, rel, extraSchemes] = values
  const relations = new Set(split(rel === null ? '' : pythonText(rel), null, -1))
  if (isTrue(noFollow)) relations.add('nofollow')
  relations.add('noopener')
  const schemes = extraSchemes === null ? [] : listOf(extraSchemes).map(pythonText)
  for (const scheme of schemes) {
    if (!SCHEME.test(scheme)) throw pythonError('FilterArgumentError', `${pythonRepr(scheme)} is not a valid URI scheme prefix.`)
  }
  return urlize(pythonText(value), {
    limit: limit === null ? null : requireIndex(limit),
    rel: [...relations].toSorted().join(' '),
    target: target === null ? null : pythonText(target),
    schemes
  })
}

const URLIZE = signature('do_urlize', 'value', { trim_url_limit: null, nofollow: false, target: null, rel: null, extra_schemes: null }, 1)

const escape = filter(signature('escape', 's'), ([value]) => new Markup(escapeMarkup(value)))

export const HTML_FILTERS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['e', escape],
  ['escape', escape],
  ['forceescape', filter(signature('do_forceescape', 'value'), ([value]) => new Markup(escapeText(pythonText(value))))],
  ['safe', filter(signature('do_mark_safe', 'value'), ([value]) => new Markup(pythonText(value)))],
  ['striptags', filter(signature('do_striptags', 'value'), ([value]) => stripTags(pythonText(value)))],
  ['urlize', filter(URLIZE, ([value, ...rest]) => doUrlize(value, rest))],
  ['urlencode', filter(signature('do_urlencode', 'value'), ([value]) => doUrlEncode(value))],
  ['xmlattr', filter(signature('do_xmlattr', 'd', { autospace: true }, 1), ([value, space]) => doXmlAttributes(value, space))]
])
