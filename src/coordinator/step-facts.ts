// What deciding needs to know of a step.

import { tasksOf, type ScheduleElement } from '../track/track.ts'

export interface CompletingTask {
  readonly task: string
  readonly clients: number
  /** The first client done is enough. */
  readonly any: boolean
}

export interface StepFacts {
  /** Names in schedule order. */
  readonly tasks: readonly string[]
  /** Those whose end ends the `parallel` around them. */
  readonly completing: readonly CompletingTask[]
}

export function stepFactsOf(schedule: readonly ScheduleElement[]): StepFacts[] {
  return schedule.map((element) => {
    const tasks = tasksOf(element)
    const completing = tasks
      .filter((task) => task.completesParent || task.anyCompletesParent)
      .map((task) => ({ task: task.name, clients: task.clients, any: task.anyCompletesParent }))
    return { tasks: tasks.map((task) => task.name), completing }
  })
}
