// Jinja's own tests: `is defined`, `is divisibleby 3` …

import { binary } from './arithmetic.ts'
import { isEqual, isOrdered } from './compare.ts'
import { Dict, keyOf } from './dict.ts'
import type { Builtin } from './environment.ts'
import { builtin, filter, operatorFunction } from './filter.ts'
import { signature } from './signature.ts'
import { isInteger, numberIn } from './integers.ts'
import { contains, iteratorOf, lengthOf } from './iterate.ts'
import { Markup, PyFloat, PyObject, Undefined, textOf, type Value } from './python-values.ts'
import { pythonText } from './python-repr.ts'
import { isLower, isUpper } from './text-case.ts'

function test(name: string, run: (value: Value) => boolean): [string, Builtin] {
  return [name, filter(signature(`test_${name}`, 'value'), ([value]) => run(value))]
}

function isRemainder(value: Value, divisor: Value, remainder: number): boolean {
  return isEqual(binary('%', value, divisor), remainder)
}

function isSequence(value: Value): boolean {
  return lengthOf(value) !== null && !(value instanceof PyObject)
}

function isNameIn(names: ReadonlyMap<string, unknown>, value: Value): boolean {
  const key = keyOf(value)
  return typeof key === 'string' && names.has(key)
}

const equal = operatorFunction('eq', isEqual)
const notEqual = operatorFunction('ne', (a, b) => !isEqual(a, b))
const less = operatorFunction('lt', (a, b) => isOrdered('<', a, b))
const lessOrEqual = operatorFunction('le', (a, b) => isOrdered('<=', a, b))
const greater = operatorFunction('gt', (a, b) => isOrdered('>', a, b))
const greaterOrEqual = operatorFunction('ge', (a, b) => isOrdered('>=', a, b))

export const JINJA_TESTS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  test('odd', (value) => isRemainder(value, 2, 1)),
  test('even', (value) => isRemainder(value, 2, 0)),
  ['divisibleby', filter(signature('test_divisibleby', 'value num'), ([value, num]) => isRemainder(value, num, 0))],
  test('defined', (value) => !(value instanceof Undefined)),
  test('undefined', (value) => value instanceof Undefined),
  ['filter', filter(signature('test_filter', 'value', {}, 1), ([value], environment) => isNameIn(environment.filters, value))],
  ['test', filter(signature('test_test', 'value', {}, 1), ([value], environment) => isNameIn(environment.tests, value))],
  test('none', (value) => value === null),
  test('boolean', (value) => typeof value === 'boolean'),
  test('false', (value) => value === false),
  test('true', (value) => value === true),
  test('integer', isInteger),
  test('float', (value) => value instanceof PyFloat),
  test('lower', (value) => isLower(pythonText(value))),
  test('upper', (value) => isUpper(pythonText(value))),
  test('string', (value) => textOf(value) !== null),
  test('mapping', (value) => value instanceof Dict),
  test('number', (value) => numberIn(value) !== null),
  test('sequence', isSequence),
  test('iterable', (value) => iteratorOf(value) !== null),
  ['callable', builtin('callable', (value) => value instanceof Undefined || (value instanceof PyObject && value.isCallable))],
  ['sameas', filter(signature('test_sameas', 'value other'), ([value, other]) => value === other)],
  test('escaped', (value) => value instanceof Markup),
  ['in', filter(signature('test_in', 'value seq'), ([value, seq]) => contains(seq, value))],
  ['==', equal],
  ['eq', equal],
  ['equalto', equal],
  ['!=', notEqual],
  ['ne', notEqual],
  ['>', greater],
  ['gt', greater],
  ['greaterthan', greater],
  ['>=', greaterOrEqual],
  ['ge', greaterOrEqual],
  ['<', less],
  ['lt', less],
  ['lessthan', less],
  ['<=', lessOrEqual],
  ['le', lessOrEqual]
])
