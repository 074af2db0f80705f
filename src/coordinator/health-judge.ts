// Whether the load generator itself kept up: figures over a limit must not look as if they could be trusted.

import type { HealthConfig } from '../config/config.ts'
import type { HealthReport, TaskMeasurement } from '../metrics/measurement.ts'
import type { NodeHealth, Snapshot, WorkerHealth } from '../protocol/messages.ts'
import { nodeFigures, workerFigures, type Figure } from './health-figures.ts'
import { dropFinding, figureFinding, latenessFinding, lostFinding } from './health-findings.ts'
import { LatenessLimits } from './lateness-limits.ts'
import { RequestWatch } from './health-requests.ts'
import { LatenessWatch, p99Ms } from './step-lateness.ts'
import { Watch, type Stretch, type WatchedStep } from './health-watch.ts'

/** CPU times are told in ticks of some milliseconds: shares of less than this say nothing. */
const MIN_STRETCH_MS = 250

interface Watched<Health> {
  readonly figure: Figure<Health>
  readonly watch: Watch
}

/** The stretch of a step that a node or worker tells of. */
interface Told {
  readonly fromMs: number
  readonly toMs: number
}

export class HealthJudge {
  readonly #limits: HealthConfig
  readonly #workers: readonly Watched<WorkerHealth>[]
  readonly #nodes: readonly Watched<NodeHealth>[]
  readonly #lateness = new LatenessWatch()
  readonly #requests: RequestWatch
  readonly #drops = new Watch(0, 1)
  #dropped = 0
  #step: WatchedStep = { step: 0, tasks: [], isThrottled: false, beganAt: 0 }
  #firstStepAtMs: number | null = null
  /** By node and worker: the end of the last stretch that was told of in this step. */
  readonly #heardUntilMs = new Map<string, number>()
  /** By node: share of its cores that other processes have. */
  readonly #othersCpu = new Map<string, number>()

  constructor(limits: HealthConfig) {
    this.#limits = limits
    this.#workers = workerFigures(limits).map(watched)
    this.#nodes = nodeFigures(limits).map(watched)
    this.#requests = new RequestWatch(limits)
  }

  /** `isThrottled`: one of the tasks has a target throughput, so that a busy core is a fault. */
  stepStarts({ step, tasks, isThrottled, nowMs }: Omit<WatchedStep, 'beganAt'> & { readonly nowMs: number }): void {
    this.#firstStepAtMs ??= nowMs
    this.#step = { step, tasks, isThrottled, beganAt: Math.floor((nowMs - this.#firstStepAtMs) / 1000) }
    this.#heardUntilMs.clear()
  }

  /** A snapshot of the running step; one that comes again, or late, changes nothing. */
  hear({ node, step, tasks, health, nodeHealth }: Snapshot): void {
    if (step !== this.#step.step) return
    for (const one of nodeHealth) this.#hearNode(node, one)
    for (const one of health) this.#hearWorker(node, one)
    this.#requests.hear(tasks, { node, step: this.#step, othersCpu: this.#othersCpu.get(node) ?? 0 })
  }

  /** `lost`: parts of the load generator, in words. */
  report(measurements: readonly TaskMeasurement[], lost: readonly string[] = []): HealthReport {
    const { processingOverheadPercent, droppedSamples } = this.#limits
    // A busy core is no fault while tasks run unthrottled, unless it is Rally's own work that fills the requests' time.
    const bound = new Set(measurements.filter((task) => !task.isThrottled && this.#requests.ownShare(task) * 100 > processingOverheadPercent).map(({ task }) => task))
    const isStrict = ({ isThrottled, tasks }: WatchedStep): boolean => isThrottled || tasks.some((task) => bound.has(task))
    const findings = [
      ...lost.map(lostFinding),
      ...[...this.#workers, ...this.#nodes].flatMap(({ figure, watch }) => figureFinding(figure, watch, isStrict)),
      ...latenessFinding(this.#lateness.steps(), new LatenessLimits(this.#limits, measurements), isStrict),
      ...this.#requests.findings(measurements),
      dropFinding(this.#dropped, droppedSamples, this.#drops)
    ]
    const breaches = findings.filter((finding) => finding.breached)
    const verdict = breaches.some((finding) => !finding.warnsOnly) ? 'invalid' : breaches.length > 0 ? 'warning' : 'ok'
    return { verdict, findings }
  }

  /** Nodes of which a figure was over its limit for long enough, be it only told. */
  nodesOver(): ReadonlySet<string> {
    const watches = [...this.#workers, ...this.#nodes].map(({ watch }) => watch)
    const stalled = this.#lateness.steps().filter((late) => p99Ms(late) > this.#limits.loopDelayP99Ms)
    const places = [...[...watches, this.#drops].flatMap((watch) => [...watch.places]), ...stalled.map(({ where }) => where)]
    return new Set(places.map((where) => /^node (.*?)(?:, worker \d+)?$/.exec(where)?.[1] ?? where))
  }

  #hearNode(node: string, health: NodeHealth): void {
    const where = `node ${node}`
    if (!this.#isNew(where, health)) return
    if (health.cpu !== null && isLong(health)) this.#othersCpu.set(node, health.cpu - health.ownCpu)
    const place = { where, stretch: this.#stretchOf(health), othersCpu: this.#othersCpu.get(node) ?? 0 }
    if (isLong(health)) for (const { figure, watch } of this.#nodes) watch.add(place, figure.value(health))
  }

  #hearWorker(node: string, health: WorkerHealth): void {
    const where = `node ${node}, worker ${health.worker}`
    if (!this.#isNew(where, health)) return
    const place = { where, stretch: this.#stretchOf(health), othersCpu: this.#othersCpu.get(node) ?? 0 }
    if (isLong(health)) for (const { figure, watch } of this.#workers) watch.add(place, figure.value(health))
    this.#lateness.add(place, health)
    this.#dropped += health.dropped
    this.#drops.add(place, health.dropped)
  }

  #isNew(where: string, { toMs }: Told): boolean {
    if (toMs <= (this.#heardUntilMs.get(where) ?? -1)) return false
    this.#heardUntilMs.set(where, toMs)
    return true
  }

  /** Ticks come just after a second's end: `[2.0, 3.0006)` is second 2. */
  #stretchOf({ fromMs, toMs }: Told): Stretch {
    const from = Math.round(fromMs / 1000)
    return { step: this.#step, from, to: Math.max(from, Math.round(toMs / 1000) - 1), ms: toMs - fromMs }
  }
}

function isLong({ fromMs, toMs }: Told): boolean {
  return toMs - fromMs >= MIN_STRETCH_MS
}

function watched<Health>(figure: Figure<Health>): Watched<Health> {
  return { figure, watch: new Watch(figure.limit, figure.windowSeconds) }
}
