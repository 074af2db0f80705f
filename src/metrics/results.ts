// A race's results as race.json holds them (Elastic Rally's GlobalStats): one item per task, then the cluster's figures.
// They come from our measurements, or from the records of a metrics store; both end in the same calculation.

import { numberOf, type JsonObject } from '../core/json.ts'
import { pythonFloat, type PythonNumber } from '../core/python-number.ts'
import { challengeToRun, tasksOf, type Task, type Track } from '../track/track.ts'
import { clusterFigures } from './cluster-figures.ts'
import { measuredTask } from './measured-task.ts'
import type { TaskMeasurement } from './measurement.ts'
import type { MetricsRecord } from './record.ts'
import type { RecordStore } from './record-store.ts'
import { exactly, throughputFigures, timeFigures } from './task-figures.ts'

interface MeasuredRace {
  readonly track: Track
  readonly measurements: readonly TaskMeasurement[]
  /** As telemetry-record makes them. */
  readonly telemetry: readonly MetricsRecord[]
}

/**
 * Results of our own race: Elastic Rally's keys, and ours besides them in each task's item.
 * A task that never began has no item; one that is not reported has one only if it failed.
 */
export function measuredResults(race: MeasuredRace): JsonObject {
  const items = measuredItems(race).filter(({ isShown }) => isShown)
  return { op_metrics: items.map(({ item }) => item), ...clusterFigures(race.telemetry) }
}

/** The items of the tasks that `measuredResults` leaves out: for the account, which covers every request. */
export function unreportedTasks(race: Omit<MeasuredRace, 'telemetry'>): readonly JsonObject[] {
  return measuredItems(race)
    .filter(({ isShown }) => !isShown)
    .map(({ item }) => item)
}

function measuredItems({
  track,
  measurements
}: Omit<MeasuredRace, 'telemetry'>): readonly { readonly item: JsonObject; readonly isShown: boolean }[] {
  const byTask = new Map(measurements.map((measurement) => [measurement.task, measurement]))
  return scheduledTasks(track).flatMap((task) => {
    const measurement = byTask.get(task.name)
    if (measurement === undefined) return []
    const item = measuredTask(measurement, metaOf(track, task))
    return [{ item, isShown: isReported(task, measurement.isAdmin) || (numberOf(item['error_rate']) ?? 0) > 0 }]
  })
}

/** Results of a metrics store, as Elastic Rally calculates them. */
export function recordedResults(store: RecordStore, track: Track, isAdmin: (operationType: string) => boolean): JsonObject {
  const items = scheduledTasks(track).flatMap((task) => {
    const item = recordedTask(store, task, metaOf(track, task))
    const isWanted = isReported(task, isAdmin(task.operation.type)) || (numberOf(item['error_rate']) ?? 0) > 0
    return isWanted ? [item] : []
  })
  return { op_metrics: items, ...clusterFigures(store.records) }
}

function scheduledTasks(track: Track): readonly Task[] {
  return challengeToRun(track)?.schedule.flatMap(tasksOf) ?? []
}

function isReported(task: Task, isAdmin: boolean): boolean {
  const { params } = task.operation
  if (!('include-in-reporting' in params)) return !isAdmin
  const wanted = params['include-in-reporting'] ?? false
  return wanted !== false && wanted !== '' && numberOf(wanted) !== 0
}

/** Metas of track, challenge, operation and task; later ones win. */
function metaOf(track: Track, task: Task): JsonObject {
  return { ...track.meta, ...challengeToRun(track)?.meta, ...task.operation.meta, ...task.meta }
}

function recordedTask(store: RecordStore, task: Task, meta: JsonObject): JsonObject {
  const ofTask = { task: task.name, operationType: task.operation.type }
  const normal = { ...ofTask, sampleType: 'normal' } as const
  const values = (name: string): readonly PythonNumber[] => store.select(name, normal).flatMap(({ value }) => value ?? [])
  const unit = (name: string): string | null => store.select(name, ofTask)[0]?.unit ?? null
  const time = (name: string): JsonObject => timeFigures(exactly(values(name)), unit(name))
  const requests = store.select('service_time', normal)
  const failed = requests.filter((record) => record.meta?.['success'] === false).length
  const starts = store.select('service_time', { task: task.name }).flatMap((record) => record['relative-time'] ?? [])
  return {
    task: task.name,
    operation: task.operation.name,
    throughput: throughputFigures(values('throughput'), unit('throughput')),
    latency: time('latency'),
    service_time: time('service_time'),
    processing_time: time('processing_time'),
    error_rate: pythonFloat(requests.length === 0 ? 0 : failed / requests.length),
    duration: starts.length === 0 ? null : exactly(starts).percentile(100),
    ...(Object.keys(meta).length === 0 ? {} : { meta })
  }
}
