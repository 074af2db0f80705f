// The loop of one client in one task: when is it due? → with what? → send → record.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Random } from '../core/random.ts'
import type { ClientTask } from '../allocation/allocation.ts'
import type { OperationResult, OperationType, ParamSource, RequestParams, RunContext } from '../operation/operation.ts'
import { loopControlFor, type LoopControl } from '../scheduler/loop-control.ts'
import { rampUpDelayMs } from '../scheduler/ramp-up.ts'
import { schedulerFor, type Scheduler } from '../scheduler/scheduler.ts'
import { emptySample, type Sample } from '../sample/sample.ts'
import type { TaskRecorder } from '../sample/task-recorder.ts'
import type { TargetClient } from '../target/request.ts'
import { judgeFailure, thrownResult } from './on-error.ts'
import type { StopSignal } from './pacer.ts'
import type { TaskAccount } from './task-account.ts'
import type { Thread } from './thread.ts'

/** How often a client looks whether it may send again. */
const LEASE_LOOK_MS = 10

/** All that one client's part in one task needs; made before its step starts. */
export interface ClientRun {
  readonly thread: Thread
  readonly client: number
  readonly part: ClientTask
  readonly account: TaskAccount
  readonly operation: OperationType
  readonly source: ParamSource
  readonly target: TargetClient
  readonly random: Random
  readonly stop: StopSignal
}

/** Runs until the task's end, or the stop signal; throws what must end the race. */
export async function runClientTask(run: ClientRun, stepStartMs: number, taskStartMs: number): Promise<void> {
  const { account, client, source } = run
  const loop = loopControlFor(run.part.task, source)
  const { clock } = run.thread
  account.clientBegan(client, () => loop.progress(clock.monotonicMs() - taskStartMs) ?? source.percentCompleted())
  const clientLoop = new ClientLoop(run, loop, stepStartMs, taskStartMs)
  let endAtMs = stepStartMs
  try {
    endAtMs = await clientLoop.run()
  } finally {
    source.close()
    run.thread.health.clientHasEnded(client)
    account.clientEnded(client, Math.max(0, endAtMs - stepStartMs))
  }
}

class ClientLoop {
  readonly #run: ClientRun
  readonly #loop: LoopControl
  readonly #scheduler: Scheduler
  readonly #context: RunContext
  readonly #stepStartMs: number
  readonly #taskStartMs: number
  readonly #sample: Sample
  #isWarm = false
  /** When the client's last request was over: from then on lateness is the driver's own. */
  #freeAtMs: number

  constructor(run: ClientRun, loop: LoopControl, stepStartMs: number, taskStartMs: number) {
    const { part, source, random, thread, stop } = run
    this.#run = run
    this.#loop = loop
    const seat = { clientIndex: part.clientIndexInTask, random, expectedWeight: source.expectedWeight, warn: thread.warn }
    this.#scheduler = schedulerFor(part.task, seat)
    this.#context = thread.runContext(stop)
    this.#sample = emptySample(run.client, run.account.index)
    this.#stepStartMs = stepStartMs
    this.#taskStartMs = taskStartMs
    this.#freeAtMs = taskStartMs
  }

  /** Resolves with the monotonic time at which the client's part was over. */
  async run(): Promise<number> {
    const { part, thread, stop, source, client } = this.#run
    const { clock, pacer, lease, health } = thread
    // Due times count from the end of the ramp-up, so that the wait is not charged to latency.
    const firstDueMs = this.#taskStartMs + rampUpDelayMs(part.task, part)
    if (firstDueMs > this.#taskStartMs && !(await pacer.until(firstDueMs, stop))) return clock.monotonicMs()
    for (;;) {
      const dueMs = firstDueMs + this.#scheduler.nextDueMs()
      const nowMs = clock.monotonicMs()
      health.clientIsFree(client, dueMs, this.#freeAtMs)
      const type = this.#loop.begin(nowMs - this.#taskStartMs, dueMs - this.#taskStartMs)
      if (type === null) return this.#endOfTask()
      if (type === 'normal' && !this.#isWarm) this.#warm()
      const params = source.next()
      if (params === null || stop.stopped) return clock.monotonicMs()
      let readyMs = clock.monotonicMs()
      if (dueMs > readyMs) {
        if (!(await pacer.until(dueMs, stop))) return clock.monotonicMs()
        readyMs = clock.monotonicMs()
      }
      if (!lease.holds(readyMs) && !(await this.#leaseAgain())) return clock.monotonicMs()
      await this.#request(params, type, dueMs)
    }
  }

  /** A node that stood still may hear of its coordinator a moment later; else it is stopped. False: it was. */
  async #leaseAgain(): Promise<boolean> {
    const { thread: { clock, pacer, lease }, stop } = this.#run
    while (!lease.holds(clock.monotonicMs())) {
      if (!(await pacer.until(clock.monotonicMs() + LEASE_LOOK_MS, stop))) return false
    }
    return true
  }

  /** From the end of its last request in the warm-up, so that seconds of the measured phase hold nothing of that; not from its next one. */
  #warm(): void {
    this.#isWarm = true
    const atMs = Math.max(this.#freeAtMs, this.#taskStartMs + this.#loop.warmupMs)
    this.#run.account.clientWarm(atMs - this.#stepStartMs)
  }

  /** A task that ends by time lasts its whole time, also if nothing is due any more before its end. */
  async #endOfTask(): Promise<number> {
    const { thread, stop } = this.#run
    const endsAtMs = this.#taskStartMs + this.#loop.endsAtMs
    if (Number.isFinite(endsAtMs)) await thread.pacer.until(endsAtMs, stop)
    if (!this.#isWarm) this.#warm()
    return thread.clock.monotonicMs()
  }

  async #request(params: RequestParams, type: 'warmup' | 'normal', dueMs: number): Promise<void> {
    const { operation, target, account, thread } = this.#run
    const beganMs = thread.clock.monotonicMs()
    const recorder = account.recorder(type)
    target.begin()
    thread.pacer.sent()
    recorder.sent(beganMs - this.#stepStartMs)
    account.sentAt(beganMs - this.#stepStartMs)
    let thrown: { readonly error: unknown } | null = null
    let result: OperationResult
    try {
      result = await operation.run(target, params, this.#context)
    } catch (error) {
      thrown = { error }
      result = thrownResult(error)
    }
    const doneMs = thread.clock.monotonicMs()
    recorder.tally.retries += target.timing.retries
    if (result.failure?.errorClass === 'cancelled') recorder.cancelled(doneMs - this.#stepStartMs)
    else {
      this.#sample.isNormal = type === 'normal'
      this.#time(dueMs, beganMs, doneMs)
      this.#record(result, recorder)
    }
    this.#freeAtMs = doneMs
    // Work without any exchange must not keep the thread from hearing commands.
    if (!(target.timing.firstSentMs > 0)) await nextTurn()
    this.#scheduler.requestDone(result.weight, result.unit)
    if (result.failure !== null) {
      account.failure(result.failure)
      if (thrown !== null) throw thrown.error
      judgeFailure(thread.onError, this.#run.part.task, result.failure)
    }
  }

  #time(dueMs: number, beganMs: number, doneMs: number): void {
    const sample = this.#sample
    const { firstSentMs, lastByteMs } = this.#run.target.timing
    // A request without any exchange (nothing to delete) is timed by its own work.
    const sentMs = firstSentMs > 0 ? firstSentMs : beganMs
    const endMs = lastByteMs > 0 ? lastByteMs : doneMs
    sample.endOffsetMs = endMs - this.#stepStartMs
    sample.serviceMs = endMs - sentMs
    sample.latencyMs = this.#scheduler.isThrottled ? endMs - dueMs : sample.serviceMs
    sample.processingMs = doneMs - beganMs
    // Late because its client was still busy: charged to latency, not to the driver.
    sample.sendDelayMs = dueMs >= this.#freeAtMs ? sentMs - dueMs : Number.NaN
  }

  #record(result: OperationResult, recorder: TaskRecorder): void {
    const sample = this.#sample
    const { account, thread } = this.#run
    sample.weight = result.weight
    sample.unit = result.unit
    sample.bytes = result.bytes
    sample.errorClass = result.success ? null : (result.failure?.errorClass ?? 'unsuccessful')
    sample.errorRun = result.success ? 0 : sample.errorRun + 1
    if (result.success) account.unit = result.unit
    recorder.record(sample)
    thread.columns.add(sample)
    if (sample.sendDelayMs >= 0) thread.health.sendDelay(sample.sendDelayMs)
  }
}
