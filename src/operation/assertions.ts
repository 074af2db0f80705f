// `assertions` of an operation: what its result must say of itself, or the race ends.

import { RallyError } from '../core/errors.ts'
import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import type { OperationResult, RunContext } from './operation.ts'
import { shown } from './python-values.ts'

const CONDITIONS = ['>', '>=', '==', '<=', '<'] as const

export interface Assertion {
  /** Path with dots into the result. */
  readonly property: string
  readonly condition: (typeof CONDITIONS)[number]
  readonly value: JsonValue
}

/** The assertions in an operation's parameters; throws RallyError('track') for what is none. */
export function assertionsOf(params: JsonObject, operation: string): readonly Assertion[] {
  const list = params['assertions'] ?? []
  if (!Array.isArray(list)) throw new RallyError('track', `the assertions of operation '${operation}' are no list`)
  return list.map((item: JsonValue) => {
    const condition = isObject(item) ? CONDITIONS.find((known) => known === item['condition']) : undefined
    if (!isObject(item) || typeof item['property'] !== 'string' || !('value' in item) || condition === undefined) {
      throw new RallyError('track', `operation '${operation}' has an assertion that is none: ${shown(item)}`, {
        hint: `write {"property": "hits", "condition": ">", "value": 0}; conditions are ${CONDITIONS.join(' ')}`
      })
    }
    return { property: item['property'], condition, value: item['value'] ?? null }
  })
}

/** Throws RallyError('request') for the first assertion that a successful result does not meet. */
export function checkAssertions(assertions: readonly Assertion[], operation: string, result: OperationResult, context: RunContext): void {
  if (context.checksAssertions !== true || assertions.length === 0 || !result.success) return
  const properties: JsonObject = { ...result.meta, weight: result.weight, unit: result.unit, success: result.success }
  for (const { property, condition, value } of assertions) {
    const actual = at(properties, property)
    if (actual !== undefined && holds(actual, condition, value)) continue
    const was = actual === undefined ? 'there is no such property' : `was [${shown(actual)}]`
    throw new RallyError('request', `Expected [${property}] in [${operation}] to be ${condition} [${shown(value)}] but ${was}.`, {
      hint: 'check the data and the query, or run without --enable-assertions'
    })
  }
}

function at(properties: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = properties
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined
  return value
}

function holds(actual: JsonValue, condition: Assertion['condition'], value: JsonValue): boolean {
  const [a, b] = [comparable(actual), comparable(value)]
  if (condition === '==') return a === b
  if (typeof a !== typeof b) return false
  if (condition === '>') return a > b
  if (condition === '>=') return a >= b
  return condition === '<=' ? a <= b : a < b
}

function comparable(value: JsonValue): number | string {
  return numberOf(value) ?? shown(value)
}
