// Elastic Rally's own answers with their numbers as Python wrote them: 94 and 94.0 stay apart.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from '../src/core/json-parse.ts'
import { JsonNumber, isObject, type JsonObject, type JsonValue } from '../src/core/json.ts'
import { pythonText } from '../src/core/python-number.ts'
import { fixturesDir } from './fixtures-dir.ts'

const SAMPLE = 'test/fixtures/esrally-vectors'

export interface ExactVector {
  readonly name: string
  readonly kind: string
  readonly input: JsonObject
  readonly expected: JsonValue
  /** Message of the error that Elastic Rally raises instead of an answer. */
  readonly error: string | null
}

/** The cases of one file (`results.json`): all of them where RALLY_FIXTURES names the full set, else the sample. */
export function exactVectors(file: string): readonly ExactVector[] {
  const full = fixturesDir === null ? null : join(fixturesDir, 'esrally-vectors', file)
  const path = full !== null && existsSync(full) ? full : join(SAMPLE, file)
  if (path !== full) console.error(`${file}: RALLY_FIXTURES is not set, only the sample in ${SAMPLE} is checked`)
  return (special(parseJson(readFileSync(path, 'utf8'))) as readonly JsonObject[]).map((raw) => ({
    name: String(raw['name']),
    kind: String(raw['kind'] ?? ''),
    input: raw['input'] as JsonObject,
    expected: raw['expected'] ?? null,
    error: 'error' in raw ? String(raw['error']) : null
  }))
}

// What JSON cannot hold: {"$float": "nan"}, {"$int": "123…"}.
function special(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(special)
  if (!isObject(value)) return value
  if (typeof value['$int'] === 'string') return new JsonNumber(value['$int'])
  if (typeof value['$float'] === 'string') return new JsonNumber(FLOATS[value['$float']] ?? 'NaN')
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, special(member)]))
}

const FLOATS: Readonly<Record<string, string>> = { inf: 'Infinity', '-inf': '-Infinity', nan: 'NaN' }

/** Text with sorted keys in which equal values are equal, and 94 is not 94.0. */
export function canonical(value: unknown): string {
  if (typeof value === 'number' || value instanceof JsonNumber) return pythonText(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

/** Reports every case that `check` throws for, by name, at once. */
export function failuresOf(cases: readonly ExactVector[], check: (vector: ExactVector) => void): readonly string[] {
  const failures: string[] = []
  for (const vector of cases) {
    try {
      check(vector)
    } catch (error) {
      failures.push(`${vector.name}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1500))
    }
  }
  return failures
}

/** Fails with the first place where two texts differ: whole reports in a message tell nothing. */
export function assertSameText(actual: string, expected: string): void {
  if (actual === expected) return
  let at = 0
  while (at < actual.length && actual[at] === expected[at]) at++
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(at - 60, 0), at + 60))
  throw new Error(`at ${at}: got ${around(actual)}, expected ${around(expected)}`)
}
