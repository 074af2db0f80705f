// One task of our own race as results hold it: Elastic Rally's keys first, in its order, then ours.

import type { JsonObject, JsonValue } from '../core/json.ts'
import { pythonFloat } from '../core/python-number.ts'
import type { Account, Distribution, TaskMeasurement, TimeDistributions } from './measurement.ts'
import { isThinlySampled, percentileKey, percentilesFor } from './percentile.ts'
import { throughputFigures, timeFigures, type Sampled } from './task-figures.ts'
import { perSecondThroughput } from './throughput.ts'

export function measuredTask(measurement: TaskMeasurement, meta: JsonObject): JsonObject {
  const { normal, account } = measurement
  return {
    task: measurement.task,
    operation: measurement.operation,
    throughput: throughputFigures(measurement.cumulativeThroughput.map(pythonFloat), `${measurement.unit}/s`),
    latency: timeFigures(floats(normal.latency), 'ms'),
    service_time: timeFigures(floats(normal.serviceTime), 'ms'),
    processing_time: timeFigures(floats(normal.processingTime), 'ms'),
    error_rate: pythonFloat(errorRate(account.normal)),
    duration: measurement.durationMs === null ? null : pythonFloat(measurement.durationMs),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
    ...ownFigures(measurement)
  }
}

// Elastic Rally's times, rates and durations are floats: a whole one is written `12.0`, in files and CSV alike.
function floats(distribution: Distribution): Sampled {
  return {
    count: distribution.count,
    mean: pythonFloat(distribution.mean),
    percentile: (percentile) => pythonFloat(distribution.percentile(percentile))
  }
}

/** Requests without success ÷ requests answered or given up on; those cancelled or unknown do not count. 0 without any. */
export function errorRate(account: Account): number {
  const failed = sumOfValues(account.failed) + account.timedOut
  const ended = account.ok + failed
  return ended === 0 ? 0 : failed / ended
}

function ownFigures(measurement: TaskMeasurement): JsonObject {
  const { warmup, normal } = measurement
  return {
    operation_type: measurement.operationType,
    clients: measurement.clients,
    throttled: measurement.isThrottled,
    target_throughput: measurement.targetThroughput === null ? null : { ...measurement.targetThroughput },
    throughput_per_second: throughputPerSecond(measurement),
    send_delay: timeFigures(floats(normal.sendDelay), 'ms'),
    sample_count: { warmup: warmup.serviceTime.count, normal: normal.serviceTime.count },
    thin_percentiles: thinPercentiles(normal),
    account: { warmup: accountFigures(measurement.account.warmup), normal: accountFigures(measurement.account.normal) },
    errors: errorFigures(measurement),
    measured_phase:
      measurement.measuredSeconds === null
        ? null
        : { from_second: measurement.measuredSeconds.from, to_second: measurement.measuredSeconds.to },
    elapsed_seconds: measurement.elapsedSeconds,
    measured_seconds: measurement.measuredElapsedSeconds,
    work: measurement.normalWork,
    ...(measurement.missingNodes.length === 0 ? {} : { missing_nodes: measurement.missingNodes })
  }
}

function throughputPerSecond(measurement: TaskMeasurement): JsonObject {
  const { fullSeconds, ...figures } = perSecondThroughput(measurement)
  return { ...figures, unit: `${measurement.unit}/s`, full_seconds: fullSeconds }
}

/** Keys of the shown percentiles that have too few samples behind them. All times of a request have the same count. */
function thinPercentiles(normal: TimeDistributions): readonly string[] {
  const { count }: Distribution = normal.serviceTime
  return percentilesFor(count)
    .filter((percentile) => isThinlySampled(percentile, count))
    .map(percentileKey)
}

function accountFigures(account: Account): JsonObject {
  return {
    started: account.started,
    ok: account.ok,
    failed: sumOfValues(account.failed),
    timed_out: account.timedOut,
    cancelled: account.cancelled,
    unknown: account.unknown,
    retries: account.retries
  }
}

/** By class, most frequent first, over warm-up and measured samples; with the first answer of each. */
function errorFigures({ account, errors }: TaskMeasurement): JsonValue {
  const counts = new Map<string, number>()
  const add = (errorClass: string, count: number): void => {
    if (count > 0) counts.set(errorClass, (counts.get(errorClass) ?? 0) + count)
  }
  for (const { failed, timedOut } of [account.warmup, account.normal]) {
    for (const [errorClass, count] of Object.entries(failed)) add(errorClass, count)
    add('timeout', timedOut)
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([errorClass, count]) => {
      const sample = errors.find((error) => error.errorClass === errorClass)
      return {
        class: errorClass,
        count,
        http_status: sample?.httpStatus ?? null,
        description: sample?.description ?? null,
        body: sample?.body ?? null
      }
    })
}

function sumOfValues(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
