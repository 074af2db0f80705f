// Throughput in three readings: Elastic Rally's calculator over samples, its cumulative mean out of per-second figures,
// and the work of each second of the measured phase.

import { meanOf, medianOf } from './exact-statistics.ts'
import type { SampleType, SecondFigures, TaskMeasurement } from './measurement.ts'

/** One request, times in seconds. */
export interface ThroughputSample {
  readonly task: string
  /** Since the epoch. */
  readonly absoluteTime: number
  readonly relativeTime: number
  /** From the task's start to this request's end. */
  readonly timePeriod: number
  readonly sampleType: SampleType
  readonly work: number
  readonly unit: string
  /** What the operation itself reported, or null: computed from the work. */
  readonly reported: number | null
}

export interface ThroughputValue {
  readonly absoluteTime: number
  readonly relativeTime: number
  readonly sampleType: SampleType
  readonly value: number
  /** `docs/s`. */
  readonly unit: string
}

interface TaskState {
  unprocessed: ThroughputSample[]
  work: number
  intervalSeconds: number
  nextBucketSeconds: number
  sampleType: SampleType
  hasValueOfType: boolean
  readonly startTime: number
}

/** Elastic Rally's ThroughputCalculator: the mean since the task's start, warm-up included, once a second; keeps state over batches. */
export class ThroughputCalculator {
  readonly #bucketSeconds: number
  readonly #states = new Map<string, TaskState>()

  constructor(bucketSeconds = 1) {
    this.#bucketSeconds = bucketSeconds
  }

  /** Values by task, for a batch in any order. */
  calculate(samples: readonly ThroughputSample[]): ReadonlyMap<string, readonly ThroughputValue[]> {
    const byTask = new Map<string, ThroughputSample[]>()
    for (const sample of samples) {
      const batch = byTask.get(sample.task)
      if (batch === undefined) byTask.set(sample.task, [sample])
      else batch.push(sample)
    }
    return new Map([...byTask].map(([task, batch]) => [task, this.#ofTask(task, batch)]))
  }

  #ofTask(task: string, batch: readonly ThroughputSample[]): readonly ThroughputValue[] {
    const leftOver = this.#states.get(task)?.unprocessed ?? []
    const sorted = [...batch, ...leftOver].sort((a, b) => a.absoluteTime - b.absoluteTime)
    const first = sorted[0]
    if (first === undefined) return []
    if (first.reported !== null) return sorted.map((sample) => valueOf(sample, sample.sampleType, sample.reported ?? Number.NaN))
    const state = this.#states.get(task) ?? this.#start(first)
    this.#states.set(task, state)
    return this.#advance(state, sorted)
  }

  #start(first: ThroughputSample): TaskState {
    return {
      unprocessed: [],
      work: 0,
      intervalSeconds: 0,
      nextBucketSeconds: this.#bucketSeconds,
      sampleType: first.sampleType,
      hasValueOfType: false,
      startTime: first.absoluteTime - first.timePeriod
    }
  }

  #advance(state: TaskState, sorted: readonly ThroughputSample[]): readonly ThroughputValue[] {
    const values: ThroughputValue[] = []
    let work = state.work
    const finish = (sample: ThroughputSample): void => {
      state.unprocessed = []
      state.work = work
      state.hasValueOfType = true
      state.nextBucketSeconds = Math.floor(state.intervalSeconds) + this.#bucketSeconds
      values.push(valueOf(sample, state.sampleType, work / state.intervalSeconds))
    }
    for (const sample of sorted) {
      if (state.sampleType === 'warmup' && sample.sampleType === 'normal') {
        state.sampleType = 'normal'
        state.hasValueOfType = false
      }
      work += sample.work
      state.intervalSeconds = Math.max(sample.absoluteTime - state.startTime, state.intervalSeconds)
      if (state.intervalSeconds > 0 && state.intervalSeconds >= state.nextBucketSeconds) finish(sample)
      else state.unprocessed.push(sample)
    }
    const last = sorted.at(-1)
    // So that a task shorter than a bucket has a value at all.
    if (last !== undefined && state.intervalSeconds > 0 && !state.hasValueOfType) finish(last)
    return values
  }
}

function valueOf(sample: ThroughputSample, sampleType: SampleType, value: number): ThroughputValue {
  return { absoluteTime: sample.absoluteTime, relativeTime: sample.relativeTime, sampleType, value, unit: `${sample.unit}/s` }
}

/**
 * Elastic Rally's cumulative mean from per-second figures: work of the first k seconds ÷ k, for every full second k in
 * which a normal sample had come; a shorter task gives one value, all work ÷ time.
 */
export function cumulativeThroughput(task: {
  readonly seconds: readonly SecondFigures[]
  /** The second in which the first normal sample ended; null: there was none. */
  readonly firstNormalSecond: number | null
  /** Start of the task to its last answer. */
  readonly elapsedSeconds: number
}): readonly number[] {
  if (task.firstNormalSecond === null) return []
  const values: number[] = []
  const works = new Map(task.seconds.map((figures) => [figures.second, figures.work]))
  let work = 0
  for (let second = 0; second + 1 <= task.elapsedSeconds; second++) {
    work += works.get(second) ?? 0
    if (second >= task.firstNormalSecond) values.push(work / (second + 1))
  }
  if (values.length === 0 && task.elapsedSeconds > 0) {
    values.push(task.seconds.reduce((sum, figures) => sum + figures.work, 0) / task.elapsedSeconds)
  }
  return values
}

/** Below this many full seconds, minimum, median and maximum say nothing. */
export const MIN_FULL_SECONDS = 3

/** Work per second of the measured phase; null where there is nothing to tell. */
export interface PerSecondThroughput {
  readonly min: number | null
  readonly mean: number | null
  readonly median: number | null
  readonly max: number | null
  readonly fullSeconds: number
}

/** Statistics over the full seconds of the measured phase; with fewer than three, only work ÷ time. */
export function perSecondThroughput(
  task: Pick<TaskMeasurement, 'seconds' | 'measuredSeconds' | 'normalWork' | 'measuredElapsedSeconds'>
): PerSecondThroughput {
  const { from, to } = task.measuredSeconds ?? { from: 0, to: 0 }
  const works = new Map(task.seconds.map((figures) => [figures.second, figures.work]))
  const series = Array.from({ length: Math.max(to - from, 0) }, (_, index) => works.get(from + index) ?? 0)
  if (series.length < MIN_FULL_SECONDS) {
    const mean = task.measuredElapsedSeconds > 0 ? task.normalWork / task.measuredElapsedSeconds : null
    return { min: null, mean, median: null, max: null, fullSeconds: series.length }
  }
  const sorted = series.toSorted((a, b) => a - b)
  return {
    min: sorted[0] ?? null,
    mean: Number(meanOf(sorted)),
    median: Number(medianOf(sorted)),
    max: sorted.at(-1) ?? null,
    fullSeconds: series.length
  }
}
