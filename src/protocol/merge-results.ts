// What several workers of a node, or several nodes, measured of the same task becomes one result.

import { emptyDictionary } from '../core/dictionary.ts'
import { mergeSeconds, mergeTallies, mergeTimes } from '../sample/merge.ts'
import type { Second } from '../sample/second.ts'
import type { ErrorExample, SampleTypeName, TaskProgressFacts, TaskResult, TypeResult } from './messages.ts'

export const SAMPLE_TYPES: readonly SampleTypeName[] = ['warmup', 'normal']

/** Merges results of one task; `seconds` of equal number are merged, too. */
export function mergeTaskResults(a: TaskResult, b: TaskResult): TaskResult {
  // Where no client of the task ran, there is neither a warm-up nor an end.
  if (a.clients === 0 || b.clients === 0) return a.clients === 0 ? b : a
  const types: Partial<Record<SampleTypeName, TypeResult>> = {}
  for (const type of SAMPLE_TYPES) {
    const merged = mergeTypes(a.types[type], b.types[type])
    if (merged !== undefined) types[type] = merged
  }
  return {
    types,
    errors: mergeErrors(a.errors, b.errors),
    unit: a.unit === 'ops' ? b.unit : a.unit,
    isThrottled: a.isThrottled || b.isThrottled,
    warmAtMs: Math.max(a.warmAtMs, b.warmAtMs),
    firstEndAtMs: Math.min(a.firstEndAtMs, b.firstEndAtMs),
    lastEndAtMs: Math.max(a.lastEndAtMs, b.lastEndAtMs),
    firstSentAtMs: least(a.firstSentAtMs, b.firstSentAtMs),
    lastSentAtMs: greatest(a.lastSentAtMs, b.lastSentAtMs),
    clients: a.clients + b.clients
  }
}

export function mergeResultMaps(a: Readonly<Record<string, TaskResult>>, b: Readonly<Record<string, TaskResult>>): Record<string, TaskResult> {
  const merged = Object.assign(emptyDictionary<TaskResult>(), a)
  for (const [task, result] of Object.entries(b)) {
    const before = merged[task]
    merged[task] = before === undefined ? result : mergeTaskResults(before, result)
  }
  return merged
}

/** The result of a task whose clients never told their end, but for what was counted of them. */
export function unfinished(clients: number): TaskResult {
  return {
    types: {},
    errors: [],
    unit: 'ops',
    isThrottled: false,
    warmAtMs: Number.MAX_SAFE_INTEGER,
    firstEndAtMs: 0,
    lastEndAtMs: 0,
    firstSentAtMs: null,
    lastSentAtMs: null,
    clients
  }
}

/** Mean progress, weighted by clients. */
export function mergeProgress(a: TaskProgressFacts, b: TaskProgressFacts): TaskProgressFacts {
  const clients = a.clients + b.clients
  const completed =
    a.completed === null || b.completed === null
      ? (a.completed ?? b.completed)
      : clients === 0
        ? 0
        : (a.completed * a.clients + b.completed * b.clients) / clients
  return { completed, clients, ended: a.ended + b.ended, warm: a.warm + b.warm }
}

/** Seconds in ascending order; equal ones merged. */
export function mergeSecondLists(a: readonly Second[], b: readonly Second[]): Second[] {
  const byNumber = new Map<number, Second>(a.map((second) => [second.k, second]))
  for (const second of b) {
    const before = byNumber.get(second.k)
    byNumber.set(second.k, before === undefined ? second : mergeSeconds(before, second))
  }
  return [...byNumber.values()].sort((left, right) => left.k - right.k)
}

function mergeTypes(a: TypeResult | undefined, b: TypeResult | undefined): TypeResult | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return {
    tally: mergeTallies(a.tally, b.tally),
    histograms: mergeTimes(a.histograms, b.histograms),
    seconds: mergeSecondLists(a.seconds, b.seconds)
  }
}

function mergeErrors(a: readonly ErrorExample[], b: readonly ErrorExample[]): ErrorExample[] {
  const known = new Set(a.map((error) => error.errorClass))
  return [...a, ...b.filter((error) => !known.has(error.errorClass))]
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b)
}

function greatest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}
