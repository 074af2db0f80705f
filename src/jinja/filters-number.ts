// Filters that make or take numbers.

import { binary } from './arithmetic.ts'
import type { Builtin } from './environment.ts'
import { builtin, filter } from './filter.ts'
import { signature } from './signature.ts'
import { roundFloat } from './float-text.ts'
import { integer, negateInteger, numberIn, toDouble, truncate, type Integer } from './integers.ts'
import { itemsOf, requireIndex } from './iterate.ts'
import { JinjaError, pythonError, typeError } from './jinja-error.ts'
import { floatDigits } from './number-format.ts'
import { parseFloating, parseInteger } from './number-parse.ts'
import { attributeGetter } from './attribute-path.ts'
import { PyFloat, Undefined, textOf, type Value } from './python-values.ts'
import { isTrue } from './truth.ts'
import { typeName } from './type-name.ts'

function absolute(value: Value): Value {
  const number = numberIn(value)
  if (number === null) throw typeError(`bad operand type for abs(): '${typeName(value)}'`)
  if (number instanceof PyFloat) return new PyFloat(Math.abs(number.value))
  return number < 0 ? negateInteger(number) : number
}

/** Python's `int(value)` of a value that is no text. */
function toInteger(value: Value): Integer {
  if (value instanceof Undefined) value.fail()
  const number = numberIn(value)
  if (number === null) {
    throw typeError(`int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`)
  }
  return number instanceof PyFloat ? truncate(number.value) : number
}

/** Python's `float(value)`. */
export function toFloat(value: Value): number {
  if (value instanceof Undefined) value.fail()
  const text = textOf(value)
  if (text !== null) return parseFloating(text)
  const number = numberIn(value)
  if (number === null) throw typeError(`float() argument must be a string or a real number, not '${typeName(value)}'`)
  return toDouble(number)
}

function isOf(error: unknown, ...types: readonly string[]): boolean {
  return error instanceof JinjaError && error.kind === 'runtime' && types.includes(error.type)
}

/** `int`: `"42.23"` gives 42, what is no number the default. */
function doInt(value: Value, fallback: Value, base: Value): Value {
  try {
    const text = textOf(value)
    return text === null ? toInteger(value) : parseInteger(text, requireIndex(base))
  } catch (error) {
    if (!isOf(error, 'TypeError', 'ValueError')) throw error
  }
  try {
    return truncate(toFloat(value))
  } catch (error) {
    if (isOf(error, 'TypeError', 'ValueError', 'OverflowError')) return fallback
    throw error
  }
}

function doFloat(value: Value, fallback: Value): Value {
  try {
    return new PyFloat(toFloat(value))
  } catch (error) {
    if (isOf(error, 'TypeError', 'ValueError')) return fallback
    throw error
  }
}

function doRound(value: Value, precision: Value, method: Value): Value {
  const how = textOf(method)
  if (how !== 'common' && how !== 'ceil' && how !== 'floor') {
    throw pythonError('FilterArgumentError', 'method must be common, ceil or floor')
  }
  if (how === 'common') return roundNumber(value, precision)
  const scale = binary('**', 10, precision)
  const scaled = binary('*', value, scale)
  return binary('/', wholeNumber(scaled, how), scale)
}

function wholeNumber(value: Value, how: 'ceil' | 'floor'): Integer {
  const number = numberIn(value)
  if (number === null) throw typeError(`must be real number, not ${typeName(value)}`)
  return number instanceof PyFloat ? truncate(how === 'ceil' ? Math.ceil(number.value) : Math.floor(number.value)) : number
}

/** Python's `round(value, decimals)`. */
function roundNumber(value: Value, decimals: Value): Value {
  const number = numberIn(value)
  if (number === null) throw typeError(`type ${typeName(value)} doesn't define __round__ method`)
  if (decimals === null) return number instanceof PyFloat ? truncate(roundFloat(number.value, 0)) : number
  const digits = requireIndex(decimals)
  if (number instanceof PyFloat) return new PyFloat(finite(number.value, roundFloat(number.value, digits)))
  return digits >= 0 ? number : roundInteger(number, -digits)
}

function finite(before: number, after: number): number {
  if (Number.isFinite(before) && !Number.isFinite(after)) throw pythonError('OverflowError', 'rounded value too large to represent')
  return after
}

function roundInteger(value: Integer, zeros: number): Integer {
  if (zeros > 20_000) return 0
  const unit = 10n ** BigInt(zeros)
  const number = BigInt(value)
  const magnitude = number < 0n ? -number : number
  const quotient = magnitude / unit
  const twice = (magnitude - quotient * unit) * 2n
  const rounded = (twice > unit || (twice === unit && quotient % 2n === 1n) ? quotient + 1n : quotient) * unit
  return integer(number < 0n ? -rounded : rounded)
}

const DECIMAL_UNITS = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
const BINARY_UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']

function doFileSizeFormat(value: Value, isBinary: boolean): string {
  const bytes = toFloat(value)
  const base = isBinary ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${truncate(bytes)} Bytes`
  const units = isBinary ? BINARY_UNITS : DECIMAL_UNITS
  const index = units.findIndex((_, power) => bytes < base ** (power + 2))
  const power = index < 0 ? units.length - 1 : index
  const shown = (base * bytes) / base ** (power + 2)
  return `${floatDigits(shown, 'f', 1, false)} ${units[power]}`
}

function doSum(items: Value, attribute: Value, start: Value): Value {
  if (textOf(start) !== null) throw typeError("sum() can't sum strings [use ''.join(seq) instead]")
  const get = attribute === null ? (item: Value): Value => item : attributeGetter(attribute)
  let sum = start
  for (const item of itemsOf(items)) sum = binary('+', sum, get(item))
  return sum
}

export const NUMBER_FILTERS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['abs', builtin('abs', absolute)],
  ['int', filter(signature('do_int', 'value', { default: 0, base: 10 }), ([value, fallback, base]) => doInt(value, fallback, base))],
  ['float', filter(signature('do_float', 'value', { default: new PyFloat(0) }), ([value, fallback]) => doFloat(value, fallback))],
  [
    'round',
    filter(signature('do_round', 'value', { precision: 0, method: 'common' }), ([value, precision, method]) =>
      doRound(value, precision, method)
    )
  ],
  [
    'filesizeformat',
    filter(signature('do_filesizeformat', 'value', { binary: false }), ([value, isBinary]) => doFileSizeFormat(value, isTrue(isBinary)))
  ],
  [
    'sum',
    filter(signature('sync_do_sum', 'iterable', { attribute: null, start: 0 }, 1), ([items, attribute, start]) =>
      doSum(items, attribute, start)
    )
  ]
])
