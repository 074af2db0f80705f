// How Elastic Rally reads lists and maps on the command line: `a,b`, `k:v,k2:v2`, JSON, or a `.json` file.

import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { messageOf, RallyError } from '../core/errors.ts'
import { parseJson } from '../core/json-parse.ts'
import { isObject, JsonNumber, JsonSyntaxError, type JsonObject, type JsonValue } from '../core/json.ts'
import { floatOf, integerOf, strip } from './number-text.ts'

const JSON_ARRAY = /^\s*\[\s*(\]|".*)/

/**
 * A list: `a, b`, a JSON array of texts, or the name of a `.json` file with one. Blank: empty.
 * Elements of a JSON array stay what they are. Throws RallyError('usage').
 */
export function csvToList(text: string, baseDir?: string): readonly JsonValue[] {
  if (text.endsWith('.json')) {
    const content = readText(text, baseDir)
    if (!JSON_ARRAY.test(content)) throw usage(`${text} must hold a JSON array of texts`)
    return parseDocument(content, text) as readonly JsonValue[]
  }
  if (JSON_ARRAY.test(text)) return parseDocument(text, null) as readonly JsonValue[]
  return strip(text) === '' ? [] : text.split(',').map(strip)
}

/** A list whose elements must be texts. */
export function textList(text: string, baseDir?: string): readonly string[] {
  return csvToList(text, baseDir).map((element) => {
    if (typeof element !== 'string') throw usage(`a list of texts is needed, but ${JSON.stringify(element)} is none`)
    return element
  })
}

/** A map of `key:value` items; the last of equal keys wins. Throws RallyError('usage'). */
export function kvToMap(items: readonly JsonValue[]): JsonObject {
  const map: Record<string, JsonValue> = {}
  for (const item of items) {
    const [key, value] = keyAndValue(item)
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return map
}

/**
 * JSON of any kind, a `.json` file, else `key:value,…`. Throws RallyError('usage').
 * @param readItems reads what is no JSON: the text as Elastic Rally splits it at commas
 */
export function toDict(
  text: string,
  options: { readonly baseDir?: string; readonly readItems?: (items: readonly JsonValue[]) => JsonValue } = {}
): JsonValue {
  if (text.endsWith('.json')) return parseDocument(readText(text, options.baseDir), text)
  try {
    return parseJson(text, { allowNonFinite: true })
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const readItems = options.readItems ?? kvToMap
    try {
      return readItems(splitItems(text, options.baseDir))
    } catch (itemError) {
      if (!/^\s*[{[]/.test(text)) throw itemError
      throw usage(`no JSON (${error.message}), and ${messageOf(itemError)}`)
    }
  }
}

/** As `toDict`, but it must be a map. */
export function keyValues(text: string, baseDir?: string): JsonObject {
  const value = toDict(text, baseDir === undefined ? {} : { baseDir })
  if (isObject(value)) return value
  throw usage(`key:value pairs or a JSON object are needed, not ${JSON.stringify(value)}`)
}

// Where a value in single quotes holds a comma or a colon, Elastic Rally tears it apart and most often crashes.
// Such a value stays whole here; it may not hold a single quote itself.
const QUOTED_ITEM = /^\s*[^:,']*:\s*'[^']*'\s*$/
const TORN_ITEM = /^\s*[^:,']*:\s*'[^']*$/

function splitItems(text: string, baseDir: string | undefined): readonly JsonValue[] {
  if (JSON_ARRAY.test(text)) return csvToList(text, baseDir)
  const parts = strip(text) === '' ? [] : text.split(',')
  const items: string[] = []
  for (let at = 0; at < parts.length; at++) {
    let end = at
    let item = parts[at]!
    while (TORN_ITEM.test(item) && end + 1 < parts.length) item += `,${parts[++end]!}`
    const isWhole = end > at && QUOTED_ITEM.test(item)
    items.push(strip(isWhole ? item : parts[at]!))
    if (isWhole) at = end
  }
  return items
}

function keyAndValue(item: JsonValue): readonly [string, JsonValue] {
  if (typeof item !== 'string') throw usage(`key:value is needed, not ${JSON.stringify(item)}`)
  const colon = item.indexOf(':')
  if (colon === -1) throw usage(`"${item}" is not of the form key:value`)
  const value = strip(item.slice(colon + 1))
  if (value.includes(':') && !QUOTED_ITEM.test(item))
    throw usage(`"${item}" has more than one colon; put the value into single quotes: key:'a:b'`)
  return [strip(item.slice(0, colon)), convert(value)]
}

/** `'text'`, whole number, number, true or false, none, or else a text. */
function convert(value: string): JsonValue {
  if (value.startsWith("'")) return value.slice(1, -1)
  const number = integerOf(value) ?? floatOf(value)
  if (number !== null) return number
  return booleanOf(value) ?? (isNone(value) ? null : value)
}

/** `true` or `false` in any case; null: neither. */
export function booleanOf(value: string): boolean | null {
  const word = value.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : null
}

/** `none` in any case. */
export function isNone(value: string): boolean {
  return value.toLowerCase() === 'none'
}

/** Plain JavaScript values, for those who do not care how a number was written; one beyond 2^53 becomes the nearest double. */
export function plainValue(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return value.valueOf()
  if (Array.isArray(value)) return value.map(plainValue)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainValue(member)]))
}

function parseDocument(content: string, file: string | null): JsonValue {
  try {
    return parseJson(content, { allowNonFinite: true })
  } catch (error) {
    throw usage(file === null ? `no JSON: ${messageOf(error)}` : `${file} holds no JSON: ${messageOf(error)}`)
  }
}

function readText(name: string, baseDir = process.cwd()): string {
  const path = resolve(baseDir, name.startsWith('~/') ? homedir() + name.slice(1) : name)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new RallyError('usage', `file ${name} cannot be read`, { cause: error })
  }
}

function usage(message: string): RallyError {
  return new RallyError('usage', message)
}
