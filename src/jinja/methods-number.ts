// Attributes of int, float and bool.

import { isInteger, type Integer } from './integers.ts'
import { boundMethod, method, type Method } from './method.ts'
import { PyFloat, Tuple, type Value } from './python-values.ts'
import { typeName } from './type-name.ts'

const INTEGER_METHODS: ReadonlyMap<string, Method<Integer>> = new Map<string, Method<Integer>>([
  ['bit_length', method(0, 0, (value) => (value === 0 ? 0 : BigInt(value).toString(2).replace('-', '').length))],
  ['bit_count', method(0, 0, (value) => BigInt(value).toString(2).replace(/[-0]/g, '').length)],
  ['conjugate', method(0, 0, (value) => value)],
  ['as_integer_ratio', method(0, 0, (value) => new Tuple([value, 1]))]
])

const FLOAT_METHODS: ReadonlyMap<string, Method<PyFloat>> = new Map<string, Method<PyFloat>>([
  ['is_integer', method(0, 0, (float) => Number.isInteger(float.value))],
  ['conjugate', method(0, 0, (float) => float)]
])

/** The attribute, or JavaScript's undefined. */
export function numberAttribute(value: Integer | boolean | PyFloat, name: string): Value | undefined {
  const type = typeName(value)
  if (value instanceof PyFloat) {
    if (name === 'real') return value
    if (name === 'imag') return new PyFloat(0)
    const found = FLOAT_METHODS.get(name)
    return found === undefined ? undefined : boundMethod(type, name, value, found)
  }
  const integer = isInteger(value) ? value : Number(value)
  if (name === 'real' || name === 'numerator') return integer
  if (name === 'imag') return 0
  if (name === 'denominator') return 1
  const found = INTEGER_METHODS.get(name)
  return found === undefined ? undefined : boundMethod(type, name, integer, found)
}
