// Who runs what: a schedule becomes steps, and in each step every client has tasks or idles; all meet at the join point after it.
// The same schedule always gives the same allocation, so it need not travel: whoever has the schedule can make it again.

import { clientsOf, tasksOf } from '../track/track.ts'
import type { ScheduleElement, Task } from '../track/track.ts'

/** One client's part in one task. */
export interface ClientTask {
  readonly task: Task
  /** From 0 to the clients of the task - 1. */
  readonly clientIndexInTask: number
  /** From 0, counted over all tasks of the element; above `totalClients` if the element is over-committed. */
  readonly globalClientIndex: number
  /** Clients of the element the task stands in. */
  readonly totalClients: number
}

/** Where all clients wait for each other. */
export interface JoinPoint {
  readonly join: number
  /** As Elastic Rally lists them: in the order of the tasks, a client once for each of its parts. */
  readonly completing: readonly number[]
  readonly any: readonly number[]
}

export type Cell = ClientTask | JoinPoint | null

/** The stretch between two join points: one element of the schedule. */
export interface Step {
  readonly index: number
  readonly element: ScheduleElement
  /** For each client id the tasks it runs one after another; empty: it idles. */
  readonly clients: readonly (readonly ClientTask[])[]
  /** Clients whose task ends the `parallel`, ascending: it ends when all of them are done. */
  readonly completing: readonly number[]
  /** Clients of which the first one done ends the `parallel`, ascending. */
  readonly anyCompleting: readonly number[]
}

export interface Allocation {
  /** Clients of the race: as many as its largest element needs, at least 1. */
  readonly clients: number
  /** Elastic Rally's matrix: a row for each client, filled up with null. */
  readonly rows: readonly (readonly Cell[])[]
  readonly steps: readonly Step[]
}

/**
 * Deals the tasks of a schedule to clients as Elastic Rally does: within an element the clients of its tasks are numbered on,
 * and wrap around at the race's number of clients (not at the element's `clients`, which only numbers them).
 */
export function allocate(schedule: readonly ScheduleElement[]): Allocation {
  const clients = schedule.reduce((max, element) => Math.max(max, clientsOf(element)), 1)
  const steps = schedule.map((element, index) => stepOf(element, index, clients))
  return { clients, rows: rowsOf(clients, steps), steps }
}

function stepOf(element: ScheduleElement, index: number, clients: number): Step {
  const lists: ClientTask[][] = Array.from({ length: clients }, () => [])
  const completing = new Set<number>()
  const anyCompleting = new Set<number>()
  const totalClients = clientsOf(element)
  let globalClientIndex = 0
  for (const task of tasksOf(element)) {
    for (let clientIndexInTask = 0; clientIndexInTask < task.clients; clientIndexInTask++) {
      const client = globalClientIndex % clients
      lists[client]!.push({ task, clientIndexInTask, globalClientIndex, totalClients })
      if (task.completesParent) completing.add(client)
      else if (task.anyCompletesParent) anyCompleting.add(client)
      globalClientIndex++
    }
  }
  return { index, element, clients: lists, completing: ascending(completing), anyCompleting: ascending(anyCompleting) }
}

function rowsOf(clients: number, steps: readonly Step[]): Cell[][] {
  const rows: Cell[][] = Array.from({ length: clients }, () => [{ join: 0, completing: [], any: [] }])
  for (const step of steps) {
    const columns = step.clients.reduce((max, list) => Math.max(max, list.length), 0)
    const join: JoinPoint = {
      join: step.index + 1,
      completing: partsWhere(step, (task) => task.completesParent),
      any: partsWhere(step, (task) => task.anyCompletesParent && !task.completesParent)
    }
    rows.forEach((row, client) => {
      for (let column = 0; column < columns; column++) row.push(step.clients[client]?.[column] ?? null)
      row.push(join)
    })
  }
  return rows
}

function partsWhere(step: Step, wanted: (task: Task) => boolean): number[] {
  return step.clients
    .flatMap((parts, client) => parts.filter((part) => wanted(part.task)).map((part) => ({ client, order: part.globalClientIndex })))
    .sort((a, b) => a.order - b.order)
    .map((part) => part.client)
}

function ascending(ids: ReadonlySet<number>): number[] {
  return [...ids].sort((a, b) => a - b)
}
