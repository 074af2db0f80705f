// When the tasks that end a `parallel` have ended, over all nodes (`completed-by`). Pure.

import { entryOf } from '../core/dictionary.ts'
import type { CompletingTask, StepFacts } from './step-facts.ts'

/** Clients that are done, by task and node. */
export type EndedClients = Readonly<Record<string, Readonly<Record<string, number>>>>

/** Clients of lost nodes count no more; when nobody is left who could end the `parallel`, it has ended. */
export function isComplete(facts: StepFacts, ended: EndedClients, lost: ReadonlySet<string>): boolean {
  const { completing } = facts
  if (completing.length === 0) return false
  const left = completing.filter((task) => clientsLeft(task, lost) > 0)
  return left.length === 0 || left.some((task) => hasEnded(task, entryOf(ended, task.task) ?? {}, lost))
}

function hasEnded(task: CompletingTask, ended: Readonly<Record<string, number>>, lost: ReadonlySet<string>): boolean {
  // The first client done is enough, wherever it was, and whatever became of its node.
  if (task.any) return Object.values(ended).some((clients) => clients > 0)
  return Object.entries(task.clients).every(([node, clients]) => lost.has(node) || (entryOf(ended, node) ?? 0) >= clients)
}

function clientsLeft(task: CompletingTask, lost: ReadonlySet<string>): number {
  return Object.entries(task.clients).reduce((sum, [node, clients]) => sum + (lost.has(node) ? 0 : clients), 0)
}
