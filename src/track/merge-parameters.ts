// A challenge's parameters over its track's: objects are merged, lists united, anything else replaced (Elastic Rally's merge_dicts).

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'

export function mergeParameters(below: JsonObject, above: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const old = Object.hasOwn(below, key) ? below[key] : undefined
    if (isObject(old) && isObject(value)) merged[key] = mergeParameters(old, value)
    else if (Array.isArray(old) && Array.isArray(value)) merged[key] = united([...(old as JsonValue[]), ...(value as JsonValue[])])
    else merged[key] = value
  }
  return merged
}

/** Each item once, in order of first appearance (Elastic Rally's order is undefined). */
function united(items: readonly JsonValue[]): JsonValue[] {
  const byText = new Map(items.map((item) => [printJson(item, { sortKeys: true }), item]))
  return [...byText.values()]
}
