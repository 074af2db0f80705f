// The operators of expressions, with Python's rules and words.

import { escapeMarkup } from './escape.ts'
import {
  addIntegers,
  divideIntegers,
  integerIn,
  multiplyIntegers,
  negateInteger,
  numberIn,
  powerOfIntegers,
  toDouble,
  trueDivide,
  type Integer,
  type PyNumber
} from './integers.ts'
import { pythonError, typeError, type JinjaError } from './jinja-error.ts'
import { spend, spendItems, spendText } from './limits.ts'
import { positivePower } from './float-power.ts'
import { formatPercent } from './percent-format.ts'
import { Markup, PyFloat, Tuple, Undefined, textOf, type Value, isList } from './python-values.ts'
import { requireIndex } from './iterate.ts'
import { typeName } from './type-name.ts'

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'

/** `a <operator> b`; throws TypeError, ZeroDivisionError, OverflowError, and UndefinedError for undefined operands. */
export function binary(operator: BinaryOperator, a: Value, b: Value): Value {
  if (operator === '+' && typeof a === 'number' && typeof b === 'number') return addIntegers(a, b)
  if (operator === '%' && textOf(a) !== null) return formatPercent(a, b)
  if (a instanceof Undefined) a.fail()
  if (operator === '*' && (a instanceof Markup || (b instanceof Markup && !(a instanceof Undefined)))) return repeatMarkup(a, b)
  if (b instanceof Undefined) b.fail()
  const [x, y] = [numberIn(a), numberIn(b)]
  if (x !== null && y !== null) return calculate(operator, x, y)
  if (operator === '+') return concatenate(a, b)
  if (operator === '*') return repeat(a, b)
  throw unsupported(operator, a, b)
}

function unsupported(operator: string, a: Value, b: Value): JinjaError {
  const shown = operator === '**' ? '** or pow()' : operator
  return typeError(`unsupported operand type(s) for ${shown}: '${typeName(a)}' and '${typeName(b)}'`)
}

function calculate(operator: BinaryOperator, a: PyNumber, b: PyNumber): Value {
  if (a instanceof PyFloat || b instanceof PyFloat) return calculateFloats(operator, toDouble(a), toDouble(b))
  if (operator === '+') return addIntegers(a, b)
  if (operator === '-') return addIntegers(a, negateInteger(b))
  if (operator === '*') return multiplyIntegers(a, b)
  if (operator === '**') return power(a, b)
  if (b === 0) throw zeroDivision(ZERO_DIVISION[operator])
  if (operator === '/') return new PyFloat(trueDivide(a, b))
  return divideIntegers(a, b)[operator === '//' ? 0 : 1]
}

const ZERO_DIVISION = { '/': 'division by zero', '//': 'integer division or modulo by zero', '%': 'integer modulo by zero' }
const FLOAT_ZERO_DIVISION = { '/': 'float division by zero', '//': 'float floor division by zero', '%': 'float modulo' }

function zeroDivision(message: string): JinjaError {
  return pythonError('ZeroDivisionError', message)
}

function calculateFloats(operator: BinaryOperator, a: number, b: number): PyFloat {
  if (operator === '+') return new PyFloat(a + b)
  if (operator === '-') return new PyFloat(a - b)
  if (operator === '*') return new PyFloat(a * b)
  if (operator === '**') return new PyFloat(powerOfFloats(a, b))
  if (b === 0) throw zeroDivision(FLOAT_ZERO_DIVISION[operator])
  if (operator === '/') return new PyFloat(a / b)
  const [quotient, remainder] = divideFloats(a, b)
  return new PyFloat(operator === '//' ? quotient : remainder)
}

/** CPython's float_divmod: the remainder has the divisor's sign, zeros keep theirs. */
function divideFloats(a: number, b: number): [quotient: number, remainder: number] {
  let remainder = a % b
  let quotient = (a - remainder) / b
  if (remainder === 0) remainder = b < 0 ? -0 : 0
  else if (b < 0 !== remainder < 0) {
    remainder += b
    quotient -= 1
  }
  if (quotient === 0) return [a / b < 0 || Object.is(a / b, -0) ? -0 : 0, remainder]
  const floor = Math.floor(quotient)
  return [quotient - floor > 0.5 ? floor + 1 : floor, remainder]
}

function power(a: Integer, b: Integer): Value {
  return b < 0 ? new PyFloat(powerOfFloats(toDouble(a), toDouble(b))) : powerOfIntegers(a, b)
}

function powerOfFloats(a: number, b: number): number {
  if (a === 1 || b === 0) return 1
  if (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) return 1
  if (a === 0 && b < 0) throw zeroDivision('0.0 cannot be raised to a negative power')
  if (a === 0 || !Number.isFinite(a) || !Number.isFinite(b)) return a ** b
  if (a < 0 && !Number.isInteger(b)) {
    throw typeError('a negative number to a broken power is complex, which templates cannot use')
  }
  spend(256)
  const magnitude = positivePower(Math.abs(a), b)
  if (!Number.isFinite(magnitude)) throw pythonError('OverflowError', "(34, 'Numerical result out of range')")
  return a < 0 && Math.abs(b % 2) === 1 ? -magnitude : magnitude
}

function concatenate(a: Value, b: Value): Value {
  const [text, other] = [textOf(a), textOf(b)]
  if (text !== null && other !== null) {
    spendText(text.length + other.length)
    if (a instanceof Markup || b instanceof Markup) return new Markup(escapeMarkup(a) + escapeMarkup(b))
    return text + other
  }
  if (typeof a === 'string') throw typeError(`can only concatenate str (not "${typeName(b)}") to str`)
  const [kind, items, others] = isList(a) ? ['list', a, isList(b) ? b : null] : ['tuple', itemsOfTuple(a), itemsOfTuple(b)]
  if (!isList(items)) throw unsupported('+', a, b)
  if (!isList(others)) throw typeError(`can only concatenate ${kind} (not "${typeName(b)}") to ${kind}`)
  spendItems(items.length + others.length)
  const joined: Value[] = [...items, ...others]
  return kind === 'list' ? joined : new Tuple(joined)
}

function itemsOfTuple(value: Value): readonly Value[] | null {
  return value instanceof Tuple ? value.items : null
}

/** `sequence * count`, either way round. */
function repeat(a: Value, b: Value): Value {
  const sequence = isSequence(a) ? a : b
  const other = isSequence(a) ? b : a
  if (!isSequence(sequence)) throw unsupported('*', a, b)
  if (integerIn(other) === null) throw typeError(`can't multiply sequence by non-int of type '${typeName(other)}'`)
  const times = repetitions(other)
  if (typeof sequence === 'string') return repeatText(sequence, times)
  const items = sequence instanceof Tuple ? sequence.items : isList(sequence) ? sequence : []
  spendItems(items.length * times)
  const repeated: Value[] = []
  for (let i = 0; i < times && items.length > 0; i++) for (const item of items) repeated.push(item)
  return sequence instanceof Tuple ? new Tuple(repeated) : repeated
}

function repeatMarkup(a: Value, b: Value): Markup {
  const [markup, other] = a instanceof Markup ? [a, b] : [b, a]
  requireIndex(other)
  return new Markup(repeatText(textOf(markup) ?? '', repetitions(other)))
}

function repeatText(text: string, times: number): string {
  spendText(text.length * times)
  return text === '' ? '' : text.repeat(times)
}

function repetitions(count: Value): number {
  const number = integerIn(count) ?? 0
  if (typeof number === 'bigint' && BigInt.asIntN(64, number) !== number) {
    throw pythonError('OverflowError', "cannot fit 'int' into an index-sized integer")
  }
  return Math.max(0, Number(number))
}

function isSequence(value: Value): boolean {
  return textOf(value) !== null || isList(value) || value instanceof Tuple
}

/** `-value` and `+value`. */
export function unary(operator: '-' | '+', value: Value): Value {
  if (value instanceof Undefined) value.fail()
  const number = numberIn(value)
  if (number === null) throw typeError(`bad operand type for unary ${operator}: '${typeName(value)}'`)
  if (operator === '+') return number
  return number instanceof PyFloat ? new PyFloat(-number.value) : negateInteger(number)
}
