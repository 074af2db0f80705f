// Small words of Python that the sources of Elastic Rally are written in.

import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'

/** Python's truth: null, false, 0, empty text, list and object are false; so is what is absent. */
export function truthy(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return false
  const number = numberOf(value)
  if (number !== null) return number !== 0
  if (Array.isArray(value)) return value.length > 0
  return !isObject(value) || Object.keys(value).length > 0
}

/** Python's `params.get(key, fallback)`: a null that is written down stays one. */
export function given(params: JsonObject, key: string, fallback: JsonValue): JsonValue {
  return key in params ? (params[key] ?? null) : fallback
}

/** The keys that most sources hand on as they are, null where absent. */
export function clientParams(params: JsonObject): JsonObject {
  return {
    'request-timeout': params['request-timeout'] ?? null,
    headers: params['headers'] ?? null,
    'opaque-id': params['opaque-id'] ?? null
  }
}

/** One name or several, as a list. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[]
  return value === undefined ? [] : [value]
}

/** A value in a message or name: text as it is, nothing as in Python, all else as JSON. */
export function shown(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'None'
  return typeof value === 'string' ? value : printJson(value)
}
