import { entryOf } from '../core/dictionary.ts'
import type { TaskMeasurement } from '../metrics/measurement.ts'
import { operationType } from '../operation/registry.ts'
import type { TaskResult } from '../protocol/messages.ts'
import { tasksOf, type ScheduleElement } from '../track/track.ts'
import { missingIn } from './losses.ts'
import { measurementOf } from './measure.ts'
import type { NodeRecord } from './node-roll.ts'

/** Of all tasks of a schedule that began, in its order; each says which of the nodes are missing in it. */
export function measurementsOf(
  schedule: readonly ScheduleElement[],
  results: Readonly<Record<string, TaskResult>>,
  nodes: readonly NodeRecord[] = []
): TaskMeasurement[] {
  return schedule.flatMap((element, step) => {
    const missingNodes = missingIn(step, nodes)
    return tasksOf(element).flatMap((task) => {
      const measured = entryOf(results, task.name)
      if (measured === undefined) return []
      return [{ ...measurementOf(task, measured, operationType(task.operation.type)?.isAdmin ?? false), missingNodes }]
    })
  })
}
