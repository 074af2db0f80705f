import type { TaskMeasurement } from '../metrics/measurement.ts'
import { operationType } from '../operation/registry.ts'
import type { TaskResult } from '../protocol/messages.ts'
import { tasksOf, type ScheduleElement } from '../track/track.ts'
import { measurementOf } from './measure.ts'

/** Of all tasks of a schedule that began, in its order. */
export function measurementsOf(schedule: readonly ScheduleElement[], results: Readonly<Record<string, TaskResult>>): TaskMeasurement[] {
  return schedule.flatMap(tasksOf).flatMap((task) => {
    const measured = results[task.name]
    return measured === undefined ? [] : [measurementOf(task, measured, operationType(task.operation.type)?.isAdmin ?? false)]
  })
}
