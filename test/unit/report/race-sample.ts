// A race of ours as stored, with everything that a report can show.

import type { JsonObject } from '../../../src/core/json.ts'
import { parseJson } from '../../../src/core/json-parse.ts'
import { printJson } from '../../../src/core/json-print.ts'
import type { HealthReport } from '../../../src/metrics/measurement.ts'
import { raceDocument, type RaceNode, type RaceState } from '../../../src/metrics/race.ts'
import { measuredResults, unreportedTasks } from '../../../src/metrics/results.ts'
import { EMPTY_ACCOUNT, measurementSample, times } from '../metrics/measurement-sample.ts'
import { raceFrom, trackFrom } from '../metrics/store-from-vector.ts'

const INPUT: JsonObject = {
  race_id: 'r-1',
  track_name: 'cities',
  time_start: [2024, 1, 2, 3, 4, 5],
  pipeline: 'embedded',
  track_params: { bulk_size: 100, secret_key: 'abc' },
  track: {
    challenges: [
      {
        name: 'index-only',
        default: true,
        schedule: [
          { name: 'create', operation: { name: 'create', 'operation-type': 'create-index' } },
          { name: 'index', operation: { name: 'bulk', 'operation-type': 'bulk', meta: { level: 'operation' } } },
          { name: 'term', operation: { name: 'term', 'operation-type': 'search' } }
        ]
      }
    ]
  }
}

const MEASUREMENTS = [
  measurementSample({
    task: 'create',
    operation: 'create',
    operationType: 'create-index',
    isAdmin: true,
    clients: 1,
    account: { warmup: EMPTY_ACCOUNT, normal: { ...EMPTY_ACCOUNT, started: 1, ok: 1 } }
  }),
  measurementSample(),
  measurementSample({
    task: 'term',
    operation: 'term',
    operationType: 'search',
    unit: 'ops',
    isThrottled: true,
    targetThroughput: { value: 10, unit: 'ops/s' },
    warmup: times([1, 2, 3]),
    account: {
      warmup: { ...EMPTY_ACCOUNT, started: 3, ok: 3 },
      normal: { started: 20, ok: 8, failed: { 'http-429': 4 }, timedOut: 6, cancelled: 1, unknown: 1, retries: 2 }
    },
    errors: [{ errorClass: 'http-429', httpStatus: 429, description: 'too many\nrequests', body: '{"error":"\u001b[31mred"}' }],
    measuredSeconds: { from: 1, to: 3 },
    measuredElapsedSeconds: 2.5,
    normalWork: 20
  })
]

export const HEALTH: HealthReport = {
  verdict: 'invalid',
  findings: [
    {
      figure: 'event-loop delay p99',
      unit: 'ms',
      worst: 31.5,
      limit: 20,
      breached: true,
      warnsOnly: false,
      where: 'worker 1',
      when: { step: 2, tasks: ['index'], fromSecond: 3, toSecond: 8 },
      seconds: 6,
      advice: 'use more workers'
    },
    {
      figure: 'worker CPU',
      unit: '%',
      worst: 99,
      limit: 95,
      breached: true,
      warnsOnly: true,
      where: 'worker 0',
      when: { step: 3, tasks: ['term'], fromSecond: 0, toSecond: 7 },
      seconds: 8,
      advice: 'fine for an unthrottled task'
    },
    { figure: 'dropped samples', unit: 'samples', worst: 0, limit: 0, breached: false, warnsOnly: false, where: '', when: null, seconds: 0, advice: '' }
  ]
}

const NODE: RaceNode = {
  name: 'a',
  address: '10.0.0.2:1900',
  version: '0.1.0',
  cores: 4,
  'memory-bytes': 8e9,
  os: 'linux 6.1 x64',
  runtime: '20.20.2',
  clients: 1,
  workers: 1,
  requests: 32,
  'start-skew-ms': 0.25,
  'silent-ms': 0,
  'over-limits': false,
  lost: null,
  samples: 'node'
}

export function raceSample(changes: Partial<RaceState> = {}): JsonObject {
  const track = trackFrom(INPUT)
  const telemetry = [
    { name: 'merges_total_time', value: 120_000, unit: 'ms', 'per-shard': [60_000, 60_000] },
    { name: 'store_size_in_bytes', value: 1024 ** 3, unit: 'byte' }
  ]
  const state: RaceState = {
    status: 'finished',
    seed: '42',
    'http-engine': 'lean',
    target: { line: 'embedded node 0.1', distribution: 'embedded' },
    'on-error': 'continue',
    'test-mode': false,
    'duration-seconds': 12.3,
    error: null,
    warnings: ['the disk is slow'],
    health: HEALTH,
    nodes: [NODE, { ...NODE, name: 'b', address: '10.0.0.3:1900', requests: 12, 'over-limits': true, lost: { step: 2, why: 'has been silent for 10 s' } }],
    'unreported-tasks': unreportedTasks({ track, measurements: MEASUREMENTS }),
    ...changes
  }
  const document = raceDocument(raceFrom(INPUT), measuredResults({ track, measurements: MEASUREMENTS, telemetry }), state)
  return parseJson(printJson(document)) as JsonObject
}
