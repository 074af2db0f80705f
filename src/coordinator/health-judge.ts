// Whether the load generator itself kept up: figures over a limit must not look as if they could be trusted.

import type { HealthConfig } from '../config/config.ts'
import type { HealthFinding, HealthReport, TaskMeasurement } from '../metrics/measurement.ts'
import type { WorkerHealth } from '../protocol/messages.ts'

/** A quantile of 99 % needs 5/(1 − 0.99) samples to say anything. */
const MIN_SEND_DELAYS = 500

interface Figure {
  readonly name: string
  readonly unit: string
  readonly limit: number
  readonly advice: string
  readonly value: (health: WorkerHealth) => number | null
}

interface Watch {
  worst: number
  where: string
  /** Seconds over the limit in a row, by node and worker. */
  readonly runs: Map<string, number>
  longestRun: number
  breachedThrottled: boolean
}

export class HealthJudge {
  readonly #limits: HealthConfig
  readonly #figures: readonly Figure[]
  readonly #watches: Watch[]
  #dropped = 0

  constructor(limits: HealthConfig) {
    this.#limits = limits
    this.#figures = figuresOf(limits)
    this.#watches = this.#figures.map(() => ({ worst: 0, where: '', runs: new Map(), longestRun: 0, breachedThrottled: false }))
  }

  /** A second of a worker; `isThrottled`: a throttled task was running. */
  add(node: string, health: WorkerHealth, isThrottled: boolean): void {
    this.#dropped += health.dropped
    for (const [index, figure] of this.#figures.entries()) {
      const value = figure.value(health)
      const watch = this.#watches[index]
      if (value === null || watch === undefined) continue
      const where = `node ${node}, worker ${health.worker}`
      const run = value > figure.limit ? (watch.runs.get(where) ?? 0) + 1 : 0
      watch.runs.set(where, run)
      if (run > watch.longestRun) watch.longestRun = run
      if (run >= this.#limits.windowSeconds && isThrottled) watch.breachedThrottled = true
      if (value > watch.worst) Object.assign(watch, { worst: value, where })
    }
  }

  report(measurements: readonly TaskMeasurement[]): HealthReport {
    // A busy core is no fault while tasks run unthrottled, unless it is Rally's own work that fills the requests' time.
    const isRallyBound = measurements.some((task) => !task.isThrottled && ownShare(task) * 100 > this.#limits.processingOverheadPercent)
    const findings = [...this.#figureFindings(isRallyBound), ...measurements.flatMap((one) => this.#sendDelay(one)), ...this.#drops()]
    const breaches = findings.filter((finding) => finding.breached)
    const verdict = breaches.some((finding) => !finding.warnsOnly) ? 'invalid' : breaches.length > 0 ? 'warning' : 'ok'
    return { verdict, findings }
  }

  #figureFindings(isRallyBound: boolean): HealthFinding[] {
    return this.#figures.flatMap((figure, index) => {
      const watch = this.#watches[index]
      if (watch === undefined || watch.where === '') return []
      const breached = watch.longestRun >= this.#limits.windowSeconds
      const { name, unit, limit, advice } = figure
      const { worst, where, longestRun: seconds } = watch
      return [{ figure: name, unit, worst, limit, breached, warnsOnly: !watch.breachedThrottled && !isRallyBound, where, seconds, advice }]
    })
  }

  #sendDelay(task: TaskMeasurement): HealthFinding[] {
    const { sendDelay, latency } = task.normal
    if (!task.isThrottled || sendDelay.count < MIN_SEND_DELAYS) return []
    const worst = sendDelay.percentile(99)
    const limit = Math.max(this.#limits.sendDelayP99Ms, (this.#limits.sendDelayLatencyPercent / 100) * latency.percentile(50))
    const where = `task ${task.task}`
    return [{ figure: 'send delay p99', unit: 'ms', worst, limit, breached: worst > limit, warnsOnly: false, where, seconds: 0, advice: ADD_DRIVERS }]
  }

  #drops(): HealthFinding[] {
    const advice = 'the disk or main thread could not keep up: raise sample.queue.size or add load drivers'
    const dropped = this.#dropped
    return [{ figure: 'dropped samples', unit: '', worst: dropped, limit: this.#limits.droppedSamples, breached: dropped > this.#limits.droppedSamples, warnsOnly: false, where: 'all workers', seconds: 0, advice }]
  }
}

const ADD_DRIVERS = 'add load drivers, or ask for less load'

/** Rally's own work around a request, as a share of its service time. */
function ownShare(task: TaskMeasurement): number {
  const { serviceTime, processingTime } = task.normal
  if (serviceTime.count < MIN_SEND_DELAYS || serviceTime.mean <= 0) return 0
  return (processingTime.mean - serviceTime.mean) / serviceTime.mean
}

function figuresOf(limits: HealthConfig): Figure[] {
  return [
    { name: 'event-loop delay p99', unit: 'ms', limit: limits.loopDelayP99Ms, advice: ADD_DRIVERS, value: (health) => health.loopDelayP99Ms },
    { name: 'worker CPU', unit: '%', limit: limits.workerCpuPercent, advice: ADD_DRIVERS, value: (health) => percent(health.cpu) },
    {
      name: 'CPU steal',
      unit: '%',
      limit: limits.stealPercent,
      advice: 'the machine lends its cores to others: use one of your own',
      value: (health) => percent(health.steal)
    }
  ]
}

function percent(share: number | null): number | null {
  return share === null ? null : share * 100
}
