import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { allocate } from '../../../src/allocation/allocation.ts'
import type { Allocation, Cell } from '../../../src/allocation/allocation.ts'
import { clientsOf, tasksOf } from '../../../src/track/track.ts'
import { scheduleFromJson } from '../../schedule-from-json.ts'
import { vectors } from '../../vectors.ts'

interface AllocatorCase {
  readonly name: string
  readonly input: { readonly schedule: readonly Record<string, unknown>[]; readonly exclude_tasks?: readonly string[] }
  readonly expected: { clients: number; join_points: number[]; matrix: unknown[][]; steps: number; tasks_per_joinpoint: string[][] }
}

test("every schedule is dealt as Elastic Rally's allocator deals it", () => {
  for (const { name, input, expected } of vectors<AllocatorCase>('allocator.json')) {
    const allocation = allocate(scheduleFromJson(input.schedule, input.exclude_tasks))
    equal(allocation.clients, expected.clients, name)
    deepEqual(
      allocation.rows.map((row) => row.map(asInVector)),
      expected.matrix,
      name
    )
    equal(allocation.steps.length, expected.steps, name)
    deepEqual(joinPoints(allocation), expected.join_points, name)
    // Elastic Rally leaves out the steps of a `parallel` that the task filter has emptied.
    deepEqual(
      taskNames(allocation).filter((names) => names.length > 0),
      expected.tasks_per_joinpoint,
      name
    )
  }
})

test('an allocation survives JSON', () => {
  const allocation = allocate(scheduleFromJson([{ operation: 'a', clients: 2 }, { parallel: { tasks: [{ operation: 'b' }] } }]))
  deepEqual(JSON.parse(JSON.stringify(allocation)), allocation)
})

test('a schedule of idle clients still has one client and its join points', () => {
  deepEqual(allocate([]), { clients: 1, rows: [[{ join: 0, completing: [], any: [] }]], steps: [] })
})

const task = (name: string): fc.Arbitrary<Record<string, unknown>> =>
  fc.record({ name: fc.constant(name), operation: fc.constant('o'), clients: fc.integer({ min: 1, max: 9 }) })
const parallel = fc
  .tuple(
    fc.integer({ min: 0, max: 4 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => task(`t${i}`)))),
    fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    fc.constantFrom(undefined, 'any', 't0', 't1')
  )
  .map(([tasks, clients, completedBy]) => ({ parallel: { tasks, clients, 'completed-by': completedBy } }))
const schedules = fc.array(fc.oneof(task('t'), parallel), { maxLength: 6 }).map((schedule) => scheduleFromJson(schedule))

test('every client of every task runs exactly once, and every client meets every join point', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const { clients, rows, steps } = allocate(schedule)
      equal(clients, Math.max(1, ...schedule.map(clientsOf)))
      equal(steps.length, schedule.length)
      equal(rows.length, clients)
      for (const row of rows) {
        equal(row.length, rows[0]?.length)
        deepEqual(
          row.flatMap((cell) => (cell !== null && 'join' in cell ? [cell.join] : [])),
          [...steps.keys(), steps.length]
        )
      }
      for (const [i, step] of steps.entries()) {
        equal(step.clients.length, clients)
        const dealt = step.clients.flat().sort((a, b) => a.globalClientIndex - b.globalClientIndex)
        const wanted = tasksOf(schedule[i]!).flatMap((each) => Array.from({ length: each.clients }, (_, c) => `${each.name}/${c}`))
        deepEqual(
          dealt.map((part) => `${part.task.name}/${part.clientIndexInTask}`),
          wanted
        )
      }
    })
  )
})

test('the rows and the steps say the same', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const { rows, steps } = allocate(schedule)
      rows.forEach((row, client) => {
        const fromRows: Cell[][] = []
        for (const cell of row) {
          if (cell !== null && 'join' in cell) fromRows.push([])
          else if (cell !== null) fromRows.at(-1)?.push(cell)
        }
        deepEqual(
          fromRows.slice(0, -1),
          steps.map((step) => step.clients[client])
        )
      })
    })
  )
})

test('the clients that complete a step are those that run a completing task', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      for (const step of allocate(schedule).steps) {
        step.clients.forEach((list, client) => {
          equal(
            step.completing.includes(client),
            list.some((part) => part.task.completesParent)
          )
          equal(
            step.anyCompleting.includes(client),
            list.some((part) => part.task.anyCompletesParent && !part.task.completesParent)
          )
        })
        ok(step.completing.every((id, i) => i === 0 || id > step.completing[i - 1]!))
      }
    })
  )
})

function asInVector(cell: Cell): unknown {
  if (cell === null || 'join' in cell) return cell
  return {
    task: cell.task.name,
    client_index_in_task: cell.clientIndexInTask,
    global_client_index: cell.globalClientIndex,
    total_clients: cell.totalClients
  }
}

function joinPoints(allocation: Allocation): number[] {
  return allocation.rows[0]!.flatMap((cell) => (cell !== null && 'join' in cell ? [cell.join] : []))
}

function taskNames(allocation: Allocation): string[][] {
  return allocation.steps.map((step) =>
    tasksOf(step.element)
      .map((each) => each.name)
      .sort()
  )
}
