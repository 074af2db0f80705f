import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../src/core/json.ts'
import { objectsAt } from '../../../src/core/json-path.ts'
import { measuredResults } from '../../../src/metrics/results.ts'
import { EMPTY_ACCOUNT, measurementSample, times } from './measurement-sample.ts'
import { trackFrom } from './store-from-vector.ts'

const track = trackFrom({
  track_name: 't',
  track: {
    meta: { dataset: 'x', level: 'track' },
    schedule: [
      { operation: { name: 'bulk', 'operation-type': 'bulk', meta: { level: 'operation' } }, name: 'index' },
      { operation: { name: 'refresh', 'operation-type': 'refresh' } },
      { operation: { name: 'hidden', 'operation-type': 'search', 'include-in-reporting': false } },
      { operation: { name: 'never', 'operation-type': 'search' } }
    ]
  }
})

// Whether a number would be an int in Python does not matter here.
const itemsOf = (results: JsonObject): readonly JsonObject[] => objectsAt(JSON.parse(JSON.stringify(results)) as JsonObject, 'op_metrics')

test('a measured task has Elastic Rally’s keys in its order and units', () => {
  const [item = {}] = itemsOf(measuredResults({ track, measurements: [measurementSample()], telemetry: [] }))
  assert.deepEqual(Object.keys(item).slice(0, 9), [
    'task',
    'operation',
    'throughput',
    'latency',
    'service_time',
    'processing_time',
    'error_rate',
    'duration',
    'meta'
  ])
  assert.deepEqual(item['throughput'], { min: 200, mean: 200, median: 200, max: 200, unit: 'docs/s' })
  assert.deepEqual(item['service_time'], { '50_0': 10.5, '90_0': 18.1, '100_0': 20, mean: 10.5, unit: 'ms' })
  assert.deepEqual(item['meta'], { dataset: 'x', level: 'operation' })
  assert.equal(item['duration'], 9500)
})

test('our own figures stand beside them', () => {
  const [item = {}] = itemsOf(measuredResults({ track, measurements: [measurementSample()], telemetry: [] }))
  assert.deepEqual(item['throughput_per_second'], { min: 200, mean: 200, median: 200, max: 200, unit: 'docs/s', full_seconds: 10 })
  assert.deepEqual(item['sample_count'], { warmup: 0, normal: 20 })
  assert.deepEqual(item['thin_percentiles'], ['90_0'])
  assert.deepEqual(item['send_delay'], { '50_0': 0.25, '90_0': 0.25, '100_0': 0.25, mean: 0.25, unit: 'ms' })
})

test('admin and hidden tasks are left out unless they fail, tasks that never began always', () => {
  const quiet = (task: string, isAdmin: boolean): ReturnType<typeof measurementSample> => measurementSample({ task, isAdmin })
  const failing = measurementSample({
    task: 'refresh',
    isAdmin: true,
    account: { warmup: EMPTY_ACCOUNT, normal: { ...EMPTY_ACCOUNT, started: 4, ok: 3, failed: { 'http-503': 1 } } }
  })
  const names = (measurements: readonly ReturnType<typeof measurementSample>[]): readonly unknown[] =>
    itemsOf(measuredResults({ track, measurements, telemetry: [] })).map((item) => item['task'])
  assert.deepEqual(names([quiet('refresh', true), quiet('hidden', false), measurementSample()]), ['index'])
  assert.deepEqual(names([failing, measurementSample()]), ['index', 'refresh'])
})

test('errors are grouped by class, most frequent first, with one answer body each', () => {
  const [item = {}] = itemsOf(
    measuredResults({
      track,
      measurements: [
        measurementSample({
          account: {
            warmup: { ...EMPTY_ACCOUNT, started: 3, ok: 1, failed: { 'http-429': 2 } },
            normal: { started: 20, ok: 8, failed: { 'http-429': 3, reset: 1 }, timedOut: 6, cancelled: 1, unknown: 1, retries: 2 }
          },
          errors: [{ errorClass: 'http-429', httpStatus: 429, description: 'too many requests', body: '{"error":1}' }]
        })
      ],
      telemetry: []
    })
  )
  assert.deepEqual(item['errors'], [
    { class: 'timeout', count: 6, http_status: null, description: null, body: null },
    { class: 'http-429', count: 5, http_status: 429, description: 'too many requests', body: '{"error":1}' },
    { class: 'reset', count: 1, http_status: null, description: null, body: null }
  ])
  // 10 failed of 18 that ended: cancelled and unknown ones are neither.
  assert.equal(item['error_rate'], 10 / 18)
  assert.deepEqual((item['account'] as JsonObject)['normal'], { started: 20, ok: 8, failed: 4, timed_out: 6, cancelled: 1, unknown: 1, retries: 2 })
})

test('a task without normal samples has no figures, and fails nothing', () => {
  const [item = {}] = itemsOf(
    measuredResults({
      track,
      measurements: [
        measurementSample({
          normal: times([]),
          account: { warmup: EMPTY_ACCOUNT, normal: EMPTY_ACCOUNT },
          seconds: [],
          measuredSeconds: null,
          measuredElapsedSeconds: 0,
          normalWork: 0,
          cumulativeThroughput: [],
          durationMs: null
        })
      ],
      telemetry: []
    })
  )
  assert.deepEqual(item['throughput'], { min: null, mean: null, median: null, max: null, unit: 'docs/s' })
  assert.deepEqual([item['latency'], item['error_rate'], item['duration']], [{}, 0, null])
})
