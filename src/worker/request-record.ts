// What is written down of one client's requests: their times, their outcome, in histograms and columns.

import type { Clock } from '../core/clock.ts'
import type { OperationResult } from '../operation/operation.ts'
import { emptySample, type Sample } from '../sample/sample.ts'
import type { TaskRecorder } from '../sample/task-recorder.ts'
import type { RequestTiming } from '../target/request.ts'
import type { TaskAccount } from './task-account.ts'
import type { Thread } from './thread.ts'

/** When things became of a request; monotonic milliseconds. */
export interface RequestMoments {
  /** NaN: whenever its client was free. */
  readonly dueMs: number
  readonly beganMs: number
  /** When its client was done with the request before. */
  readonly freeSinceMs: number
}

export class RequestRecord {
  readonly #account: TaskAccount
  readonly #thread: Thread
  readonly #clock: Clock
  readonly #timing: RequestTiming
  readonly #isThrottled: boolean
  readonly #stepStartMs: number
  readonly #sample: Sample

  constructor(
    client: number,
    {
      account,
      thread,
      timing,
      isThrottled,
      stepStartMs
    }: {
      readonly account: TaskAccount
      readonly thread: Thread
      readonly timing: RequestTiming
      readonly isThrottled: boolean
      readonly stepStartMs: number
    }
  ) {
    this.#account = account
    this.#thread = thread
    this.#clock = thread.clock
    this.#timing = timing
    this.#isThrottled = isThrottled
    this.#stepStartMs = stepStartMs
    this.#sample = emptySample(client, account.index)
  }

  /** Before the request is handed over. */
  begins(type: 'warmup' | 'normal', beganMs: number): TaskRecorder {
    const recorder = this.#account.recorder(type)
    this.#thread.pacer.sent()
    recorder.sent(beganMs - this.#stepStartMs)
    this.#account.sentAt(beganMs - this.#stepStartMs)
    return recorder
  }

  /** Once the outcome is known; gives the moment. */
  ends(result: OperationResult, recorder: TaskRecorder, isNormal: boolean, moments: RequestMoments): number {
    const doneMs = this.#clock.monotonicMs()
    this.#thread.pacer.answered()
    recorder.tally.retries += this.#timing.retries
    if (result.failure?.errorClass === 'cancelled') {
      recorder.cancelled(doneMs - this.#stepStartMs)
      return doneMs
    }
    this.#sample.isNormal = isNormal
    this.#time(moments, doneMs)
    this.#add(result, recorder)
    return doneMs
  }

  #time({ dueMs, beganMs, freeSinceMs }: RequestMoments, doneMs: number): void {
    const sample = this.#sample
    const { firstSentMs, lastByteMs, hasOpened } = this.#timing
    // A request without any exchange (nothing to delete) is timed by its own work.
    const sentMs = firstSentMs > 0 ? firstSentMs : beganMs
    const endMs = lastByteMs > 0 ? lastByteMs : doneMs
    sample.endOffsetMs = endMs - this.#stepStartMs
    sample.serviceMs = endMs - sentMs
    sample.latencyMs = this.#isThrottled ? endMs - dueMs : sample.serviceMs
    sample.processingMs = doneMs - beganMs
    // Late because its client was still busy: charged to latency, not to the driver. Nor is the driver late while the target takes a connection.
    sample.sendDelayMs = dueMs >= freeSinceMs ? (hasOpened ? beganMs : sentMs) - dueMs : Number.NaN
  }

  #add(result: OperationResult, recorder: TaskRecorder): void {
    const sample = this.#sample
    const { columns, health } = this.#thread
    sample.weight = result.weight
    sample.unit = result.unit
    sample.bytes = result.bytes
    sample.errorClass = result.success ? null : (result.failure?.errorClass ?? 'unsuccessful')
    sample.errorRun = result.success ? 0 : sample.errorRun + 1
    if (result.success) this.#account.unit = result.unit
    recorder.record(sample)
    columns.add(sample)
    if (sample.sendDelayMs >= 0) health.sendDelay(sample.sendDelayMs)
  }
}
