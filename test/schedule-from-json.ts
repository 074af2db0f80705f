// A schedule as track files write it → the data types of a track, for tests below the loader. Checks nothing.

import type { JsonObject } from '../src/core/json.ts'
import type { Parallel, ScheduleElement, Task } from '../src/track/track.ts'

interface Written {
  readonly [key: string]: unknown
}

const INHERITED = ['warmup-iterations', 'iterations', 'warmup-time-period', 'time-period', 'ramp-up-time-period']

export function scheduleFromJson(schedule: readonly Written[], excluded: readonly string[] = []): ScheduleElement[] {
  return schedule
    .map((element) => elementFromJson(element, excluded))
    .filter((element) => element.kind === 'parallel' || !excluded.includes(element.name))
}

function elementFromJson(element: Written, excluded: readonly string[]): ScheduleElement {
  const parallel = element['parallel'] as Written | undefined
  if (parallel === undefined) return taskFromJson(element)
  const tasks = (parallel['tasks'] as Written[])
    .map((task) => taskFromJson({ ...pick(parallel, INHERITED), ...task }, parallel['completed-by'] as string | undefined))
    .filter((task) => !excluded.includes(task.name))
  return { kind: 'parallel', tasks, clients: numberOf(parallel['clients']) } satisfies Parallel
}

export function taskFromJson(task: Written, completedBy?: string): Task {
  const operation = typeof task['operation'] === 'string' ? { name: task['operation'] } : (task['operation'] as Written)
  const name = String(task['name'] ?? operation['name'])
  return {
    kind: 'task',
    name,
    tags: [],
    operation: {
      name: String(operation['name']),
      type: String(operation['operation-type'] ?? operation['name']),
      paramSource: null,
      meta: (operation['meta'] ?? {}) as JsonObject,
      params: operation as JsonObject
    },
    meta: (task['meta'] ?? {}) as JsonObject,
    clients: numberOf(task['clients']) ?? 1,
    warmupIterations: numberOf(task['warmup-iterations']),
    iterations: numberOf(task['iterations']),
    warmupTimePeriod: numberOf(task['warmup-time-period']),
    timePeriod: numberOf(task['time-period']),
    rampUpTimePeriod: numberOf(task['ramp-up-time-period']),
    completesParent: completedBy === name,
    anyCompletesParent: completedBy === 'any',
    schedule: typeof task['schedule'] === 'string' ? task['schedule'] : null,
    params: task as JsonObject
  }
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function pick(object: Written, keys: readonly string[]): Written {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)))
}
