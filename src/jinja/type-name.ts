// What Python calls the type of a value, in messages.

import { Dict } from './dict.ts'
import { Markup, PyFloat, PyObject, Range, Tuple, Undefined, type Value, isList } from './python-values.ts'

/** Python's `type(x).__name__`. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'number' || typeof value === 'bigint') return 'int'
  if (typeof value === 'boolean') return 'bool'
  if (isList(value)) return 'list'
  if (value instanceof PyObject) return value.typeName
  if (value instanceof PyFloat) return 'float'
  if (value instanceof Dict) return 'dict'
  if (value instanceof Tuple) return 'tuple'
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof Markup) return 'Markup'
  if (value instanceof Range) return 'range'
  throw new Error(`not a value of a template: ${typeof value}`)
}

/** Jinja's `object_type_repr`: `dict object`, `None`, `jinja2.utils.Namespace object`. */
export function describeType(value: Value): string {
  if (value === null) return 'None'
  if (value instanceof PyObject) return `${value.qualifiedName} object`
  if (value instanceof Markup) return 'markupsafe.Markup object'
  if (value instanceof Undefined) return 'jinja2.runtime.Undefined object'
  return `${typeName(value)} object`
}
