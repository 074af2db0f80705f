// What one worker keeps of one task and sample type: histograms of everything, the open second, and the account.

import { emptyDictionary } from '../core/dictionary.ts'
import { Histogram, type SparseHistogram } from './histogram.ts'
import type { Sample } from './sample.ts'
import type { Moments, Second } from './second.ts'

/** Absolute counts since the step's start. started = ok + Σ failed + cancelled, once nothing is in flight. */
export interface Tally {
  started: number
  ok: number
  /** By error class; `timeout` is one of them. */
  failed: Record<string, number>
  cancelled: number
  /** By unit. */
  work: Record<string, number>
  bytes: number
  /** Exchanges that the transport made once more: all within one request, and its one sample. */
  retries: number
}

export interface TaskHistograms {
  readonly latency: SparseHistogram
  readonly service: SparseHistogram
  readonly processing: SparseHistogram
  readonly sendDelay: SparseHistogram
}

export class TaskRecorder {
  readonly tally: Tally = { started: 0, ok: 0, failed: emptyDictionary(), cancelled: 0, work: emptyDictionary(), bytes: 0, retries: 0 }
  readonly #whole = new TimeHistograms()
  readonly #second = new TimeHistograms()
  #open: OpenSecond | null = null
  /** Made when there is one: an array that waits a second for it has become old, and what a dead old one holds survives until a full collection. */
  #closed: Second[] | null = null

  /** A request is about to leave at `offsetMs` after the step's start. */
  sent(offsetMs: number): void {
    this.tally.started++
    this.#at(offsetMs).sent++
  }

  /** A request has succeeded or failed. */
  record(sample: Sample): void {
    const second = this.#at(sample.endOffsetMs)
    const times = this.#second
    const { tally } = this
    times.latency.record(sample.latencyMs)
    times.service.record(sample.serviceMs)
    times.processing.record(sample.processingMs)
    if (sample.sendDelayMs >= 0) times.sendDelay.record(sample.sendDelayMs)
    if (sample.serviceMs > second.maxService) second.maxService = sample.serviceMs
    second.work += sample.weight
    tally.bytes += sample.bytes
    if (sample.weight > 0) tally.work[sample.unit] = (tally.work[sample.unit] ?? 0) + sample.weight
    if (sample.errorClass === null) {
      tally.ok++
      second.succeeded(sample.serviceMs)
    } else {
      tally.failed[sample.errorClass] = (tally.failed[sample.errorClass] ?? 0) + 1
      second.hasFailed(sample.errorClass, sample.errorRun)
    }
  }

  /** A request was aborted by a cancel: it has no times. */
  cancelled(offsetMs: number): void {
    this.tally.cancelled++
    this.#at(offsetMs).cancelled++
  }

  /** The seconds that ended before `offsetMs`, each once. */
  closeSeconds(offsetMs: number): Second[] {
    const open = this.#open
    if (open !== null && open.k < Math.floor(offsetMs / 1000)) this.#close(open)
    return this.#take()
  }

  /** Closes the open second, too; call once nothing is in flight. */
  finish(): { seconds: Second[]; histograms: TaskHistograms } {
    if (this.#open !== null) this.#close(this.#open)
    return { seconds: this.#take(), histograms: this.#whole.toSparse() }
  }

  #take(): Second[] {
    const closed = this.#closed ?? []
    this.#closed = null
    return closed
  }

  #at(offsetMs: number): OpenSecond {
    const k = Math.max(0, Math.floor(offsetMs / 1000))
    const open = this.#open
    // A client that reads its clock a moment before another may still be in the second before: it counts in the open one.
    if (open !== null && open.k >= k) return open
    if (open !== null) this.#close(open)
    return (this.#open = new OpenSecond(k))
  }

  #close(open: OpenSecond): void {
    this.#open = null
    ;(this.#closed ??= []).push(open.seal(this.#second.toSparse()))
    this.#whole.add(this.#second)
    this.#second.clear()
  }
}

class TimeHistograms {
  readonly latency = new Histogram()
  readonly service = new Histogram()
  readonly processing = new Histogram()
  readonly sendDelay = new Histogram()

  add(other: TimeHistograms): void {
    this.latency.add(other.latency)
    this.service.add(other.service)
    this.processing.add(other.processing)
    this.sendDelay.add(other.sendDelay)
  }

  toSparse(): TaskHistograms {
    return {
      latency: this.latency.toSparse(),
      service: this.service.toSparse(),
      processing: this.processing.toSparse(),
      sendDelay: this.sendDelay.toSparse()
    }
  }

  clear(): void {
    this.latency.clear()
    this.service.clear()
    this.processing.clear()
    this.sendDelay.clear()
  }
}

class OpenSecond {
  readonly k: number
  sent = 0
  ok = 0
  failed: Record<string, number> = emptyDictionary()
  cancelled = 0
  work = 0
  maxService = 0
  errorRun = 0
  okMean = 0
  okM2 = 0
  okSum = 0
  okMin = Number.POSITIVE_INFINITY
  okMax = 0

  constructor(k: number) {
    this.k = k
  }

  succeeded(serviceMs: number): void {
    this.ok++
    const distance = serviceMs - this.okMean
    this.okMean += distance / this.ok
    this.okM2 += distance * (serviceMs - this.okMean)
    this.okSum += serviceMs
    if (serviceMs < this.okMin) this.okMin = serviceMs
    if (serviceMs > this.okMax) this.okMax = serviceMs
  }

  hasFailed(errorClass: string, errorRun: number): void {
    this.failed[errorClass] = (this.failed[errorClass] ?? 0) + 1
    if (errorRun > this.errorRun) this.errorRun = errorRun
  }

  seal(times: TaskHistograms): Second {
    const { k, sent, ok, failed, cancelled, work, maxService, errorRun } = this
    const okService: Moments = { n: ok, sum: this.okSum, min: ok === 0 ? 0 : this.okMin, max: this.okMax, m2: this.okM2 }
    return { k, sent, ok, failed, cancelled, work, ...times, okService, maxService, errorRun }
  }
}
