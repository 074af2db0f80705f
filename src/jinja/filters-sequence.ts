// Filters of lists and other things with items.

import { attributeGetter, attributesGetter, ignoreCase } from './attribute-path.ts'
import { attributeOf, lookUpAttribute, noSuch } from './attributes.ts'
import { isEqual, isOrdered } from './compare.ts'
import { Dict, DictView, keyOf } from './dict.ts'
import type { Builtin } from './environment.ts'
import { builtin, filter } from './filter.ts'
import { signature } from './signature.ts'
import { itemsOf, iterate, iteratorOf, lengthOf, listOf, requireIndex } from './iterate.ts'
import { pythonError, typeError } from './jinja-error.ts'
import { spend, spendItems } from './limits.ts'
import { Generator, Markup, PyObject, Range, Tuple, Undefined, textOf, type Value, isList } from './python-values.ts'
import { codePoints } from './python-text.ts'
import { sortValues } from './sort.ts'
import { isTrue } from './truth.ts'
import { typeName } from './type-name.ts'
import { divideIntegers } from './integers.ts'
import { pythonText } from './python-repr.ts'

export function requireLength(value: Value): number {
  const length = lengthOf(value)
  if (length === null) throw typeError(`object of type '${typeName(value)}' has no len()`)
  return length
}

function doFirst(items: Value): Value {
  const next = iterate(items).next()
  return next.done === true ? new Undefined('No first item, sequence was empty.') : next.value
}

/** Python's `reversed(value)`: an iterator, or null for what cannot be reversed. */
function reversed(value: Value): Iterator<Value> | null {
  if (value instanceof Undefined) return backwards([])
  const text = textOf(value)
  const items =
    text !== null
      ? codePoints(text)
      : isList(value)
        ? value
        : value instanceof Tuple
          ? value.items
          : value instanceof Dict || value instanceof DictView || value instanceof Range
            ? listOf(value)
            : null
  return items === null ? null : backwards(items)
}

function* backwards(items: readonly Value[]): Iterator<Value> {
  for (let i = items.length - 1; i >= 0; i--) yield items[i]
}

function reversedName(value: Value): string {
  if (isList(value)) return 'list_reverseiterator'
  return value instanceof Dict ? 'dict_reversekeyiterator' : 'reversed'
}

function doLast(items: Value): Value {
  const iterator = reversed(items)
  if (iterator === null) throw typeError(`'${typeName(items)}' object is not reversible`)
  const next = iterator.next()
  return next.done === true ? new Undefined('No last item, sequence was empty.') : next.value
}

function doReverse(value: Value): Value {
  const text = textOf(value)
  if (text !== null) {
    const turned = codePoints(text).toReversed().join('')
    return value instanceof Markup ? new Markup(turned) : turned
  }
  const iterator = reversed(value)
  if (iterator !== null) return new Generator(iterator, reversedName(value))
  if (iteratorOf(value) === null) throw pythonError('FilterArgumentError', 'argument must be iterable')
  return listOf(value).toReversed()
}

function caseOf(caseSensitive: Value): ((value: Value) => Value) | undefined {
  return isTrue(caseSensitive) ? undefined : ignoreCase
}

function doSort(items: Value, reverse: Value, caseSensitive: Value, attribute: Value): Value {
  return sortValues(listOf(items), attributesGetter(attribute, caseOf(caseSensitive)), isTrue(reverse))
}

function doDictSort(value: Value, caseSensitive: Value, by: Value, reverse: Value): Value {
  const which = textOf(by)
  if (which !== 'key' && which !== 'value') {
    throw pythonError('FilterArgumentError', 'You can only sort by either "key" or "value"')
  }
  const position = which === 'key' ? 0 : 1
  const after = caseOf(caseSensitive) ?? ((item: Value): Value => item)
  return sortValues(listOf(itemsView(value)), (item) => after((item as Tuple).items[position]), isTrue(reverse))
}

/** `value.items()`. */
function itemsView(value: Value): Value {
  const items = attributeOf(value, 'items')
  if (!(items instanceof PyObject) || !items.isCallable) {
    throw pythonError('AttributeError', `'${typeName(value)}' object has no attribute 'items'`)
  }
  return items.call([], new Map())
}

function* uniqueItems(items: Value, key: (item: Value) => Value): Iterator<Value> {
  const seen = new Set<unknown>()
  for (const item of itemsOf(items)) {
    const hashed = keyOf(key(item))
    if (seen.has(hashed)) continue
    seen.add(hashed)
    yield item
  }
}

function extreme(items: Value, operator: '<' | '>', caseSensitive: Value, attribute: Value): Value {
  const key = attributeGetter(attribute, caseOf(caseSensitive))
  let best: { item: Value; key: Value } | null = null
  for (const item of itemsOf(items)) {
    const candidate = { item, key: key(item) }
    if (best === null || isOrdered(operator, candidate.key, best.key)) best = candidate
  }
  return best === null ? new Undefined('No aggregated item, sequence was empty.') : best.item
}

function* batches(items: Value, size: Value, fill: Value): Iterator<Value> {
  let batch: Value[] = []
  for (const item of itemsOf(items)) {
    if (isEqual(batch.length, size)) {
      yield batch
      batch = []
    }
    batch.push(item)
  }
  if (batch.length === 0) return
  const missing = fill === null ? 0 : Math.max(0, requireIndex(size) - batch.length)
  spendItems(missing)
  for (let i = 0; i < missing; i++) batch.push(fill)
  yield batch
}

function* slices(items: Value, count: Value, fill: Value): Iterator<Value> {
  const all = listOf(items)
  const parts = requireIndex(count)
  if (parts === 0) throw pythonError('ZeroDivisionError', 'integer division or modulo by zero')
  const [each, extra] = divideIntegers(all.length, parts).map(Number) as [number, number]
  let offset = 0
  for (let part = 0; part < parts; part++) {
    spend(1)
    const begin = offset + part * each
    if (part < extra) offset++
    const slice = all.slice(begin, offset + (part + 1) * each)
    if (fill !== null && part >= extra) slice.push(fill)
    yield slice
  }
}

/** One group of `groupby`: a tuple whose parts have names. */
class GroupTuple extends Tuple {
  override attribute(name: string): Value | undefined {
    if (name === 'grouper') return this.items[0]
    return name === 'list' ? this.items[1] : undefined
  }
}

function doGroupBy(items: Value, attribute: Value, fallback: Value, caseSensitive: Value): Value {
  const key = attributeGetter(attribute, caseOf(caseSensitive), fallback)
  const shown = attributeGetter(attribute, undefined, fallback)
  const groups: { key: Value; items: Value[] }[] = []
  for (const item of sortValues(listOf(items), key, false)) {
    const last = groups.at(-1)
    const itemKey = key(item)
    if (last !== undefined && isEqual(last.key, itemKey)) last.items.push(item)
    else groups.push({ key: itemKey, items: [item] })
  }
  return groups.map((group) => new GroupTuple([isTrue(caseSensitive) ? group.key : shown(group.items[0]), group.items]))
}

function* pairs(value: Value): Iterator<Value> {
  if (value instanceof Undefined) return
  if (!(value instanceof Dict)) throw typeError('Can only get item pairs from a mapping.')
  yield* itemsOf(new DictView('dict_items', value))
}

function doAttr(value: Value, name: Value): Value {
  const text = textOf(name) ?? pythonText(name)
  return attributeOf(value, text) === undefined ? noSuch(value, name) : lookUpAttribute(value, text)
}

function doRandom(items: Value): Value {
  const length = requireLength(items)
  if (length === 0) return new Undefined('No random item, sequence was empty.')
  return listOf(items)[Math.floor(Math.random() * length)]
}

function doDefault(value: Value, fallback: Value, alsoFalse: Value): Value {
  return value instanceof Undefined || (isTrue(alsoFalse) && !isTrue(value)) ? fallback : value
}

const length = builtin('len', requireLength)
const defaultFilter = filter(signature('do_default', 'value', { default_value: '', boolean: false }), ([value, fallback, alsoFalse]) =>
  doDefault(value, fallback, alsoFalse)
)
const ORDER = { case_sensitive: false, attribute: null }

export const SEQUENCE_FILTERS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['attr', filter(signature('do_attr', 'obj name', {}, 1), ([value, name]) => doAttr(value, name))],
  [
    'batch',
    filter(
      signature('do_batch', 'value linecount', { fill_with: null }),
      ([items, size, fill]) => new Generator(batches(items, size, fill))
    )
  ],
  ['count', length],
  ['d', defaultFilter],
  ['default', defaultFilter],
  [
    'dictsort',
    filter(signature('do_dictsort', 'value', { case_sensitive: false, by: 'key', reverse: false }), ([value, sensitive, by, reverse]) =>
      doDictSort(value, sensitive, by, reverse)
    )
  ],
  ['first', filter(signature('sync_do_first', 'seq', {}, 1), ([items]) => doFirst(items))],
  [
    'groupby',
    filter(
      signature('sync_do_groupby', 'value attribute', { default: null, case_sensitive: false }, 1),
      ([items, attribute, fallback, sensitive]) => doGroupBy(items, attribute, fallback, sensitive)
    )
  ],
  ['items', filter(signature('do_items', 'value'), ([value]) => new Generator(pairs(value)))],
  ['last', filter(signature('do_last', 'seq', {}, 1), ([items]) => doLast(items))],
  ['length', length],
  ['list', filter(signature('sync_do_list', 'value'), ([items]) => listOf(items))],
  ['max', filter(signature('do_max', 'value', ORDER, 1), ([items, sensitive, attribute]) => extreme(items, '>', sensitive, attribute))],
  ['min', filter(signature('do_min', 'value', ORDER, 1), ([items, sensitive, attribute]) => extreme(items, '<', sensitive, attribute))],
  ['random', filter(signature('do_random', 'seq', {}, 1), ([items]) => doRandom(items))],
  ['reverse', filter(signature('do_reverse', 'value'), ([value]) => doReverse(value))],
  [
    'slice',
    filter(
      signature('sync_do_slice', 'value slices', { fill_with: null }),
      ([items, count, fill]) => new Generator(slices(items, count, fill))
    )
  ],
  [
    'sort',
    filter(signature('do_sort', 'value', { reverse: false, ...ORDER }, 1), ([items, reverse, sensitive, attribute]) =>
      doSort(items, reverse, sensitive, attribute)
    )
  ],
  [
    'unique',
    filter(
      signature('sync_do_unique', 'value', ORDER, 1),
      ([items, sensitive, attribute]) => new Generator(uniqueItems(items, attributeGetter(attribute, caseOf(sensitive))))
    )
  ]
])
