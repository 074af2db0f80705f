// Paths and query strings as Elastic's Python client writes them.

import { JsonNumber, type JsonObject, type JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'

/** `?a=1&b=x,y`, or empty without parameters. Lists are joined by commas, booleans in lower case, null is `None`. */
export function queryString(params: JsonObject): string {
  const parts = Object.entries(params).map(([name, value]) => `${escape(name)}=${escape(textOf(value))}`)
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** A name or a list of names as one part of a path. */
export function pathPart(value: JsonValue): string {
  return escape(textOf(value))
}

function textOf(value: JsonValue): string {
  if (value === null) return 'None'
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return value.map((item: JsonValue) => textOf(item)).join(',')
  return printJson(value)
}

// These need no escape in a path part or a query value, and logs stay readable.
const READABLE: Readonly<Record<string, string>> = { '%2C': ',', '%3A': ':', '%5B': '[', '%5D': ']' }

// encodeURIComponent throws on half a surrogate pair: UTF-8 and back replaces it.
function escape(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).replaceAll(/%2C|%3A|%5B|%5D/g, (code) => READABLE[code] ?? code)
}
