// Which indices and data streams an operation creates or deletes: those it names, else those the track declares.

import { RallyError } from '../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { Operation, Track } from '../track/track.ts'
import { given, listOf, truthy } from './python-values.ts'

/** `indices`: pairs of name and body. */
export function createIndexParams({ params }: Operation, track: Track): JsonObject {
  return { ...params, indices: definitions(params, track), 'request-params': given(params, 'request-params', {}) }
}

function definitions(params: JsonObject, track: Track): JsonValue[] {
  if (track.indices.length === 0) return listOf(needed(params, 'index', 'create-index')).map((name) => [name, params['body'] ?? null])
  return track.indices
    .filter(({ name }) => isWanted(params['index'], name))
    .map(({ name, body }) => [name, withSettings(body, params['settings'])])
}

/** An empty text selects nothing, as it names no index; nothing at all and an empty list select all. */
function isWanted(wanted: JsonValue | undefined, name: string): boolean {
  if (typeof wanted === 'string') return wanted === name
  return !truthy(wanted) || listOf(wanted).includes(name)
}

/** `settings` of the operation over those of the body, key by key of the first level. */
export function withSettings(body: JsonObject, settings: JsonValue | undefined): JsonObject {
  if (!isObject(settings) || !truthy(settings)) return body
  return { ...body, settings: isObject(body['settings']) ? { ...body['settings'], ...settings } : settings }
}

/** `indices`: names. */
export function deleteIndexParams({ params }: Operation, track: Track): JsonObject {
  const indices = targets(
    params['index'],
    track.indices.map(({ name }) => name)
  )
  if (indices === null) throw new RallyError('track', 'delete-index operation targets no index')
  return { ...params, indices, ...deletion(params) }
}

/** `data-streams`: names. */
export function createDataStreamParams({ params }: Operation, track: Track): JsonObject {
  const declared = track.dataStreams.map(({ name }) => name)
  const names =
    declared.length === 0
      ? listOf(needed(params, 'data-stream', 'create-data-stream'))
      : declared.filter((name) => isWanted(params['data-stream'], name))
  return { ...params, 'data-streams': names, 'request-params': given(params, 'request-params', {}) }
}

/** `data-streams`: names. */
export function deleteDataStreamParams({ params }: Operation, track: Track): JsonObject {
  const names = targets(
    params['data-stream'],
    track.dataStreams.map(({ name }) => name)
  )
  if (names === null) throw new RallyError('track', 'delete-data-stream operation targets no data stream')
  return { ...params, 'data-streams': names, ...deletion(params) }
}

function targets(named: JsonValue | undefined, declared: readonly string[]): readonly JsonValue[] | null {
  if (truthy(named)) return listOf(named)
  return declared.length === 0 ? null : declared
}

/** What every deletion says besides its targets. */
export function deletion(params: JsonObject): JsonObject {
  return { 'only-if-exists': given(params, 'only-if-exists', true), 'request-params': given(params, 'request-params', {}) }
}

function needed(params: JsonObject, key: string, type: string): JsonValue {
  const value = params[key] ?? null
  if (value === null) throw new RallyError('track', `Please set the property '${key}' for the ${type} operation`)
  return value
}
