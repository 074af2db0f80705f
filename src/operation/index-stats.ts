// index-stats: `GET /{index}/_stats/_all`, if wanted until a figure has an expected value.

import { JsonNumber, isObject, numberOf, type JsonValue } from '../core/json.ts'
import { parseJson } from '../core/json-parse.ts'
import { printJson } from '../core/json-print.ts'
import type { TargetAnswer, TargetRequest } from '../target/request.ts'
import { defineOperation, done, mandatory, sendOk } from './define-operation.ts'
import { unmet } from './failure.ts'
import type { OperationResult } from './operation.ts'
import { shown, truthy } from './python-values.ts'
import { pathPart, queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'

interface Stats {
  readonly request: TargetRequest
  readonly condition: Condition | null
}

interface Condition {
  readonly path: string
  readonly expected: JsonValue
}

export const indexStats = defineOperation<Stats>({
  name: 'index-stats',
  isAdmin: false,
  isRetried: true,

  encode(params, operation) {
    const parts = requestParts(params)
    const target = truthy(params['index']) ? pathPart(params['index'] ?? null) : '_all'
    const given = params['condition']
    const condition = isObject(given)
      ? { path: shown(mandatory(given, 'path', operation)), expected: mandatory(given, 'expected-value', operation) }
      : null
    const request: TargetRequest = {
      method: 'GET',
      path: `/${target}/_stats/_all${queryString(parts.query)}`,
      body: null,
      ...sendOptions(parts),
      keep: condition === null ? 'none' : 'all'
    }
    return { request, condition }
  },

  async execute(client, { request, condition }) {
    const answer = await sendOk(client, request)
    return condition === null ? done(answer.wireBytes) : judge(condition, answer)
  }
})

function judge({ path, expected }: Condition, answer: TargetAnswer): OperationResult {
  let actual: JsonValue | undefined = parseJson(answer.body.toString('utf8'))
  for (const key of path.split('.')) actual = isObject(actual) ? actual[key] : undefined
  const meta = { condition: { path, 'actual-value': pythonString(actual ?? null), 'expected-value': pythonString(expected) } }
  const success = isEqual(actual ?? null, expected)
  const result = { weight: 1, unit: 'ops', success, bytes: answer.wireBytes, meta }
  if (success) return { ...result, failure: null }
  return {
    ...result,
    failure: unmet(answer, `${path} is ${pythonString(actual ?? null) ?? 'missing'}, not ${pythonString(expected) ?? 'null'}`)
  }
}

function isEqual(a: JsonValue, b: JsonValue): boolean {
  const [x, y] = [numberOf(a), numberOf(b)]
  return x !== null && y !== null ? x === y : printJson(a, { sortKeys: true }) === printJson(b, { sortKeys: true })
}

function pythonString(value: JsonValue): string | null {
  if (value === null) return null
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value instanceof JsonNumber) return value.text
  return shown(value)
}
