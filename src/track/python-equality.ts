// What Python holds equal, as a text to compare.

import { isObject, JsonNumber, type JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'

/** Equal for what Python holds equal: `1`, `1.0` and, below the top level of the list, `true`. */
export function comparable(item: JsonValue): string {
  if (typeof item === 'boolean') return String(item)
  return printJson(pythonEquality(item), { sortKeys: true })
}

function pythonEquality(value: JsonValue): JsonValue {
  if (value === true) return 1
  if (value === false) return 0
  if (value instanceof JsonNumber) return value.isFloat || Number.isSafeInteger(value.valueOf()) ? value.valueOf() : value
  if (Array.isArray(value)) return value.map(pythonEquality)
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, pythonEquality(member)]))
  return value
}
