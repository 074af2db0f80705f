// What deciding needs to know of a step.

import { emptyDictionary } from '../core/dictionary.ts'
import type { Step } from '../allocation/allocation.ts'
import type { NodeClients } from '../allocation/assignment.ts'
import { TEST_MODE_THROUGHPUT, targetThroughputOf } from '../scheduler/target-throughput.ts'
import { tasksOf, type ScheduleElement } from '../track/track.ts'

export interface CompletingTask {
  readonly task: string
  /** Clients of the task by node; a node without one is missing. */
  readonly clients: Readonly<Record<string, number>>
  /** The first client done is enough. */
  readonly any: boolean
}

export interface StepFacts {
  /** Names in schedule order. */
  readonly tasks: readonly string[]
  /** Clients of each task, in the order of `tasks`, over all nodes. */
  readonly clients: readonly number[]
  /** Those whose end ends the `parallel` around them. */
  readonly completing: readonly CompletingTask[]
}

export function stepFactsOf(steps: readonly Step[], shares: readonly NodeClients[]): StepFacts[] {
  return steps.map((step) => {
    const tasks = tasksOf(step.element)
    const completing = tasks
      .filter((task) => task.completesParent || task.anyCompletesParent)
      .map((task) => ({ task: task.name, clients: clientsByNode(step, task.name, shares), any: task.anyCompletesParent }))
    return { tasks: tasks.map((task) => task.name), clients: tasks.map((task) => task.clients), completing }
  })
}

/** Parts of a task by node: a client that plays two of them counts twice, as it ends twice. */
function clientsByNode(step: Step, task: string, shares: readonly NodeClients[]): Record<string, number> {
  const byNode = emptyDictionary<number>()
  for (const { name, clients } of shares) {
    const parts = clients.reduce((sum, client) => sum + (step.clients[client] ?? []).filter((part) => part.task.name === task).length, 0)
    if (parts > 0) byNode[name] = parts
  }
  return byNode
}

/** Names of the tasks whose requests are due at set times. */
export function throttledTasks(schedule: readonly ScheduleElement[]): ReadonlySet<string> {
  const tasks = schedule.flatMap(tasksOf).filter((task) => (targetThroughputOf(task)?.value ?? TEST_MODE_THROUGHPUT) < TEST_MODE_THROUGHPUT)
  return new Set(tasks.map((task) => task.name))
}
