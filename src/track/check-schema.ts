// A rendered document against the format's rules: every violation, each with its place and the rule's place.

import { closestMatch } from '../core/close-match.ts'
import { unreachable } from '../core/exhaustive.ts'
import { isObject, JsonNumber, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import type { DocumentPath } from './document-path.ts'
import { shown, slipOf } from './mistake.ts'
import { comparable } from './python-equality.ts'
import type { ObjectRule, Rule } from './track-schema.ts'

export interface Violation {
  readonly path: DocumentPath
  readonly schemaPath: DocumentPath
  readonly message: string
}

/** Keys without a meaning that look like one that has: accepted, but most likely a slip. */
export interface SuspectKey {
  readonly path: DocumentPath
  readonly key: string
  readonly nearest: string
}

export interface SchemaFindings {
  readonly violations: readonly Violation[]
  readonly suspects: readonly SuspectKey[]
}

/** Python's eye on types: `2.0` and `true` are no integers, `true` is no number. */
export function checkSchema(document: JsonValue, rule: Rule): SchemaFindings {
  const violations: Violation[] = []
  const suspects: SuspectKey[] = []
  const walk = (value: JsonValue, at: Rule, path: DocumentPath, schemaPath: DocumentPath): void => {
    const report = (keyword: string, message: string): void => void violations.push({ path, schemaPath: [...schemaPath, keyword], message })
    const broken = brokenScalar(value, at)
    if (broken !== null) {
      report(broken.keyword, broken.message)
      if (at.type === 'throughput') violations.push({ ...violations.pop()!, schemaPath: [...schemaPath, 'anyOf', 0, broken.keyword] })
    }
    if (at.type === 'list' && Array.isArray(value)) {
      checkList(value as readonly JsonValue[], at, report)
      const { items } = at
      if (items !== undefined) value.forEach((item: JsonValue, i) => walk(item, items, [...path, i], [...schemaPath, 'items']))
    }
    if (at.type === 'object' && isObject(value)) {
      for (const [key, inner] of Object.entries(at.keys ?? {})) {
        const member = value[key]
        if (member !== undefined) walk(member, inner, [...path, key], [...schemaPath, 'properties', key])
      }
      checkKeys(value, at, report)
      for (const suspect of suspectKeys(value, at)) suspects.push({ path: [...path, suspect.key], ...suspect })
    }
  }
  walk(document, rule, [], [])
  return { violations, suspects }
}

interface Broken {
  readonly keyword: string
  readonly message: string
}

const TYPE_WORDS = {
  text: 'a text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  throughput: 'a number or a text such as "10 docs/s"',
  list: 'a list',
  object: 'an object'
} as const

function brokenScalar(value: JsonValue, rule: Rule): Broken | null {
  if (rule.type === 'any') return null
  if (rule.type === 'throughput') {
    if (typeof value === 'string') return null
    return brokenScalar(value, { type: 'number', minimum: 0 }) === null ? null : throughputBroken(value)
  }
  if (!hasType(value, rule.type)) return { keyword: 'type', message: `must be ${TYPE_WORDS[rule.type]} but is ${shown(value)}` }
  if (rule.type === 'text' && rule.oneOf !== undefined && !rule.oneOf.includes(value as string)) {
    const nearest = closestMatch(value as string, rule.oneOf)
    const hint = nearest === null ? '' : `, did you mean [${nearest}]?`
    return { keyword: 'enum', message: `must be one of [${rule.oneOf.join(', ')}] but is ${shown(value)}${hint}` }
  }
  const number = numberOf(value)
  if (number === null) return null
  if ('minimum' in rule && rule.minimum !== undefined && number < rule.minimum) {
    return { keyword: 'minimum', message: `must be at least ${rule.minimum} but is ${shown(value)}` }
  }
  if ('maximum' in rule && rule.maximum !== undefined && number > rule.maximum) {
    return { keyword: 'maximum', message: `must be at most ${rule.maximum} but is ${shown(value)}` }
  }
  return null
}

function throughputBroken(value: JsonValue): Broken {
  if (numberOf(value) !== null) return { keyword: 'minimum', message: `must be at least 0 but is ${shown(value)}` }
  return { keyword: 'type', message: `must be ${TYPE_WORDS.throughput} but is ${shown(value)}` }
}

function hasType(value: JsonValue, type: keyof typeof TYPE_WORDS): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return isInteger(value)
    case 'number':
      return numberOf(value) !== null
    case 'list':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'throughput':
      return true
    default:
      return unreachable(type)
  }
}

/** A plain number prints as it was written, so a fraction or exponent shows in its text. */
function isInteger(value: JsonValue): boolean {
  if (value instanceof JsonNumber) return !value.isFloat
  return typeof value === 'number' && /^-?\d+$/.test(String(value))
}

function checkList(
  list: readonly JsonValue[],
  rule: Extract<Rule, { type: 'list' }>,
  report: (keyword: string, message: string) => void
): void {
  if (rule.minItems !== undefined && list.length < rule.minItems) report('minItems', 'must not be empty but is []')
  if (rule.unique !== true) return
  const seen = new Map<string, number>()
  for (const [i, item] of list.entries()) {
    const key = comparable(item)
    const first = seen.get(key)
    if (first !== undefined) return report('uniqueItems', `must not repeat an item, but items ${first} and ${i} are equal: ${shown(item)}`)
    seen.set(key, i)
  }
}

function checkKeys(value: JsonObject, rule: ObjectRule, report: (keyword: string, message: string) => void): void {
  for (const key of rule.required ?? []) {
    if (Object.hasOwn(value, key)) continue
    report('required', `[${key}] is missing in ${shown(value)}${slipOf(key, value, (other) => isKnown(other, rule))}`)
  }
}

function isKnown(key: string, rule: ObjectRule): boolean {
  return Object.hasOwn(rule.keys ?? {}, key) || (rule.alsoKnown ?? []).includes(key)
}

/** Only very near words: tracks carry keys of their own. */
const SUSPECT_RATIO = 0.85

function suspectKeys(value: JsonObject, rule: ObjectRule): { key: string; nearest: string }[] {
  // An object whose keys are not described (meta, a body), or an operation, may have any.
  if (rule.keys === undefined || Object.hasOwn(rule.keys, 'operation-type')) return []
  const known = [...Object.keys(rule.keys), ...(rule.alsoKnown ?? [])].filter((key) => !Object.hasOwn(value, key))
  return Object.keys(value).flatMap((key) => {
    if (isKnown(key, rule)) return []
    const nearest = closestMatch(key, known, SUSPECT_RATIO)
    return nearest === null ? [] : [{ key, nearest }]
  })
}
