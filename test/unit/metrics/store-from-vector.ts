// The store that a vector of results.json describes.

import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import type { PythonNumber } from '../../../src/core/python-number.ts'
import type { SampleType } from '../../../src/metrics/measurement.ts'
import type { MetricsRecord } from '../../../src/metrics/record.ts'
import { RecordStore, type RecordPlace, type ValueRecord } from '../../../src/metrics/record-store.ts'
import type { RaceHeader } from '../../../src/metrics/race.ts'
import { timestampText } from '../../../src/metrics/race-timestamp.ts'
import type { Track } from '../../../src/track/track.ts'
import { scheduleFromJson } from '../../schedule-from-json.ts'

/** 2024-01-02T03:04:05Z, the clock of all these cases. */
const NOW_SECONDS = 1_704_164_645

const object = (value: JsonValue | undefined): JsonObject => (value ?? {}) as JsonObject
const list = (value: JsonValue | undefined): readonly JsonObject[] => (value ?? []) as readonly JsonObject[]

export function startMsOf(input: JsonObject): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = input['time_start'] as readonly number[]
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

export function carOf(input: JsonObject): string | readonly string[] {
  return (input['car'] ?? ['external']) as string | readonly string[]
}

export function storeFrom(input: JsonObject): RecordStore {
  const tags = Object.entries(object(input['user_tags'])).map(([key, value]) => [`tag_${key}`, value])
  const car = carOf(input)
  const challenges = list(object(input['track'])['challenges'])
  const store = new RecordStore(
    {
      raceId: String(input['race_id']),
      raceTimestamp: timestampText(startMsOf(input)),
      environment: 'local',
      track: String(input['track_name']),
      challenge: String(challenges[0]?.['name'] ?? 'default'),
      car: typeof car === 'string' ? car : car.join('+'),
      trackParams: object(input['track_params']),
      clusterMeta: Object.fromEntries(tags) as JsonObject
    },
    { nowSeconds: () => NOW_SECONDS, elapsedSeconds: () => 0 }
  )
  for (const task of list(input['requests'])) putRequests(store, task)
  for (const task of list(input['throughput'])) putThroughput(store, task)
  for (const [method, fields] of (input['puts'] ?? []) as readonly (readonly [string, JsonObject])[]) put(store, method, fields)
  return store
}

const taskFields = (task: JsonObject): Pick<ValueRecord, 'task' | 'operation' | 'operationType'> => ({
  task: String(task['task']),
  operation: String(task['operation']),
  operationType: String(task['operation_type'])
})

type Row = readonly [SampleType, PythonNumber, PythonNumber, PythonNumber, PythonNumber, boolean]

function putRequests(store: RecordStore, task: JsonObject): void {
  for (const [sampleType, relativeTime, latency, serviceTime, processingTime, success] of task['rows'] as unknown as readonly Row[]) {
    const times = { latency, service_time: serviceTime, processing_time: processingTime }
    for (const [name, value] of Object.entries(times)) {
      const seconds = Number(relativeTime)
      store.putValue({
        ...taskFields(task),
        name,
        value,
        unit: 'ms',
        sampleType,
        absoluteTime: NOW_SECONDS + seconds,
        relativeTime: seconds,
        meta: { success }
      })
    }
  }
}

function putThroughput(store: RecordStore, task: JsonObject): void {
  for (const [sampleType, value] of task['rows'] as unknown as readonly (readonly [SampleType, PythonNumber])[]) {
    store.putValue({ ...taskFields(task), name: 'throughput', value, unit: String(task['unit']), sampleType })
  }
}

function put(store: RecordStore, method: string, fields: JsonObject): void {
  const place = placeOf(fields)
  if (method === 'put_doc') {
    store.putDocument(fields['doc'] as MetricsRecord, place)
    return
  }
  const text = (key: string): string | undefined => (typeof fields[key] === 'string' ? fields[key] : undefined)
  const [task, operation, operationType] = [text('task'), text('operation'), text('operation_type')]
  store.putValue({
    ...place,
    name: String(fields['name']),
    value: fields['value'] as PythonNumber,
    unit: text('unit') ?? null,
    sampleType: (fields['sample_type'] ?? 'normal') as SampleType,
    ...(task === undefined ? {} : { task }),
    ...(operation === undefined ? {} : { operation }),
    ...(operationType === undefined ? {} : { operationType })
  })
}

function placeOf(fields: JsonObject): RecordPlace {
  return {
    ...(fields['node_name'] === undefined ? {} : { node: String(fields['node_name']) }),
    ...(fields['meta_data'] === undefined ? {} : { meta: object(fields['meta_data']) }),
    ...(fields['absolute_time'] === undefined ? {} : { absoluteTime: Number(fields['absolute_time']) }),
    ...(fields['relative_time'] === undefined ? {} : { relativeTime: Number(fields['relative_time']) })
  }
}

/** The track of such a case, as far as results need it: its first challenge, or a bare schedule. */
export function trackFrom(input: JsonObject): Track {
  const raw = object(input['track'])
  const challenge = list(raw['challenges'])[0]
  const schedule = list(challenge?.['schedule'] ?? raw['schedule'])
  return {
    name: String(input['track_name']),
    description: '',
    meta: object(raw['meta']),
    root: '',
    hasPlugins: false,
    indices: [],
    dataStreams: [],
    templates: [],
    composableTemplates: [],
    componentTemplates: [],
    corpora: [],
    dependencies: [],
    challenges: [
      {
        name: String(challenge?.['name'] ?? 'default'),
        description: null,
        userInfo: null,
        isDefault: true,
        isSelected: true,
        isAutoGenerated: challenge === undefined,
        parameters: {},
        meta: object(challenge?.['meta']),
        schedule: scheduleFromJson(schedule)
      }
    ]
  }
}

const ADMIN_TYPES = new Set(
  `force-merge cluster-health put-pipeline put-settings refresh create-index delete-index create-data-stream delete-data-stream create-component-template
  delete-component-template create-composable-template delete-composable-template create-index-template delete-index-template shrink-index
  create-ml-datafeed delete-ml-datafeed start-ml-datafeed stop-ml-datafeed create-ml-job delete-ml-job open-ml-job close-ml-job sleep
  create-snapshot-repository delete-snapshot-repository create-snapshot restore-snapshot create-transform start-transform wait-for-transform
  delete-transform transform-stats create-ilm-policy delete-ilm-policy enrich-policy`.split(/\s+/)
)

/** Whether Elastic Rally leaves tasks of this type out of its reports. */
export const isAdminType = (operationType: string): boolean => ADMIN_TYPES.has(operationType)

export function raceFrom(input: JsonObject): RaceHeader {
  const text = (key: string): string | null => (typeof input[key] === 'string' ? input[key] : null)
  const challenge = list(object(input['track'])['challenges'])[0]
  return {
    raceId: String(input['race_id']),
    startedAtMs: startMsOf(input),
    rallyVersion: '2.13.0',
    rallyRevision: null,
    environment: 'local',
    pipeline: text('pipeline') ?? 'benchmark-only',
    userTags: object(input['user_tags']),
    track: String(input['track_name']),
    trackRevision: text('track_revision'),
    trackParams: object(input['track_params']),
    challenge: challenge === undefined ? null : String(challenge['name']),
    car: carOf(input),
    carParams: object(input['car_params']),
    pluginParams: object(input['plugin_params']),
    cluster: {
      revision: text('revision'),
      distributionVersion: text('distribution_version'),
      distributionFlavor: text('distribution_flavor'),
      teamRevision: text('team_revision')
    }
  }
}
