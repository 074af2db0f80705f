// Piscina's entry: one job for a whole race. Commands come in and events go out over the port it is given.

import type { MessagePort } from 'node:worker_threads'
import { systemClock } from '../core/clock.ts'
import { RallyError, toWire } from '../core/errors.ts'
import { parseJson } from '../core/json-parse.ts'
import { wakeOnTime } from '../core/timer-slack.ts'
import { createTargetClient } from '../target/target-client.ts'
import { UnreachableError, type TargetClient } from '../target/request.ts'
import type { Track } from '../track/track.ts'
import { Lease } from '../protocol/lease.ts'
import type { WorkerCommand, WorkerEvent, WorkerStart } from '../protocol/worker-messages.ts'
import { unreachable } from '../core/exhaustive.ts'
import { ChunkOutbox } from './chunk-outbox.ts'
import { Pacer } from './pacer.ts'
import { prepareSteps } from './prepare-steps.ts'
import { resultsOf, runStep, secondOf, stopAll, type PreparedStep, type RunningStep } from './step-run.ts'
import { ThreadHealth } from './thread-health.ts'
import { runContextOf, type Thread } from './thread.ts'

const ALIVE_EVERY_MS = 1000

/** Resolves when the race is over for this worker. */
export default async function work(job: { readonly start: WorkerStart; readonly port: MessagePort }): Promise<void> {
  const worker = new Worker(job.start, job.port)
  await worker.run()
}

class Worker {
  readonly #start: WorkerStart
  readonly #port: MessagePort
  readonly #thread: Thread
  readonly #outbox: ChunkOutbox
  readonly #targets = new Map<number, TargetClient>()
  /** null: over, so that its histograms are let go. */
  #steps: (PreparedStep | null)[] = []
  #current: RunningStep | null = null
  #ticker: NodeJS.Timeout | null = null
  readonly #warned = new Set<string>()
  readonly #closing: Promise<void>[] = []
  #stepRun: Promise<void> = Promise.resolve()
  #finished: () => void = () => {}

  constructor(start: WorkerStart, port: MessagePort) {
    this.#start = start
    this.#port = port
    const clock = systemClock
    const pacer = new Pacer(clock, wakeOnTime())
    const health = new ThreadHealth(clock, start.clients)
    this.#outbox = new ChunkOutbox({
      maxInFlight: start.maxChunksInFlight,
      post: (event) => this.#send(event),
      dropped: (samples) => health.dropped(samples)
    })
    const { columns } = this.#outbox
    this.#thread = { clock, pacer, lease: new Lease(start.lease), columns, health, onError: start.onError, warn: (message) => this.#warn(message), runContext: runContextOf(clock, pacer, start) }
  }

  async run(): Promise<void> {
    const alive = setInterval(() => this.#send({ t: 'alive' }), ALIVE_EVERY_MS)
    const finished = new Promise<void>((resolve) => {
      this.#finished = resolve
    })
    this.#port.on('message', (command: WorkerCommand) => void this.#guard(() => this.#obey(command)))
    await this.#guard(async () => {
      const track = parseJson(this.#start.track) as unknown as Track
      const maySend = (nowMs: number): boolean => this.#thread.lease.holds(nowMs)
      for (const client of this.#start.clients) {
        this.#targets.set(client, createTargetClient({ ...this.#start.target, secrets: this.#start.secrets }, this.#thread.clock, client, maySend))
      }
      this.#steps = prepareSteps({ start: this.#start, track, thread: this.#thread, targets: this.#targets })
      await this.#connect()
      this.#send({ t: 'ready' })
    })
    await finished
    clearInterval(alive)
    // What its requests in flight measured until now is still told.
    await this.#stepRun.catch(() => {})
    this.#thread.health.close()
    await Promise.allSettled(this.#closing)
    this.#port.close()
  }

  /** The target answered before: what keeps a client from its connection now ends the race before its first request. */
  async #connect(): Promise<void> {
    try {
      await Promise.all([...this.#targets.values()].map((target) => target.warmUp()))
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error
      throw new RallyError('target', `the connections of ${this.#targets.size} clients cannot be opened: ${error.message}`, { hint: error.hint })
    }
  }

  async #obey(command: WorkerCommand): Promise<void> {
    switch (command.t) {
      case 'start-step':
        this.#stepRun = this.#runStep(command.step, command.startAtMs)
        return this.#stepRun
      case 'complete-task':
        if (this.#current?.prepared.step !== command.step) return
        this.#current.prepared.others.stopped = true
        this.#thread.pacer.wake()
        return
      case 'cancel':
        return this.#cancel(command.graceMs)
      case 'chunk-taken':
        this.#outbox.taken(command.columns)
        return
      case 'finish':
        if (this.#current !== null) stopAll(this.#current.prepared, this.#thread)
        this.#abort('the race is over')
        this.#finished()
        return
      default:
        unreachable(command)
    }
  }

  async #runStep(step: number, startMs: number): Promise<void> {
    const prepared = this.#steps[step]
    if (prepared === undefined || prepared === null) throw new Error(`step ${step} of ${this.#steps.length} is unknown or over`)
    const clientEnded = (task: string): void => this.#send({ t: 'client-ended', step, task })
    const failed = (error: unknown): void => {
      this.#send({ t: 'failed', error: toWire(error) })
      this.#abort('the race has failed')
    }
    const running: RunningStep = { prepared, thread: this.#thread, startMs, clientEnded, failed }
    this.#current = running
    this.#thread.health.begin()
    this.#outbox.stepStarts(startMs)
    this.#tickAt(running, startMs + 1000)
    try {
      await runStep(running)
    } finally {
      if (this.#ticker !== null) clearTimeout(this.#ticker)
      this.#thread.columns.flush()
      this.#current = null
      this.#steps[step] = null
    }
    const last = secondOf(running, this.#start.worker, this.#thread.clock.monotonicMs())
    this.#send({ t: 'step-joined', step, last, tasks: resultsOf(prepared) })
  }

  /** Just after each second's end, by the step's own clock. */
  #tickAt(running: RunningStep, atMs: number): void {
    const delayMs = Math.max(1, atMs - this.#thread.clock.monotonicMs() + 0.5)
    this.#ticker = setTimeout(() => {
      const nowMs = this.#thread.clock.monotonicMs()
      if (nowMs < atMs) return this.#tickAt(running, atMs)
      this.#send({ t: 'second', ...secondOf(running, this.#start.worker, nowMs) })
      this.#outbox.tick(nowMs)
      const elapsedSeconds = Math.floor((nowMs - running.startMs) / 1000)
      return this.#tickAt(running, running.startMs + (elapsedSeconds + 1) * 1000)
    }, delayMs)
  }

  #cancel(graceMs: number): void {
    if (this.#current === null) return
    stopAll(this.#current.prepared, this.#thread)
    if (graceMs === 0) this.#abort('the race was stopped')
    else setTimeout(() => this.#abort('the race was cancelled'), graceMs).unref()
  }

  /** What is in flight ends as cancelled, and nothing more is sent: an operation may want to clean up behind itself. */
  #abort(reason: string): void {
    for (const target of this.#targets.values()) {
      target.abort(reason)
      this.#closing.push(target.close())
    }
    this.#targets.clear()
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return
    this.#warned.add(message)
    this.#send({ t: 'warning', message })
  }

  #send(event: WorkerEvent): void {
    // A MessagePort between threads has no origin to name.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#port.postMessage(event)
  }

  /** What goes wrong in here is told to the node; it decides. */
  async #guard(act: () => Promise<void> | void): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#send({ t: 'failed', error: toWire(error) })
    }
  }
}
