// What the requests themselves tell of their driver: how late they left though their client was free, what failed for want of
// something on this side, and how much of their time was Rally's own work.

import type { HealthConfig } from '../config/config.ts'
import type { HealthFinding, TaskMeasurement } from '../metrics/measurement.ts'
import { SAMPLE_TYPES } from '../protocol/merge-results.ts'
import type { Snapshot } from '../protocol/messages.ts'
import { sparsePercentile } from '../sample/histogram.ts'
import { adviceFor } from './health-findings.ts'
import { ADD_DRIVERS, MORE_DESCRIPTORS, MORE_PORTS } from './health-figures.ts'
import { momentOfRun, Watch, type WatchedStep } from './health-watch.ts'
import { LatenessLimits } from './lateness-limits.ts'

/** A quantile of 99 % needs 5/(1 − 0.99) samples to say anything. */
const MIN_SAMPLES = 500

/** If less of a task's requests have a send delay, it says nothing of how the driver kept up. */
const MIN_KNOWN_PERCENT = 1

/** Errors of this side: the target has not even been asked. */
const OWN_ERRORS: Readonly<Record<string, string>> = { 'no-ports': MORE_PORTS, 'no-descriptors': MORE_DESCRIPTORS }

export class RequestWatch {
  readonly #limits: HealthConfig
  /** By task: seconds in which its send delay was over the lesser of its limits. */
  readonly #sendDelays = new Map<string, Watch>()
  /** By node and task: the last second heard of. */
  readonly #heard = new Map<string, number>()
  #step: WatchedStep | null = null

  constructor(limits: HealthConfig) {
    this.#limits = limits
  }

  hear(tasks: Snapshot['tasks'], { node, step, othersCpu }: { readonly node: string; readonly step: WatchedStep; readonly othersCpu: number }): void {
    if (step !== this.#step) this.#heard.clear()
    this.#step = step
    for (const [task, types] of Object.entries(tasks)) {
      for (const type of SAMPLE_TYPES) {
        const key = `${node} ${type} ${task}`
        for (const { k, sendDelay } of types[type]?.seconds ?? []) {
          if (sendDelay.n === 0 || k <= (this.#heard.get(key) ?? -1)) continue
          this.#heard.set(key, k)
          this.#watch(task).add({ where: `task ${task}, node ${node}`, stretch: { step, from: k, to: k, ms: 1000 }, othersCpu }, sparsePercentile(sendDelay, 99))
        }
      }
    }
  }

  /** Of those that are within their limit, only the nearest to it. */
  findings(measurements: readonly TaskMeasurement[]): HealthFinding[] {
    const limits = new LatenessLimits(this.#limits, measurements)
    const delays = measurements.flatMap((task) => this.#sendDelay(task, limits)).sort((a, b) => b.over - a.over)
    const shown = delays.filter(({ over }, index) => over > 1 || index === 0)
    return [...shown.map(({ finding }) => finding), ...measurements.flatMap(fewDelays), ...measurements.flatMap(ownErrors)]
  }

  /** Rally's own work around a request, as a share of its service time. */
  ownShare({ normal: { serviceTime, processingTime } }: TaskMeasurement): number {
    if (serviceTime.count < MIN_SAMPLES || serviceTime.mean <= 0) return 0
    return (processingTime.mean - serviceTime.mean) / serviceTime.mean
  }

  #watch(task: string): Watch {
    let watch = this.#sendDelays.get(task)
    if (watch === undefined) this.#sendDelays.set(task, (watch = new Watch(this.#limits.sendDelayP99Ms, 1)))
    return watch
  }

  #sendDelay({ task, isThrottled, normal: { sendDelay } }: TaskMeasurement, limits: LatenessLimits): { readonly finding: HealthFinding; readonly over: number }[] {
    if (!isThrottled || sendDelay.count < MIN_SAMPLES) return []
    const worst = sendDelay.percentile(99)
    const limit = limits.ofTask(task, true)
    const breached = worst > limit
    const run = this.#sendDelays.get(task)?.breaches[0]
    const when = run === undefined ? null : momentOfRun(run)
    const where = run?.where ?? `task ${task}`
    const advice = breached ? adviceFor(ADD_DRIVERS, run?.othersCpu ?? 0) : ''
    const finding = { figure: 'send delay p99', unit: 'ms', worst, limit, breached, warnsOnly: false, where, when, seconds: run?.seconds ?? 0, advice }
    return [{ finding, over: worst / limit }]
  }
}

/** Whenever one was due, its client was busy: the target is slow for so few clients, or the driver is full. Which, other figures tell. */
function fewDelays({ task, isThrottled, normal: { latency, sendDelay } }: TaskMeasurement): HealthFinding[] {
  if (!isThrottled || latency.count < MIN_SAMPLES) return []
  const worst = (sendDelay.count / latency.count) * 100
  if (worst >= MIN_KNOWN_PERCENT) return []
  const figure = 'requests whose send delay is known'
  return [{ figure, unit: '%', worst, limit: null, breached: false, warnsOnly: false, where: `task ${task}`, when: null, seconds: 0, advice: '' }]
}

function ownErrors({ task, account }: TaskMeasurement): HealthFinding[] {
  return Object.entries(OWN_ERRORS).flatMap(([errorClass, advice]) => {
    const count = (account.warmup.failed[errorClass] ?? 0) + (account.normal.failed[errorClass] ?? 0)
    if (count === 0) return []
    return [{ figure: `requests that failed with ${errorClass}`, unit: '', worst: count, limit: 0, breached: true, warnsOnly: false, where: `task ${task}`, when: null, seconds: 0, advice }]
  })
}
