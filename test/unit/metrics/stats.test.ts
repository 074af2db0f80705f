import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../src/core/json.ts'
import { objectAt, objectsAt } from '../../../src/core/json-path.ts'
import type { PythonNumber } from '../../../src/core/python-number.ts'
import type { SampleType } from '../../../src/metrics/measurement.ts'
import { RecordStore } from '../../../src/metrics/record-store.ts'
import { recordedResults } from '../../../src/metrics/results.ts'
import { exactly } from '../../../src/metrics/task-figures.ts'
import { canonical, exactVectors, failuresOf } from '../../exact-vectors.ts'
import { trackFrom } from './store-from-vector.ts'

const newStore = (): RecordStore =>
  new RecordStore(
    {
      raceId: 'r',
      raceTimestamp: '20240102T030405Z',
      environment: 'local',
      track: 't',
      challenge: 'c',
      car: 'external',
      trackParams: {},
      clusterMeta: {}
    },
    { nowSeconds: () => 0, elapsedSeconds: () => 0 }
  )

/** The item of the one task `a`. */
function itemOf(store: RecordStore, operationType: string): JsonObject {
  const track = trackFrom({
    track_name: 't',
    track: { schedule: [{ name: 'a', operation: { name: 'op', 'operation-type': operationType } }] }
  })
  return (
    objectsAt(
      recordedResults(store, track, () => false),
      'op_metrics'
    )[0] ?? {}
  )
}

test('time and throughput figures of a task are Elastic Rally’s', () => {
  const cases = exactVectors('percentiles.json').filter(({ kind }) => kind === 'stats')
  assert.ok(cases.length > 0)
  assert.deepEqual(
    failuresOf(cases, ({ input, expected }) => {
      const store = newStore()
      const ofTask = { task: 'a', operation: 'op', operationType: 'search', unit: 'ms' }
      for (const sampleType of ['warmup', 'normal'] as const) {
        for (const value of (input[sampleType] ?? []) as readonly PythonNumber[]) {
          for (const name of ['latency', 'throughput']) store.putValue({ ...ofTask, name, value, sampleType, meta: { success: true } })
        }
      }
      const item = itemOf(store, 'search')
      const wanted = expected as JsonObject
      assert.equal(canonical(item['latency']), canonical(wanted['single_latency']))
      assert.deepEqual(Object.keys(objectAt(item, 'latency')), wanted['single_latency_key_order'])
      assert.equal(canonical(item['throughput']), canonical(wanted['summary_stats']))
      const all = exactly(store.select('latency').flatMap(({ value }) => value ?? []))
      assert.equal(canonical(all.count === 0 ? null : all.percentile(50)), canonical(wanted['all_types_median']))
    }),
    []
  )
})

test('error rate and duration of a task are Elastic Rally’s', () => {
  const cases = exactVectors('percentiles.json').filter(({ kind }) => kind === 'error-rate')
  assert.ok(cases.length > 0)
  assert.deepEqual(
    failuresOf(cases, ({ input, expected }) => {
      const store = newStore()
      for (const row of objectsAt(input, 'service_time_docs')) {
        store.putValue({
          name: 'service_time',
          value: 1,
          unit: 'ms',
          task: String(row['task']),
          operation: 'op',
          operationType: String(row['operation_type']),
          sampleType: row['type'] as SampleType,
          relativeTime: Number(row['relative_time']),
          meta: { success: row['success'] ?? null }
        })
      }
      const item = itemOf(store, String(input['operation_type']))
      assert.equal(
        canonical([item['duration'], item['error_rate']]),
        canonical([objectAt(expected)['duration_ms'], objectAt(expected)['error_rate']])
      )
    }),
    []
  )
})
