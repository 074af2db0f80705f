// A measured task for tests, small enough to check by hand.

import { exactDistribution } from '../../../src/metrics/exact-distribution.ts'
import type { Account, SecondFigures, TaskMeasurement, TimeDistributions } from '../../../src/metrics/measurement.ts'

export const EMPTY_ACCOUNT: Account = { started: 0, ok: 0, failed: {}, timedOut: 0, cancelled: 0, unknown: 0, retries: 0 }

export function times(values: readonly number[]): TimeDistributions {
  return {
    latency: exactDistribution(values.map((value) => value + 1)),
    serviceTime: exactDistribution(values),
    processingTime: exactDistribution(values.map((value) => value + 0.5)),
    sendDelay: exactDistribution(values.map(() => 0.25))
  }
}

/** Ten seconds of two requests of 100 documents each, all good. */
export function measurementSample(changes: Partial<TaskMeasurement> = {}): TaskMeasurement {
  const seconds = Array.from({ length: 10 }, (_, second): SecondFigures => ({ second, sent: 2, ok: 2, failed: 0, work: 200 }))
  const normal = Array.from({ length: 20 }, (_, index) => index + 1)
  return {
    task: 'index',
    operation: 'bulk',
    operationType: 'bulk',
    clients: 2,
    isAdmin: false,
    isThrottled: false,
    targetThroughput: null,
    unit: 'docs',
    warmup: times([]),
    normal: times(normal),
    account: { warmup: EMPTY_ACCOUNT, normal: { ...EMPTY_ACCOUNT, started: 20, ok: 20 } },
    errors: [],
    seconds,
    measuredSeconds: { from: 0, to: 10 },
    elapsedSeconds: 10,
    measuredElapsedSeconds: 10,
    normalWork: 2000,
    cumulativeThroughput: seconds.map(() => 200),
    durationMs: 9500,
    missingNodes: [],
    ...changes
  }
}
