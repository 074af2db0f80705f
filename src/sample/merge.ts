// The same second, or the same task, of several workers or nodes becomes one. Order does not matter.

import { emptyDictionary } from '../core/dictionary.ts'
import type { SparseHistogram } from './histogram.ts'
import type { Moments, Second } from './second.ts'
import type { Tally, TaskHistograms } from './task-recorder.ts'

export function mergeSeconds(a: Second, b: Second): Second {
  return {
    k: a.k,
    sent: a.sent + b.sent,
    ok: a.ok + b.ok,
    failed: addCounts(a.failed, b.failed),
    cancelled: a.cancelled + b.cancelled,
    work: a.work + b.work,
    ...mergeTimes(a, b),
    okService: mergeMoments(a.okService, b.okService),
    maxService: Math.max(a.maxService, b.maxService),
    errorRun: Math.max(a.errorRun, b.errorRun)
  }
}

export function mergeTallies(a: Tally, b: Tally): Tally {
  return {
    started: a.started + b.started,
    ok: a.ok + b.ok,
    failed: addCounts(a.failed, b.failed),
    cancelled: a.cancelled + b.cancelled,
    work: addCounts(a.work, b.work),
    bytes: a.bytes + b.bytes,
    retries: a.retries + b.retries
  }
}

export function mergeTimes(a: TaskHistograms, b: TaskHistograms): TaskHistograms {
  return {
    latency: mergeTwo(a.latency, b.latency),
    service: mergeTwo(a.service, b.service),
    processing: mergeTwo(a.processing, b.processing),
    sendDelay: mergeTwo(a.sendDelay, b.sendDelay)
  }
}

/** Chan et al.'s parallel variance: m2 = m2a + m2b + δ²·na·nb/n. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.n === 0) return b
  if (b.n === 0) return a
  const n = a.n + b.n
  const distance = b.sum / b.n - a.sum / a.n
  const m2 = a.m2 + b.m2 + (distance * distance * a.n * b.n) / n
  return { n, sum: a.sum + b.sum, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), m2 }
}

export function addCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sum = Object.assign(emptyDictionary<number>(), a)
  for (const [key, count] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + count
  return sum
}

const NOTHING: SparseHistogram = { n: 0, sum: 0, min: 0, max: 0, buckets: [] }

export const NO_TIMES: TaskHistograms = { latency: NOTHING, service: NOTHING, processing: NOTHING, sendDelay: NOTHING }

function mergeTwo(a: SparseHistogram, b: SparseHistogram): SparseHistogram {
  if (a.n === 0) return b
  if (b.n === 0) return a
  const buckets = mergeBuckets(a.buckets, b.buckets)
  return { n: a.n + b.n, sum: a.sum + b.sum, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), buckets }
}

/** Both are gaps and counts in turn; a few hundred of them, where the whole range of a histogram has tens of thousands. */
function mergeBuckets(a: readonly number[], b: readonly number[]): number[] {
  const merged: number[] = []
  let [atA, atB, last] = [0, 0, 0]
  let indexA = a[0] ?? Number.POSITIVE_INFINITY
  let indexB = b[0] ?? Number.POSITIVE_INFINITY
  while (atA < a.length || atB < b.length) {
    const index = Math.min(indexA, indexB)
    let count = 0
    if (indexA === index) {
      count += a[atA + 1]!
      atA += 2
      indexA = atA < a.length ? indexA + a[atA]! : Number.POSITIVE_INFINITY
    }
    if (indexB === index) {
      count += b[atB + 1]!
      atB += 2
      indexB = atB < b.length ? indexB + b[atB]! : Number.POSITIVE_INFINITY
    }
    merged.push(index - last, count)
    last = index
  }
  return merged
}
