import { test } from 'node:test'
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import fc from 'fast-check'
import { assignClients, assignWorkers, workerAssignments } from '../../../src/allocation/assignment.ts'
import { RallyError } from '../../../src/core/errors.ts'
import { vectors } from '../../vectors.ts'

interface WorkersCase {
  readonly name: string
  readonly input: { readonly clients: number; readonly hosts: readonly { host: string; cores: number }[] }
  readonly expected: unknown
}

test("Elastic Rally's own rule for workers is kept for comparison", () => {
  for (const { name, input, expected } of vectors<WorkersCase>('workers.json')) {
    deepEqual(workerAssignments(input.hosts, input.clients), expected, name)
  }
})

test("on one node the workers' clients are Elastic Rally's", () => {
  for (const { name, input } of vectors<WorkersCase>('workers.json')) {
    const [host] = input.hosts
    if (input.hosts.length !== 1 || host === undefined) continue
    const theirs = workerAssignments(input.hosts, input.clients)[0]!.workers.filter((worker) => worker.length > 0)
    const [node] = assignClients(input.clients, [{ name: host.host, weight: 1 }])
    deepEqual(assignWorkers(node!.clients, host.cores), theirs, name)
  }
})

const counts = (clients: number, weights: readonly number[]): number[] =>
  assignClients(
    clients,
    weights.map((weight, i) => ({ name: `n${i}`, weight }))
  ).map((node) => node.clients.length)

test('the last remainder of clients goes to the first nodes', () => {
  deepEqual(counts(7, [1, 1, 1]), [3, 2, 2])
  deepEqual(counts(2, [1, 1, 1]), [1, 1, 0])
  deepEqual(counts(0, [1, 1]), [0, 0])
})

test('a node gets clients in proportion to its weight', () => {
  deepEqual(counts(9, [2, 1]), [6, 3])
  deepEqual(counts(10, [1, 2, 0, 4]), [1, 3, 0, 6])
  deepEqual(counts(3, [1e308, 1e308, 1e308]), [1, 1, 1])
})

test('ids are contiguous in the order of the nodes', () => {
  deepEqual(
    assignClients(3, [
      { name: 'a', weight: 1 },
      { name: 'b', weight: 2 }
    ]),
    [
      { name: 'a', clients: [0] },
      { name: 'b', clients: [1, 2] }
    ]
  )
})

test('all wrong weights are named at once', () => {
  const wrong = [
    { name: 'a', weight: -1 },
    { name: 'b', weight: 1 },
    { name: 'c', weight: Number.NaN }
  ]
  throws(
    () => assignClients(1, wrong),
    (error) => error instanceof RallyError && error.problems.length === 2 && /a.*-1/.test(error.problems[0]!)
  )
  throws(() => assignClients(1, []), RallyError)
  throws(() => assignClients(1, [{ name: 'a', weight: 0 }]), RallyError)
})

test('whatever the weights, every client is on one node, and nobody is a whole client away from his share', () => {
  const weights = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 1000, noNaN: true })), {
    minLength: 1,
    maxLength: 9
  })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), weights, (clients, given) => {
      fc.pre(given.some((weight) => weight > 0))
      const nodes = assignClients(
        clients,
        given.map((weight, i) => ({ name: `n${i}`, weight }))
      )
      deepEqual(
        nodes.flatMap((node) => node.clients),
        Array.from({ length: clients }, (_, i) => i)
      )
      const heaviest = Math.max(...given)
      const sum = given.reduce((a, b) => a + b / heaviest, 0)
      nodes.forEach((node, i) => ok(Math.abs(node.clients.length - (clients * (given[i]! / heaviest)) / sum) < 1 + 1e-9))
    })
  )
})

test('workers share the ids of their node evenly, and none is without', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 64 }), (clients, workers) => {
      const ids = Array.from({ length: clients }, (_, i) => 7 + i)
      const parts = assignWorkers(ids, workers)
      deepEqual(parts.flat(), ids)
      equal(parts.length, Math.min(clients, workers))
      const sizes = parts.map((part) => part.length)
      ok(sizes.length === 0 || Math.max(...sizes) - Math.min(...sizes) <= 1)
    })
  )
})
