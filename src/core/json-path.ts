// Reading into JSON of unknown shape: what is not there is null, never a crash.

import { isObject, numberOf, type JsonObject, type JsonValue } from './json.ts'

/** The value behind the keys, or null. */
export function jsonAt(value: JsonValue | undefined, ...path: readonly string[]): JsonValue {
  let at: JsonValue | undefined = value
  for (const key of path) {
    if (!isObject(at) || !Object.hasOwn(at, key)) return null
    at = at[key]
  }
  return at ?? null
}

/** The number behind the keys as a double, or null. */
export function numberAt(value: JsonValue | undefined, ...path: readonly string[]): number | null {
  return numberOf(jsonAt(value, ...path))
}

export function textAt(value: JsonValue | undefined, ...path: readonly string[]): string | null {
  const found = jsonAt(value, ...path)
  return typeof found === 'string' ? found : null
}

/** The object behind the keys; an empty one if there is none. */
export function objectAt(value: JsonValue | undefined, ...path: readonly string[]): JsonObject {
  const found = jsonAt(value, ...path)
  return isObject(found) ? found : {}
}

/** The objects of the list behind the keys; none if there is no list. */
export function objectsAt(value: JsonValue | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const found = jsonAt(value, ...path)
  return Array.isArray(found) ? found.filter(isObject) : []
}
