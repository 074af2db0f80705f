// The same second, or the same task, of several workers or nodes becomes one. Order does not matter.

import { emptyDictionary } from '../core/dictionary.ts'
import { mergeSparse, type SparseHistogram } from './histogram.ts'
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
  return mergeSparse([a, b]).toSparse()
}
