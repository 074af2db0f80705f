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
import { spendItems, spendText } from './limits.ts'
import { formatPercent } from './percent-format.ts'
import { Markup, PyFloat, Tuple, Undefined, textOf, type Value } from './python-values.ts'
import { indexIn } from './iterate.ts'
import { typeName } from './type-name.ts'

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'

/** `a <operator> b`; throws TypeError, ZeroDivisionError, OverflowError, and UndefinedError for undefined operands. */
export function binary(operator: BinaryOperator, a: Value, b: Value): Value {
  if (operator === '+' && typeof a === 'number' && typeof b === 'number') return addIntegers(a, b)
  if (operator === '%' && textOf(a) !== null) return formatPercent(a, b)
  if (a instanceof Undefined) a.fail()
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
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b)) {
    throw typeError('a negative number to a broken power is complex, which templates cannot use')
  }
  const result = a ** b
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) {
    throw pythonError('OverflowError', "(34, 'Numerical result out of range')")
  }
  return result
}

function concatenate(a: Value, b: Value): Value {
  const [text, other] = [textOf(a), textOf(b)]
  if (text !== null && other !== null) {
    spendText(text.length + other.length)
    if (a instanceof Markup || b instanceof Markup) return new Markup(escapeMarkup(a) + escapeMarkup(b))
    return text + other
  }
  if (typeof a === 'string') throw typeError(`can only concatenate str (not "${typeName(b)}") to str`)
  const [kind, items, others] = Array.isArray(a) ? ['list', a, Array.isArray(b) ? b : null] : ['tuple', itemsOfTuple(a), itemsOfTuple(b)]
  if (!Array.isArray(items)) throw unsupported('+', a, b)
  if (!Array.isArray(others)) throw typeError(`can only concatenate ${kind} (not "${typeName(b)}") to ${kind}`)
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
  const count = integerIn(other) === null ? null : indexIn(other)
  if (count === null) throw typeError(`can't multiply sequence by non-int of type '${typeName(other)}'`)
  const times = Math.max(0, count)
  const text = textOf(sequence)
  if (text !== null) {
    spendText(text.length * times)
    const repeated = times === 0 || text === '' ? '' : text.repeat(times)
    return sequence instanceof Markup ? new Markup(repeated) : repeated
  }
  const items = Array.isArray(sequence) ? (sequence as Value[]) : (sequence as Tuple).items
  spendItems(items.length * times)
  const repeated: Value[] = []
  for (let i = 0; i < times && items.length > 0; i++) for (const item of items) repeated.push(item)
  return Array.isArray(sequence) ? repeated : new Tuple(repeated)
}

function isSequence(value: Value): boolean {
  return textOf(value) !== null || Array.isArray(value) || value instanceof Tuple
}

/** `-value` and `+value`. */
export function unary(operator: '-' | '+', value: Value): Value {
  if (value instanceof Undefined) value.fail()
  const number = numberIn(value)
  if (number === null) throw typeError(`bad operand type for unary ${operator}: '${typeName(value)}'`)
  if (operator === '+') return number
  return number instanceof PyFloat ? new PyFloat(-number.value) : negateInteger(number)
}
