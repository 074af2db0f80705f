// Equality and order.

import { Dict, DictView } from './dict.ts'
import { typeError } from './jinja-error.ts'
import { numberIn, type PyNumber } from './integers.ts'
import { spend } from './limits.ts'
import { PyFloat, Range, Tuple, Undefined, textOf, type Value, isList } from './python-values.ts'
import { typeName } from './type-name.ts'

export type OrderOperator = '<' | '<=' | '>' | '>='

/** Python's `a == b`: `1 == 1.0 == True`, lists and dicts by content; never an error. */
export function isEqual(a: Value, b: Value): boolean {
  spend(1)
  if (a === b) return !(a instanceof PyFloat) || !Number.isNaN(a.value)
  const text = textOf(a)
  if (text !== null) return text === textOf(b)
  const [x, y] = [numberIn(a), numberIn(b)]
  if (x !== null || y !== null) return x !== null && y !== null && sameNumber(x, y)
  if (isList(a)) return isList(b) && sameItems(a, b)
  if (a instanceof Tuple) return b instanceof Tuple && sameItems(a.items, b.items)
  if (a instanceof Dict) return b instanceof Dict && sameDict(a, b)
  if (a instanceof Undefined) return b instanceof Undefined
  if (a instanceof Range) return b instanceof Range && sameRange(a, b)
  return a instanceof DictView && b instanceof DictView && sameView(a, b)
}

function sameNumber(a: PyNumber, b: PyNumber): boolean {
  if (a instanceof PyFloat) return b instanceof PyFloat ? a.value === b.value : sameNumber(b, a)
  // JavaScript compares a bigint with a double exactly.
  return b instanceof PyFloat ? Number.isFinite(b.value) && compareExactly(a, b.value) === 0 : a === b
}

function compareExactly(a: number | bigint, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Identical or equal: what `in`, `index` and comparisons of lists go by. */
export function isSameOrEqual(a: Value, b: Value): boolean {
  return a === b || isEqual(a, b)
}

function sameItems(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => isSameOrEqual(item, b[index]))
}

function sameDict(a: Dict, b: Dict): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a.entries()) {
    const other = b.get(key)
    if (other === undefined || !isSameOrEqual(value, other)) return false
  }
  return true
}

function sameRange(a: Range, b: Range): boolean {
  if (a.length !== b.length) return false
  return a.length === 0 || (a.start === b.start && (a.length === 1 || a.step === b.step))
}

function sameView(a: DictView, b: DictView): boolean {
  if (a.typeName === 'dict_values' || a.typeName !== b.typeName || a.dict.size !== b.dict.size) return false
  if (a.typeName === 'dict_items') return sameDict(a.dict, b.dict)
  for (const [key] of a.dict.entries()) if (!b.dict.has(key)) return false
  return true
}

/** Python's `a < b` and its like; throws TypeError for values without an order, UndefinedError for undefined ones. */
export function isOrdered(operator: OrderOperator, a: Value, b: Value): boolean {
  spend(1)
  const [x, y] = [numberIn(a), numberIn(b)]
  if (x !== null && y !== null) return holds(operator, x instanceof PyFloat ? x.value : x, y instanceof PyFloat ? y.value : y)
  const [text, other] = [textOf(a), textOf(b)]
  if (text !== null && other !== null) return holds(operator, compareText(text, other), 0)
  if (isList(a) && isList(b)) return orderedItems(operator, a, b)
  if (a instanceof Tuple && b instanceof Tuple) return orderedItems(operator, a.items, b.items)
  if (a instanceof Undefined) a.fail()
  if (b instanceof Undefined) b.fail()
  throw typeError(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`)
}

function holds(operator: OrderOperator, a: number | bigint, b: number | bigint): boolean {
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}

function orderedItems(operator: OrderOperator, a: readonly Value[], b: readonly Value[]): boolean {
  const common = Math.min(a.length, b.length)
  for (let i = 0; i < common; i++) {
    if (!isSameOrEqual(a[i], b[i])) return isOrdered(operator, a[i], b[i])
  }
  return holds(operator, a.length, b.length)
}

/** By code points; JavaScript's own order is by units, which differs above U+D7FF. */
function compareText(a: string, b: string): number {
  spend(Math.min(a.length, b.length) >> 8)
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  let i = 0
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++
  if (i === length) return a.length - b.length
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
  const astral = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000
  return astral(x) !== astral(y) ? (astral(x) ? 1 : -1) : x - y
}
