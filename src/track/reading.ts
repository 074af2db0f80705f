// Reading values of a rendered document whose types the schema has checked already: what is ill-typed counts as absent here,
// so that one slip is one mistake.

import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import type { DocumentPath } from './document-path.ts'

export interface Finding {
  readonly path: DocumentPath
  readonly message: string
}

/** Collects what a reader finds: mistakes end the load, warnings are only told. */
export class Findings {
  readonly mistakes: Finding[] = []
  readonly warnings: Finding[] = []

  mistake(path: DocumentPath, message: string): void {
    this.mistakes.push({ path, message })
  }

  warn(path: DocumentPath, message: string): void {
    this.warnings.push({ path, message })
  }
}

export function textAt(object: JsonObject, key: string): string | null {
  const value = member(object, key)
  return typeof value === 'string' ? value : null
}

export function numberAt(object: JsonObject, key: string): number | null {
  return numberOf(member(object, key))
}

export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = member(object, key)
  return isObject(value) ? value : {}
}

/** The objects of a list, with their index; other items are left out. */
export function objectsAt(object: JsonObject, key: string): [number, JsonObject][] {
  const value = member(object, key)
  if (!Array.isArray(value)) return []
  return (value as readonly JsonValue[]).flatMap((item, i): [number, JsonObject][] => (isObject(item) ? [[i, item]] : []))
}

/** A member of the document itself, never of JavaScript's prototypes. */
export function member(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** What has no rule in the schema may be anything: a text stays, null is none, the rest is taken as its JSON text. */
export function looseText(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : printJson(value)
}

/** Python's truth of a JSON value. */
export function isTruthy(value: JsonValue): boolean {
  const number = numberOf(value)
  if (number !== null) return number !== 0
  if (Array.isArray(value)) return value.length > 0
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value)
}
