// The border between JSON and the values of templates.

import { JsonNumber, type JsonValue } from '../core/json.ts'
import { Dict } from './dict.ts'
import { floatRepr } from './float-text.ts'
import { integer } from './integers.ts'
import { typeError } from './jinja-error.ts'
import { parseFloating } from './number-parse.ts'
import {
  Markup,
  PyFloat,
  PyFunction,
  PyObject,
  Range,
  Tuple,
  Undefined,
  textOf,
  type Arguments,
  type Keywords,
  type Value
} from './python-values.ts'
import { typeName } from './type-name.ts'

export { Dict, PyFloat, Tuple, Undefined, textOf, typeName, type Value }
export { isTrue } from './truth.ts'
export { pythonRepr, pythonText } from './python-repr.ts'

/** What a template sees of JSON or of a caller's value: `1.0` is a float, `10` an int of any size, an object a dict. */
export function toTemplateValue(value: unknown): Value {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return numberValue(value)
  if (typeof value === 'bigint') return integer(value)
  if (typeof value === 'function') return functionValue(value as CallerFunction)
  if (typeof value !== 'object') return value
  if (value instanceof JsonNumber) return value.isFloat ? new PyFloat(parseFloating(value.text)) : integer(BigInt(value.text))
  if (Array.isArray(value)) return value.map(toTemplateValue)
  if (isTemplateObject(value)) return value
  return Dict.from(Object.entries(value).map(([key, item]) => [key, toTemplateValue(item)]))
}

type CallerFunction = (args: Arguments, keywords: Keywords) => unknown

function functionValue(run: CallerFunction): PyFunction {
  return new PyFunction(run.name, (args, keywords) => adopt(run(args, keywords)), 'function')
}

/** A value that a caller's function gave back; lists and dicts of templates stay the same objects. */
export function adopt(value: unknown): Value {
  return Array.isArray(value) ? value : toTemplateValue(value)
}

/** A double as it stands in JSON: whole and without an exponent, it was written as an int. */
function numberValue(value: number): Value {
  if (!Number.isInteger(value) || Math.abs(value) >= 1e21) return new PyFloat(value)
  return Number.isSafeInteger(value) ? value + 0 : integer(BigInt(value))
}

function isTemplateObject(value: object): boolean {
  return (
    value instanceof Dict ||
    value instanceof PyFloat ||
    value instanceof Tuple ||
    value instanceof Undefined ||
    value instanceof Markup ||
    value instanceof Range ||
    value instanceof PyObject
  )
}

/** The way back, as Python's json.dumps would write it; throws JinjaError (TypeError) for what JSON has no like of. */
export function toJson(value: Value): JsonValue {
  if (value === null || typeof value === 'boolean') return value
  const text = textOf(value)
  if (text !== null) return text
  if (typeof value === 'number' || typeof value === 'bigint') return numberOfText(String(value))
  if (value instanceof PyFloat) return numberOfText(jsonFloat(value.value))
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Tuple) return value.items.map(toJson)
  if (value instanceof Dict) return Object.fromEntries([...value.entries()].map(([key, item]) => [keyText(key), toJson(item)]))
  throw typeError(`Object of type ${typeName(value)} is not JSON serializable`)
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? floatRepr(value) : value > 0 ? 'Infinity' : '-Infinity'
}

function numberOfText(text: string): number | JsonNumber {
  return String(Number(text)) === text ? Number(text) : new JsonNumber(text)
}

function keyText(key: Value): string {
  const text = textOf(key)
  if (text !== null) return text
  if (key === null) return 'null'
  if (typeof key === 'boolean' || typeof key === 'number' || typeof key === 'bigint') return String(key)
  if (key instanceof PyFloat) return jsonFloat(key.value)
  throw typeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`)
}
