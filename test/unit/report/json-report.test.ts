import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import { objectAt, objectsAt } from '../../../src/core/json-path.ts'
import { JSON_REPORT_FIELDS } from '../../../src/report/json-fields.ts'
import { jsonReport } from '../../../src/report/json-report.ts'
import { raceSample } from './race-sample.ts'

const report = (): JsonObject => JSON.parse(jsonReport(raceSample())) as JsonObject

/** Paths of all values; a documented path is not looked into any further. */
function paths(value: JsonValue, path: string): readonly string[] {
  if (path in JSON_REPORT_FIELDS) return [path]
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => paths(item, `${path}[]`))
  if (!isObject(value)) return [path]
  return Object.entries(value).flatMap(([key, member]) => paths(member, path === '' ? key : `${path}.${key}`))
}

test('every field is documented, and every documented field is there', () => {
  assert.deepEqual([...new Set(paths(report(), ''))].sort(), Object.keys(JSON_REPORT_FIELDS).sort())
})

test('numbers carry their unit in their name, percentiles theirs in their key', () => {
  const [, term = {}] = objectsAt(report(), 'tasks')
  assert.deepEqual(objectAt(term, 'service_time_ms'), { p50: 10.5, p90: 18.1, p100: 20, mean: 10.5 })
  assert.deepEqual(objectAt(report(), 'cluster', 'merge_time_ms'), { total: 120_000, min: 60_000, median: 60_000, max: 60_000 })
  assert.deepEqual([term['task'], term['in_summary'], term['samples'], term['warmup_samples']], ['term', true, 20, 3])
})

test('verdict, account, errors and tasks left out of the summary are in it', () => {
  const whole = report()
  assert.equal(objectAt(whole, 'load_generator')['verdict'], 'invalid')
  assert.deepEqual(whole['account'], { started: 44, ok: 32, failed: 4, timed_out: 6, cancelled: 1, unknown: 1, retries: 2 })
  assert.deepEqual(
    objectsAt(whole, 'errors').map((error) => [error['class'], error['count']]),
    [
      ['timeout', 6],
      ['http-429', 4]
    ]
  )
  assert.deepEqual(
    objectsAt(whole, 'tasks').map((task) => [task['task'], task['in_summary']]),
    [
      ['index', true],
      ['term', true],
      ['create', false]
    ]
  )
})

test('secrets are hidden in it', () => {
  assert.equal(objectAt(report(), 'race', 'track_params')['secret_key'], '<hidden>')
})

test('a race that has only begun is a report of nulls, not an error', () => {
  const begun = JSON.parse(jsonReport({ 'race-id': 'x', 'race-timestamp': '20240102T030405Z' })) as JsonObject
  assert.equal(objectAt(begun, 'race')['started_at'], '2024-01-02T03:04:05.000Z')
  assert.deepEqual(begun['tasks'], [])
})
