// The loop of one client in one task: when is it due? → with what? → send → record.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Random } from '../core/random.ts'
import type { ClientTask } from '../allocation/allocation.ts'
import type { OperationResult, OperationType, ParamSource, RequestParams, RunContext, SingleExchange } from '../operation/operation.ts'
import { loopControlFor, type LoopControl } from '../scheduler/loop-control.ts'
import { rampUpDelayMs } from '../scheduler/ramp-up.ts'
import { schedulerFor, type Scheduler } from '../scheduler/scheduler.ts'
import type { TaskRecorder } from '../sample/task-recorder.ts'
import type { AnswerReceiver, TargetAnswer, TargetClient, TargetRequest, TransportError } from '../target/request.ts'
import { judgeFailure, thrownResult } from './on-error.ts'
import type { StopSignal, Waiter } from './pacer.ts'
import { RequestRecord, type RequestMoments } from './request-record.ts'
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

/**
 * Due? → with what? → send → record → due? … One request after the other runs from answer to answer, within the reading of the
 * sockets, or from due time to due time, told by the pacer; promises are made only where the client has to wait for something else: an
 * operation of several exchanges, a coordinator that is not heard, a turn of the loop after a failure.
 */
class ClientLoop implements AnswerReceiver, RequestMoments, Waiter {
  dueMs = 0.5
  beganMs = 0.5
  freeSinceMs: number
  readonly #run: ClientRun
  readonly #single: SingleExchange | undefined
  readonly #loop: LoopControl
  readonly #scheduler: Scheduler
  readonly #context: RunContext
  readonly #record: RequestRecord
  readonly #stepStartMs: number
  readonly #taskStartMs: number
  #firstDueMs = 0.5
  #isWarm = false
  #isOver = false
  /** Over because the task is, not its source or the race. */
  #isComplete = false
  // The next request, once it is prepared.
  #params: RequestParams = NO_PARAMS
  #request: TargetRequest | null = null
  #isNormal = false
  #recorder: TaskRecorder | null = null
  #isHandingOver = false
  #hasFailed = false
  #pause: () => void = ignore
  #break: (error: unknown) => void = ignore
  readonly #executor = (resolve: () => void, reject: (error: unknown) => void): void => {
    this.#pause = resolve
    this.#break = reject
    this.#handOver()
  }

  constructor(run: ClientRun, loop: LoopControl, stepStartMs: number, taskStartMs: number) {
    const { part, source, random, thread, stop, account, target } = run
    this.#run = run
    this.#single = run.operation.single
    this.#loop = loop
    const seat = { clientIndex: part.clientIndexInTask, random, expectedWeight: source.expectedWeight, warn: thread.warn }
    this.#scheduler = schedulerFor(part.task, seat)
    this.#context = thread.runContext(stop)
    const { isThrottled } = this.#scheduler
    this.#record = new RequestRecord(run.client, { account, thread, timing: target.timing, isThrottled, stepStartMs })
    this.#stepStartMs = stepStartMs
    this.#taskStartMs = taskStartMs
    this.freeSinceMs = taskStartMs
  }

  get stop(): StopSignal {
    return this.#run.stop
  }

  /** Resolves with the monotonic time at which the client's part was over. */
  async run(): Promise<number> {
    const { part, thread, stop } = this.#run
    const { clock, pacer } = thread
    // Due times count from the end of the ramp-up, so that the wait is not charged to latency.
    this.#firstDueMs = this.#taskStartMs + rampUpDelayMs(part.task, part)
    if (this.#firstDueMs > this.#taskStartMs && !(await pacer.until(this.#firstDueMs, stop))) return clock.monotonicMs()
    this.#prepare(clock.monotonicMs())
    while (!this.#isOver) {
      if (!this.#isReady() && !(await this.#untilReady())) return clock.monotonicMs()
      if (this.#request === null) await this.#operate()
      else await new Promise<void>(this.#executor)
      // Whatever fails at once, over and over, must not keep the thread from hearing commands and other clients' answers.
      if (this.#hasFailed) await nextTurn()
    }
    return this.#isComplete ? this.#endOfTask() : clock.monotonicMs()
  }

  /** Decides on the next request: when, with what, how it counts; or that there is none. */
  #prepare(nowMs: number): void {
    const { thread, stop, source, client } = this.#run
    this.dueMs = this.#firstDueMs + this.#scheduler.nextDueMs()
    thread.health.clientIsFree(client, this.dueMs, this.freeSinceMs)
    const type = this.#loop.begin(nowMs - this.#taskStartMs, this.dueMs - this.#taskStartMs)
    if (type === 'normal' && !this.#isWarm) this.#warm()
    const params = type === null ? null : source.next()
    if (params === null || stop.stopped) {
      this.#isOver = true
      this.#isComplete = type === null
      return
    }
    this.#isNormal = type === 'normal'
    this.#params = params
    this.#request = this.#single === undefined ? null : this.#single.request(params, this.#context)
  }

  /** Whether the prepared request may leave now. */
  #isReady(): boolean {
    const { clock, lease } = this.#run.thread
    const nowMs = clock.monotonicMs()
    return !(this.dueMs > nowMs) && lease.holds(nowMs)
  }

  /** A node that stood still may hear of its coordinator a moment later; else it is stopped. False: it was. */
  async #untilReady(): Promise<boolean> {
    const {
      thread: { clock, pacer, lease },
      stop
    } = this.#run
    if (this.dueMs > clock.monotonicMs() && !(await pacer.until(this.dueMs, stop))) return false
    while (!lease.holds(clock.monotonicMs())) {
      if (!(await pacer.until(clock.monotonicMs() + LEASE_LOOK_MS, stop))) return false
    }
    return true
  }

  /** From the end of its last request in the warm-up, so that seconds of the measured phase hold nothing of that; not from its next one. */
  #warm(): void {
    this.#isWarm = true
    const atMs = Math.max(this.freeSinceMs, this.#taskStartMs + this.#loop.warmupMs)
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

  #begin(): void {
    this.beganMs = this.#run.thread.clock.monotonicMs()
    this.#run.target.begin()
    this.#recorder = this.#record.begins(this.#isNormal ? 'normal' : 'warmup', this.beganMs)
  }

  #handOver(): void {
    this.#begin()
    this.#isHandingOver = true
    this.#run.target.exchange(this.#request!, this)
    this.#isHandingOver = false
  }

  /** The next request is handed over from here if it may leave at once: no promise, no turn of the loop. */
  answered(answer: TargetAnswer): void {
    try {
      this.#judge(answer)
      if (this.#isOver || this.#isHandingOver || this.#request === null) this.#pause()
      else if (this.#isReady()) this.#handOver()
      else if (this.dueMs > this.freeSinceMs) this.#run.thread.pacer.wait(this)
      else this.#pause()
    } catch (error) {
      this.#break(error)
    }
  }

  /** The prepared request's time has come, or nothing is to be sent any more. */
  due(isDue: boolean): void {
    try {
      if (isDue && this.#isReady()) this.#handOver()
      else {
        this.#isOver = !isDue
        this.#pause()
      }
    } catch (error) {
      this.#break(error)
    }
  }

  failed(error: TransportError): void {
    try {
      this.#end(this.#single!.failed(error), null)
      this.#pause()
    } catch (fatal) {
      this.#break(fatal)
    }
  }

  #judge(answer: TargetAnswer): void {
    let thrown: Thrown | null = null
    let result: OperationResult
    try {
      result = this.#single!.result(answer, this.#params, this.#context)
    } catch (error) {
      thrown = { error }
      result = thrownResult(error)
    }
    this.#end(result, thrown)
  }

  async #operate(): Promise<void> {
    const { operation, target } = this.#run
    this.#begin()
    let thrown: Thrown | null = null
    let result: OperationResult
    try {
      result = await operation.run(target, this.#params, this.#context)
    } catch (error) {
      thrown = { error }
      result = thrownResult(error)
    }
    // Nor must work without any exchange keep the thread from them.
    if (!(target.timing.firstSentMs > 0)) await nextTurn()
    this.#end(result, thrown)
  }

  /** Writes the request down and prepares the next one; throws what ends the race. */
  #end(result: OperationResult, thrown: Thrown | null): void {
    const doneMs = this.#record.ends(result, this.#recorder!, this.#isNormal, this)
    this.freeSinceMs = doneMs
    this.#scheduler.requestDone(result.weight, result.unit)
    this.#hasFailed = result.failure !== null
    if (result.failure !== null) {
      this.#run.account.failure(result.failure)
      if (thrown !== null) throw thrown.error
      judgeFailure(this.#run.thread.onError, this.#run.part.task, result.failure)
    }
    this.#prepare(doneMs)
  }
}

interface Thrown {
  readonly error: unknown
}

const NO_PARAMS: RequestParams = Object.freeze({})

function ignore(): void {}
