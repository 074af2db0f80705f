// Quantiles from the samples themselves, not from histograms. Two passes over the chunks: the first counts in buckets, the second
// keeps only what falls into those buckets in which a wanted quantile lies. So memory does not grow with all samples.

import { messageOf } from '../core/errors.ts'
import { BUCKETS, bucketOf, UNITS_PER_MS } from '../sample/histogram.ts'
import { wholeNs, msOfNs } from './planes.ts'
import { readChunk, type Chunk, type FoundFile } from './read-results.ts'
import type { ChunkHeader } from './result-file.ts'

/** Milliseconds. Only of the percentiles that were asked for. */
export interface ExactDistribution {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  percentile(percentile: number): number
}

export interface ExactTimes {
  readonly latency: ExactDistribution
  readonly serviceTime: ExactDistribution
  readonly processingTime: ExactDistribution
  /** Only of requests that were due while their client was free. */
  readonly sendDelay: ExactDistribution
}

/** By task. */
export type ExactFigures = ReadonlyMap<string, Readonly<Record<'warmup' | 'normal', ExactTimes>>>

export interface ExactOptions {
  /** 0…100. */
  readonly percentiles: readonly number[]
  /** Told of each chunk that is damaged: its samples are missing in the counts. */
  readonly problem: (line: string) => void
}

export async function exactFigures(files: readonly FoundFile<ChunkHeader>[], { percentiles, problem }: ExactOptions): Promise<ExactFigures> {
  const figures = new Map<string, Readonly<Record<'warmup' | 'normal', ExactTimes>>>()
  const damaged = new Set<string>()
  const tell = (path: string, line: string): void => {
    if (!damaged.has(path)) problem(line)
    damaged.add(path)
  }
  // A task belongs to one step: the figures of the others need not be in memory with its own.
  for (const step of new Set(files.map(({ header }) => header.step))) {
    const ofStep = files.filter(({ header }) => header.step === step)
    const tasks = new Map<string, TaskSelections>()
    await eachChunk(ofStep, tell, (chunk) => visit(chunk, tasks, (selection, ns) => selection.count(ns)))
    for (const task of tasks.values()) for (const selection of task) selection.select(percentiles)
    await eachChunk(ofStep, tell, (chunk) => visit(chunk, tasks, (selection, ns) => selection.keep(ns)))
    for (const [task, selections] of tasks) figures.set(task, { warmup: timesOf(selections.slice(0, FIGURES)), normal: timesOf(selections.slice(FIGURES)) })
  }
  return figures
}

const FIGURES = 4
/** Latency, service, processing and send delay of the warm-up, then the same of normal samples. */
type TaskSelections = readonly Selection[]

async function eachChunk(files: readonly FoundFile<ChunkHeader>[], tell: (path: string, line: string) => void, act: (chunk: Chunk) => void): Promise<void> {
  for (const { path } of files) {
    let chunk: Chunk
    try {
      chunk = await readChunk(path)
    } catch (error) {
      tell(path, messageOf(error))
      continue
    }
    act(chunk)
  }
}

function visit({ header, columns }: Chunk, tasks: Map<string, TaskSelections>, act: (selection: Selection, ns: number) => void): void {
  const byNumber = header.tasks.map((task) => {
    const selections = tasks.get(task) ?? Array.from({ length: 2 * FIGURES }, () => new Selection())
    tasks.set(task, selections)
    return selections
  })
  const times = [columns.latencyMs, columns.serviceMs, columns.processingMs, columns.sendDelayMs]
  for (let row = 0; row < header.count; row++) {
    const selections = byNumber[columns.task[row]!]
    if (selections === undefined) continue
    const from = columns.normal[row] === 1 ? FIGURES : 0
    for (let figure = 0; figure < FIGURES; figure++) {
      const ms = times[figure]![row]!
      // As histograms count: what is no duration is 0, and no send delay is none.
      if (figure === FIGURES - 1 && !(ms >= 0)) continue
      act(selections[from + figure]!, ms > 0 ? wholeNs(ms) : 0)
    }
  }
}

function timesOf([latency, serviceTime, processingTime, sendDelay]: TaskSelections): ExactTimes {
  return { latency: latency!.distribution(), serviceTime: serviceTime!.distribution(), processingTime: processingTime!.distribution(), sendDelay: sendDelay!.distribution() }
}

interface WantedBucket {
  /** Samples in the buckets below. */
  readonly before: number
  values: number[]
}

/** Durations are whole nanoseconds. */
class Selection {
  #counts: Float64Array | null = null
  #n = 0
  #sum = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0
  #percentiles: readonly number[] = []
  readonly #wanted = new Map<number, WantedBucket>()

  count(ns: number): void {
    const counts = (this.#counts ??= new Float64Array(BUCKETS))
    counts[bucketOfNs(ns)]!++
    this.#n++
    this.#sum += ns
    if (ns < this.#min) this.#min = ns
    if (ns > this.#max) this.#max = ns
  }

  /** Between the passes. */
  select(percentiles: readonly number[]): void {
    this.#percentiles = percentiles
    const ranks = [...new Set(percentiles.flatMap((percentile) => ranksOf(percentile, this.#n)))].sort((a, b) => a - b)
    let before = 0
    let next = 0
    for (let bucket = 0; bucket < BUCKETS && next < ranks.length && this.#counts !== null; bucket++) {
      const count = this.#counts[bucket]!
      if (ranks[next]! < before + count) this.#wanted.set(bucket, { before, values: [] })
      before += count
      while (next < ranks.length && ranks[next]! < before) next++
    }
    this.#counts = null
  }

  keep(ns: number): void {
    this.#wanted.get(bucketOfNs(ns))?.values.push(ns)
  }

  distribution(): ExactDistribution {
    const [count, none] = [this.#n, this.#n === 0]
    for (const bucket of this.#wanted.values()) bucket.values = [...Float64Array.from(bucket.values).sort()]
    const known = new Map(this.#percentiles.map((percentile) => [percentile, none ? Number.NaN : this.#at(percentile)]))
    this.#wanted.clear()
    return {
      count,
      min: none ? Number.NaN : msOfNs(this.#min),
      max: none ? Number.NaN : msOfNs(this.#max),
      mean: none ? Number.NaN : msOfNs(this.#sum / count),
      percentile: (percentile) => known.get(percentile) ?? unknownPercentile(percentile)
    }
  }

  /** Linear interpolation between the two nearest ranks, as Elastic Rally's store does. */
  #at(percentile: number): number {
    const [low, high] = ranksOf(percentile, this.#n)
    const rank = (percentile / 100) * (this.#n - 1)
    const [below, above] = [this.#valueAt(low!), this.#valueAt(high!)]
    return msOfNs(below + (above - below) * (rank - low!))
  }

  #valueAt(rank: number): number {
    for (const { before, values } of this.#wanted.values()) {
      const value = rank >= before ? values[rank - before] : undefined
      if (value !== undefined) return value
    }
    throw new RangeError(`no value of rank ${rank} among ${this.#n}`)
  }
}

function ranksOf(percentile: number, count: number): number[] {
  if (count === 0) return []
  const rank = (percentile / 100) * (count - 1)
  return [Math.floor(rank), Math.ceil(rank)]
}

function bucketOfNs(ns: number): number {
  return bucketOf(msOfNs(ns) * UNITS_PER_MS)
}

function unknownPercentile(percentile: number): never {
  throw new RangeError(`percentile ${percentile} was not asked for`)
}
