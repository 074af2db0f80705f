// From what the nodes counted to the figures of a task: distributions, the measured phase, the account.

import { entryOf } from '../core/dictionary.ts'
import { mergeSparse, type Histogram, type SparseHistogram } from '../sample/histogram.ts'
import type { Second } from '../sample/second.ts'
import type { Tally } from '../sample/task-recorder.ts'
import type { Task } from '../track/track.ts'
import type { Account, Distribution, SecondFigures, TaskMeasurement, TimeDistributions } from '../metrics/measurement.ts'
import { cumulativeThroughput } from '../metrics/throughput.ts'
import { SAMPLE_TYPES } from '../protocol/merge-results.ts'
import type { TaskResult, TypeResult } from '../protocol/messages.ts'
import { targetThroughputOf, TEST_MODE_THROUGHPUT } from '../scheduler/target-throughput.ts'

/** Merged results of a task → its measurement, as if no node was lost. `isAdmin`: left out of the report unless the track says otherwise. */
export function measurementOf(task: Task, result: TaskResult, isAdmin: boolean): TaskMeasurement {
  const seconds = secondFigures(result)
  const target = targetThroughputOf(task)
  const unit = unitOf(result)
  const elapsedSeconds = result.lastEndAtMs / 1000
  const firstNormalSecond = result.types.normal?.seconds.find((second) => finished(second) > 0)?.k ?? null
  return {
    task: task.name,
    operation: task.operation.name,
    operationType: task.operation.type,
    clients: task.clients,
    isAdmin,
    isThrottled: result.isThrottled,
    targetThroughput: target === null || target.value >= TEST_MODE_THROUGHPUT ? null : target,
    unit,
    warmup: timesOf(result.types.warmup),
    normal: timesOf(result.types.normal),
    account: { warmup: accountOf(result.types.warmup?.tally), normal: accountOf(result.types.normal?.tally) },
    errors: result.errors,
    seconds,
    measuredSeconds: measuredSeconds(result),
    elapsedSeconds,
    measuredElapsedSeconds: Math.max(0, result.lastEndAtMs - result.warmAtMs) / 1000,
    normalWork: entryOf(result.types.normal?.tally.work ?? {}, unit) ?? 0,
    cumulativeThroughput: cumulativeThroughput({ seconds, firstNormalSecond, elapsedSeconds }),
    durationMs: result.lastSentAtMs,
    missingNodes: []
  }
}

/** From the first full second in which all clients are out of warm-up to the last full one before the first of them ends. */
function measuredSeconds(result: TaskResult): TaskMeasurement['measuredSeconds'] {
  // A timer that fires a hair early must not cost a second.
  const from = Math.max(0, Math.ceil(result.warmAtMs / 1000 - 1e-6))
  const to = Math.floor(result.firstEndAtMs / 1000 + 1e-6)
  return to > from ? { from, to } : null
}

function secondFigures(result: TaskResult): SecondFigures[] {
  const figures = new Map<number, SecondFigures>()
  for (const type of SAMPLE_TYPES) {
    for (const second of result.types[type]?.seconds ?? []) {
      const before = figures.get(second.k) ?? { second: second.k, sent: 0, ok: 0, failed: 0, work: 0 }
      figures.set(second.k, {
        second: second.k,
        sent: before.sent + second.sent,
        ok: before.ok + second.ok,
        failed: before.failed + failures(second),
        work: before.work + second.work
      })
    }
  }
  return [...figures.values()].sort((a, b) => a.second - b.second)
}

/** The unit in which most of the work was told: failed requests tell `ops` whatever they were. */
function unitOf(result: TaskResult): string {
  const works = SAMPLE_TYPES.flatMap((type) => Object.entries(result.types[type]?.tally.work ?? {}))
  const most = works.sort((a, b) => b[1] - a[1])[0]
  return most === undefined || most[1] === 0 ? result.unit : most[0]
}

function timesOf(type: TypeResult | undefined): TimeDistributions {
  const { latency, service, processing, sendDelay } = type?.histograms ?? {}
  return {
    latency: distributionOf(latency),
    serviceTime: distributionOf(service),
    processingTime: distributionOf(processing),
    sendDelay: distributionOf(sendDelay)
  }
}

function distributionOf(sparse: SparseHistogram | undefined): Distribution {
  const histogram: Histogram = mergeSparse(sparse === undefined ? [] : [sparse])
  const { count, mean, max } = histogram
  const min = count === 0 ? Number.NaN : histogram.min
  return { count, min, max: count === 0 ? Number.NaN : max, mean, percentile: (percentile) => histogram.percentile(percentile) }
}

export function accountOf(tally: Tally | undefined | null): Account {
  if (tally === undefined || tally === null) return { started: 0, ok: 0, failed: {}, timedOut: 0, cancelled: 0, unknown: 0, retries: 0 }
  const { timeout = 0, ...failed } = tally.failed
  const known = tally.ok + sum(failed) + timeout + tally.cancelled
  const { started, ok, cancelled, retries } = tally
  return { started, ok, failed, timedOut: timeout, cancelled, unknown: started - known, retries }
}

function finished(second: Second): number {
  return second.ok + failures(second)
}

function failures(second: Second): number {
  return sum(second.failed)
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
