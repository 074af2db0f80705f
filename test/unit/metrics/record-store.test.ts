import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numberOf, type JsonObject } from '../../../src/core/json.ts'
import type { SampleType } from '../../../src/metrics/measurement.ts'
import { RecordStore, epochMs } from '../../../src/metrics/record-store.ts'
import { SampleRecorder, type RequestSample } from '../../../src/metrics/sample-records.ts'
import { canonical, exactVectors, failuresOf } from '../../exact-vectors.ts'
import { storeFrom } from './store-from-vector.ts'

const object = (value: unknown): JsonObject => (value ?? {}) as JsonObject

test('records have Elastic Rally’s fields', () => {
  const cases = exactVectors('results.json').filter((vector) => vector.kind === 'store-docs')
  assert.ok(cases.length > 0)
  assert.deepEqual(
    failuresOf(cases, ({ input, expected }) => assert.equal(canonical(storeFrom(input).records), canonical(expected))),
    []
  )
})

test('request samples become the records that Elastic Rally files', () => {
  const cases = exactVectors('throughput.json').filter((vector) => vector.kind === 'postprocess')
  assert.ok(cases.length > 0)
  assert.deepEqual(
    failuresOf(cases, ({ input, expected }) => {
      const store = storeFor(input)
      const recorder = new SampleRecorder(store, tasksOf(input), Number(input['downsample_factor']))
      for (const batch of input['batches'] as readonly (readonly JsonObject[])[]) recorder.add(batch.map(sampleOf))
      assert.equal(canonical(store.records), canonical(object(expected)['docs']))
    }),
    []
  )
})

function storeFor(input: JsonObject): RecordStore {
  const tags = Object.entries(object(input['user_tags'])).map(([key, value]) => [`tag_${key}`, value])
  const car = (input['car'] ?? ['defaults']) as readonly string[]
  return new RecordStore(
    {
      raceId: 'race-1',
      raceTimestamp: '20240102T030405Z',
      environment: 'local',
      track: 'trk',
      challenge: 'c',
      car: car.join('+'),
      trackParams: object(input['track_params']),
      clusterMeta: Object.fromEntries(tags) as JsonObject
    },
    { nowSeconds: () => 0, elapsedSeconds: () => 0 }
  )
}

function tasksOf(input: JsonObject): Map<string, { operation: string; operationType: string; meta: JsonObject }> {
  return new Map(
    (input['schedule'] as readonly JsonObject[]).map((task) => {
      const operation = object(task['operation'])
      const meta = {
        ...object(input['track_meta']),
        ...object(input['challenge_meta']),
        ...object(operation['meta']),
        ...object(task['meta'])
      }
      return [
        String(task['name'] ?? operation['name']),
        { operation: String(operation['name']), operationType: String(operation['operation-type']), meta }
      ]
    })
  )
}

function sampleOf(raw: JsonObject): RequestSample {
  const number = (key: string): number => Number(raw[key])
  return {
    task: String(raw['task']),
    clientId: number('client'),
    absoluteTime: number('absolute_time'),
    relativeTime: number('relative_time'),
    timePeriod: number('time_period'),
    sampleType: raw['type'] as SampleType,
    work: number('ops'),
    unit: String(raw['unit']),
    reported: numberOf(raw['throughput']),
    latency: number('latency'),
    serviceTime: number('service_time'),
    processingTime: number('processing_time'),
    meta: object(raw['meta']),
    parts: ((raw['dependent_timing'] ?? []) as readonly JsonObject[]).map(({ dependent_timing: timing, ...meta }) => ({
      operation: String(object(timing)['operation']),
      operationType: String(object(timing)['operation-type']),
      absoluteTime: Number(object(timing)['absolute_time']),
      relativeTime: Number(object(timing)['request_start']),
      serviceTime: Number(object(timing)['service_time']),
      meta
    }))
  }
}

test('wall-clock stamps are whole milliseconds, half to even', () => {
  const cases = exactVectors('units-format.json').filter((vector) => vector.kind === 'to_epoch_millis')
  assert.ok(cases.length > 0)
  assert.deepEqual(
    failuresOf(cases, ({ input, expected }) => {
      assert.equal(epochMs(Number((input['args'] as readonly number[])[0])), Number(expected))
    }),
    []
  )
})

test('a record of a node carries the cluster’s meta, then the node’s, then its own', () => {
  const store = new RecordStore(
    {
      raceId: 'r',
      raceTimestamp: 't',
      environment: 'e',
      track: 't',
      challenge: 'c',
      car: 'external',
      trackParams: {},
      clusterMeta: { a: 1, b: 1, c: 1 }
    },
    { nowSeconds: () => 1, elapsedSeconds: () => 2 }
  )
  store.addNodeMeta('n', { b: 2, c: 2 })
  store.putValue({ name: 'x', value: 1, node: 'n', meta: { c: 3 } })
  assert.deepEqual(store.select('x')[0]?.meta, { a: 1, b: 2, c: 3 })
  assert.deepEqual(store.select('x', { sampleType: 'warmup' }), [])
})
