// Python's bool().

import { Dict } from './dict.ts'
import { Markup, PyFloat, PyObject, Range, Tuple, Undefined, type Value, isList } from './python-values.ts'

/** False are: False, None, zero, what is empty, what is undefined. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (value === null || value === 0 || value === '') return false
  if (typeof value !== 'object') return true
  if (isList(value)) return value.length > 0
  if (value instanceof Dict) return value.size > 0
  if (value instanceof PyFloat) return value.value !== 0
  if (value instanceof Tuple) return value.items.length > 0
  if (value instanceof Undefined) return false
  if (value instanceof Markup) return value.text !== ''
  if (value instanceof Range) return value.length > 0
  return !(value instanceof PyObject) || value.length !== 0
}
