// Going through a value, counting it, looking into it.

import { isSameOrEqual } from './compare.ts'
import { Dict, DictView } from './dict.ts'
import { integerIn, numberIn } from './integers.ts'
import { JinjaError, typeError } from './jinja-error.ts'
import { limitError, MAX_ITEMS, spend, spendItems, spendText } from './limits.ts'
import { Markup, PyFloat, PyObject, Range, Tuple, Undefined, textOf, type Value, isList } from './python-values.ts'
import { codePointCount, codePoints } from './python-text.ts'
import { typeName } from './type-name.ts'

/** Python's `iter(value)`; throws TypeError for what has no items. Each item costs a step. */
export function iterate(value: Value): Iterator<Value> {
  const iterator = iteratorOf(value)
  if (iterator === null) throw typeError(`'${typeName(value)}' object is not iterable`)
  return iterator
}

/** As `iterate`, null for what has no items. */
export function iteratorOf(value: Value): Iterator<Value> | null {
  if (isList(value)) return value.values()
  if (value instanceof Tuple) return value.items.values()
  if (value instanceof Range) return rangeItems(value)
  if (value instanceof Dict) return new DictView('dict_keys', value).iterate()
  if (typeof value === 'string') return codePoints(value).values()
  if (value instanceof Markup) return codePoints(value.text).values()
  if (value instanceof Undefined) return [].values()
  return value instanceof PyObject ? value.iterate() : null
}

function* rangeItems(range: Range): Iterator<Value> {
  if (range.length > MAX_ITEMS) throw limitError(`a range of ${range.length} items: at most ${MAX_ITEMS} are taken`)
  for (let i = 0; i < range.length; i++) yield range.at(i)
}

/** Every item in turn. */
export function* itemsOf(value: Value): Generator<Value> {
  const iterator = iterate(value)
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    spend(1)
    yield next.value
  }
}

/** Python's `list(value)`. */
export function listOf(value: Value): Value[] {
  if (isList(value)) {
    spendItems(value.length)
    return value.slice()
  }
  const items: Value[] = []
  for (const item of itemsOf(value)) {
    items.push(item)
    if (items.length > MAX_ITEMS) spendItems(items.length)
  }
  return items
}

/** Python's `len(value)`, or null for what has none. */
export function lengthOf(value: Value): number | null {
  const text = textOf(value)
  if (text !== null) return codePointCount(text)
  if (isList(value)) return value.length
  if (value instanceof Dict) return value.size
  if (value instanceof Tuple) return value.items.length
  if (value instanceof Range) return value.length
  if (value instanceof Undefined) return 0
  return value instanceof PyObject ? value.length : null
}

/** Python's `item in container`. */
export function contains(container: Value, item: Value): boolean {
  const text = textOf(container)
  if (text !== null) {
    const part = textOf(item)
    if (part === null) throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`)
    spendText(text.length)
    return text.includes(part)
  }
  if (container instanceof Dict) return container.has(item)
  if (container instanceof DictView && container.typeName === 'dict_keys') return container.dict.has(item)
  if (container instanceof Range) return inRange(container, item)
  if (iteratorOf(container) === null) throw typeError(`argument of type '${typeName(container)}' is not iterable`)
  for (const other of itemsOf(container)) if (isSameOrEqual(item, other)) return true
  return false
}

function inRange(range: Range, item: Value): boolean {
  const number = numberIn(item)
  if (number === null) return false
  const value = number instanceof PyFloat ? number.value : Number(number)
  if (!Number.isInteger(value) || range.length === 0) return false
  const index = (value - range.start) / range.step
  return Number.isInteger(index) && index >= 0 && index < range.length
}

/** An index or a count as Python takes it: an int or bool; numbers beyond any length are cut to ±2^53. */
export function indexIn(value: Value): number | null {
  const number = integerIn(value)
  if (typeof number === 'bigint') return number < 0n ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
  return number
}

/** As `indexIn`; throws TypeError for anything else, UndefinedError for undefined. */
export function requireIndex(value: Value, message = `'${typeName(value)}' object cannot be interpreted as an integer`): number {
  const index = indexIn(value)
  if (index !== null) return index
  throw typeError(message)
}

export function isNotFound(error: unknown): boolean {
  return error instanceof JinjaError && error.kind === 'not-found'
}
