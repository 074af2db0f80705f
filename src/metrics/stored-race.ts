// A race.json as lists and comparisons read it: ours, or any of Elastic Rally's since 0.8.

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { jsonAt, objectAt, objectsAt, textAt } from '../core/json-path.ts'
import { timestampMs } from './race-timestamp.ts'

export interface StoredRace {
  readonly raceId: string
  /** `20240102T030405Z`. */
  readonly raceTimestamp: string
  readonly startedAtMs: number
  readonly track: string | null
  /** null: made from a top-level `schedule`. */
  readonly challenge: string | null
  /** Names, joined by `+`. */
  readonly car: string | null
  readonly userTags: JsonObject
  /** One for each cluster of the race; none: the race has no results. */
  readonly results: readonly JsonObject[]
  /** `finished` …; null: not ours, so not known. */
  readonly status: string | null
  /** As stored. */
  readonly document: JsonObject
}

/** Throws an Error that says what the document lacks. */
export function storedRace(value: JsonValue): StoredRace {
  if (!isObject(value)) throw new Error('not a JSON object')
  const raceId = textAt(value, 'race-id')
  if (raceId === null) throw new Error('race-id is missing')
  const raceTimestamp = textAt(value, 'race-timestamp')
  const startedAtMs = raceTimestamp === null ? null : timestampMs(raceTimestamp)
  if (raceTimestamp === null || startedAtMs === null) throw new Error('race-timestamp is missing or no timestamp (20240102T030405Z)')
  return {
    raceId,
    raceTimestamp,
    startedAtMs,
    track: textAt(value, 'track'),
    challenge: textAt(value, 'challenge'),
    car: carText(jsonAt(value, 'car')),
    userTags: objectAt(value, 'user-tags'),
    results: resultsOf(value),
    status: textAt(value, 'status'),
    document: value
  }
}

function carText(car: JsonValue): string | null {
  if (typeof car === 'string') return car
  return Array.isArray(car) ? car.map(String).join('+') : null
}

function resultsOf(document: JsonObject): readonly JsonObject[] {
  const results = jsonAt(document, 'results')
  if (Array.isArray(results)) return objectsAt(document, 'results')
  return isObject(results) && Object.keys(results).length > 0 ? [results] : []
}
