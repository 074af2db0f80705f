// `version` of a track document, checked before its format, so that an old track is not called names.

import { JsonNumber, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { shown } from './mistake.ts'
import { member } from './reading.ts'

const SUPPORTED_VERSION = 2

/** What is wrong with it in words, or null. Takes what Python's `int()` takes; whether it is an integer the schema says. */
export function versionProblem(document: JsonObject): string | null {
  const given = member(document, 'version')
  if (given === undefined) return null
  const version = pythonInt(given)
  if (version === null) return `must be the number ${SUPPORTED_VERSION} but is ${shown(given)}`
  if (version < SUPPORTED_VERSION) return `the track is on version ${version} but must be brought to version ${SUPPORTED_VERSION}`
  if (version > SUPPORTED_VERSION)
    return `the track is on version ${version}, which needs a newer Rally (this one reads version ${SUPPORTED_VERSION})`
  return null
}

function pythonInt(value: JsonValue): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string') return /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(value) ? Number(value.replaceAll('_', '')) : null
  const number = numberOf(value)
  if (number === null || (value instanceof JsonNumber && !Number.isFinite(number) && value.isFloat)) return null
  return Math.trunc(number)
}
