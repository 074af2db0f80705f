// Index settings: any nesting in, flat `index.…` names with text values out, those that matter read as numbers.

import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { illegalArgument } from '../api-error.ts'
import { parseTimeMs } from './time-value.ts'
import { show } from '../show.ts'

export type FlatSettings = ReadonlyMap<string, string>

export interface IndexSettings {
  readonly shards: number
  readonly replicas: number
  /** A search refreshes first if a change is older than this; Infinity: never (`-1`). */
  readonly refreshIntervalMs: number
  readonly maxResultWindow: number
  /** As `GET _settings?flat_settings` shows them, without those Elasticsearch adds itself. */
  readonly flat: FlatSettings
}

/** `{index: {number_of_shards: 1}}`, `{"index.number_of_shards": 1}`, `{number_of_shards: 1}` → `index.number_of_shards` → `1`. */
export function flattenSettings(settings: JsonObject): Map<string, string> {
  const flat = new Map<string, string>()
  for (const [key, value] of flattenEntries(settings)) {
    if (value !== null) flat.set(key.startsWith('index.') ? key : `index.${key}`, value)
  }
  return flat
}

/** Dotted names and text values; null: to be removed. */
export function flattenEntries(settings: JsonObject): Map<string, string | null> {
  const flat = new Map<string, string | null>()
  collect(settings, '', flat)
  return flat
}

function collect(value: JsonValue | undefined, path: string, flat: Map<string, string | null>): void {
  if (isObject(value)) {
    for (const [key, child] of Object.entries(value)) collect(child, path === '' ? key : `${path}.${key}`, flat)
  } else if (Array.isArray(value)) flat.set(path, value.map(String).join(','))
  else flat.set(path, value === null ? null : show(value))
}

/** Throws ApiError if a value cannot be used. */
export function readSettings(flat: FlatSettings): IndexSettings {
  return {
    shards: wholeNumber(flat, 'index.number_of_shards', { fallback: 1, min: 1, max: 1024 }),
    replicas: wholeNumber(flat, 'index.number_of_replicas', { fallback: 1, min: 0, max: 1024 }),
    refreshIntervalMs: readRefreshInterval(flat.get('index.refresh_interval')),
    maxResultWindow: wholeNumber(flat, 'index.max_result_window', { fallback: 10_000, min: 1, max: 1_000_000_000 }),
    flat
  }
}

function readRefreshInterval(text: string | undefined): number {
  if (text === undefined) return 1000
  const ms = parseTimeMs(text, 'index.refresh_interval')
  return ms < 0 ? Number.POSITIVE_INFINITY : ms
}

function wholeNumber(flat: FlatSettings, key: string, limits: { fallback: number; min: number; max: number }): number {
  const text = flat.get(key)
  if (text === undefined) return limits.fallback
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(value)) throw illegalArgument(`Failed to parse value [${text}] for setting [${key}]`)
  if (value < limits.min) throw illegalArgument(`Failed to parse value [${text}] for setting [${key}] must be >= ${limits.min}`)
  if (value > limits.max) throw illegalArgument(`Failed to parse value [${text}] for setting [${key}] must be <= ${limits.max}`)
  return value
}

/** Flat settings → nested objects, as `GET _settings` shows them by default. */
export function nestSettings(flat: Iterable<readonly [string, string]>): JsonObject {
  const root: Record<string, unknown> = {}
  for (const [key, value] of flat) {
    const names = key.split('.')
    let node = root
    for (const name of names.slice(0, -1)) {
      // A setting that is both a value and a parent keeps its dotted name.
      if (typeof node[name] === 'string') break
      if (!Object.hasOwn(node, name)) Object.defineProperty(node, name, { value: {}, enumerable: true, configurable: true, writable: true })
      node = node[name] as Record<string, unknown>
    }
    Object.defineProperty(node, names.at(-1)!, { value, enumerable: true, configurable: true, writable: true })
  }
  return root as JsonObject
}
