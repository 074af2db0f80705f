// How late Rally itself may be with a request, or with an answer that it times: what must not show in the figures of a task.

import type { HealthConfig } from '../config/config.ts'
import type { TaskMeasurement } from '../metrics/measurement.ts'
import type { WatchedStep } from './health-watch.ts'

export class LatenessLimits {
  readonly #limits: HealthConfig
  /** Median service time by task; not latency, which holds the driver's own backlog: the later it is, the more it would be allowed. */
  readonly #medians: ReadonlyMap<string, number>

  constructor(limits: HealthConfig, measurements: readonly TaskMeasurement[]) {
    this.#limits = limits
    this.#medians = new Map(measurements.map(({ task, normal }) => [task, normal.serviceTime.percentile(50)]))
  }

  /** Milliseconds, 99th percentile: a throttled task's requests are due at set times; others may use a whole core. */
  ofTask(task: string, isThrottled: boolean): number {
    const { sendDelayP99Ms, loopDelayP99Ms, sendDelayLatencyPercent } = this.#limits
    const share = (sendDelayLatencyPercent / 100) * (this.#medians.get(task) ?? 0)
    return Math.max(isThrottled ? sendDelayP99Ms : Math.max(sendDelayP99Ms, loopDelayP99Ms), Number.isNaN(share) ? 0 : share)
  }

  /** That of its strictest task. */
  ofStep({ tasks, isThrottled }: WatchedStep): number {
    return Math.min(...tasks.map((task) => this.ofTask(task, isThrottled)))
  }
}
