// Which node, and there which worker, plays which clients. Ids are handed out contiguously and none is lost.

import { RallyError } from '../core/errors.ts'

export interface WeightedNode {
  readonly name: string
  /** Its share relative to the other nodes'; 0: gets no client. */
  readonly weight: number
}

export interface NodeClients {
  readonly name: string
  readonly clients: readonly number[]
}

/**
 * Deals client ids 0 … clients-1 to the nodes in their order, in proportion to their weights, by largest remainder; the first
 * node wins a tie. Throws RallyError('config') if no node can take a client or a weight is no number from 0 up.
 */
export function assignClients(clients: number, nodes: readonly WeightedNode[]): NodeClients[] {
  const problems = nodes
    .filter(({ weight }) => !Number.isFinite(weight) || weight < 0)
    .map(({ name, weight }) => `node ${name}: weight ${weight} is not a number from 0 up`)
  if (problems.length > 0) throw new RallyError('config', 'load drivers: wrong weight', { problems })
  const heaviest = nodes.reduce((max, node) => Math.max(max, node.weight), 0)
  if (heaviest === 0) {
    throw new RallyError('config', `load drivers: ${nodes.length} given, none with a weight above 0`, { hint: 'give one of them weight 1' })
  }
  // Divided by the heaviest first: the sum of huge weights must not overflow.
  const relative = nodes.map((node) => node.weight / heaviest)
  const shares = largestRemainder(clients, relative)
  let next = 0
  return nodes.map(({ name }, i) => {
    const first = next
    next += shares[i]!
    return { name, clients: idsFrom(first, next) }
  })
}

/** Deals ids to workers evenly and contiguously, the first ones get one more; workers without an id are left out. */
export function assignWorkers(ids: readonly number[], workers: number): number[][] {
  let next = 0
  return evenly(ids.length, workers)
    .filter((size) => size > 0)
    .map((size) => {
      next += size
      return ids.slice(next - size, next)
    })
}

export interface HostAssignment {
  readonly host: string
  readonly workers: readonly (readonly number[])[]
}

/** Elastic Rally's own rule, for comparison: hosts are filled up one after another, so the last one may stay empty. */
export function workerAssignments(hosts: readonly { readonly host: string; readonly cores: number }[], clients: number): HostAssignment[] {
  const perHost = Math.ceil(clients / hosts.length)
  let next = 0
  return hosts.map(({ host, cores }) => {
    const onHost = Math.min(perHost, clients - next)
    const workers = evenly(onHost, cores).map((size) => {
      next += size
      return idsFrom(next - size, next)
    })
    return { host, workers }
  })
}

function largestRemainder(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const quotas = weights.map((weight) => (total * weight) / sum)
  const shares = quotas.map(Math.floor)
  const left = total - shares.reduce((a, b) => a + b, 0)
  const byRemainder = quotas
    .map((quota, i) => ({ i, remainder: quota - shares[i]! }))
    .filter(({ i }) => weights[i]! > 0)
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i)
  for (const { i } of byRemainder.slice(0, left)) shares[i]! += 1
  return shares
}

function evenly(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, i) => Math.floor(total / parts) + (i < total % parts ? 1 : 0))
}

function idsFrom(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i)
}
