// Everything one worker keeps of one task in a step: recorders by sample type, an example of each class of errors,
// and when its clients warmed up and ended.

import { TaskRecorder } from '../sample/task-recorder.ts'
import type { Failure } from '../operation/operation.ts'
import type { ErrorExample, SampleTypeName, TaskProgressFacts, TaskResult, TypeResult, TypeSnapshot } from '../protocol/messages.ts'

/** Beyond this many classes only counts are kept: a server that puts a number into each error must not fill memory. */
const MAX_EXAMPLES = 50

export class TaskAccount {
  readonly task: string
  /** Index in the step's list of tasks. */
  readonly index: number
  readonly isThrottled: boolean
  readonly #recorders: Partial<Record<SampleTypeName, TaskRecorder>> = {}
  readonly #errors = new Map<string, ErrorExample>()
  /** Of each client: 0…1, or null if its end is not known; asked only when told of, never on the measured path. */
  readonly #completed = new Map<number, () => number | null>()
  #clients = 0
  #ended = 0
  #warm = 0
  #warmAtMs = 0
  #firstEndAtMs = Number.POSITIVE_INFINITY
  #lastEndAtMs = 0
  #firstSentAtMs: number | null = null
  #lastSentAtMs: number | null = null
  unit = 'ops'

  constructor(task: string, index: number, isThrottled: boolean) {
    this.task = task
    this.index = index
    this.isThrottled = isThrottled
  }

  recorder(type: SampleTypeName): TaskRecorder {
    return (this.#recorders[type] ??= new TaskRecorder())
  }

  clientBegan(client: number, completed: () => number | null): void {
    this.#clients++
    this.#completed.set(client, completed)
  }

  /** The client's warm-up is over (or it had none). */
  clientWarm(offsetMs: number): void {
    this.#warm++
    if (offsetMs > this.#warmAtMs) this.#warmAtMs = offsetMs
  }

  clientEnded(client: number, offsetMs: number): void {
    this.#ended++
    this.#completed.set(client, () => 1)
    if (offsetMs < this.#firstEndAtMs) this.#firstEndAtMs = offsetMs
    if (offsetMs > this.#lastEndAtMs) this.#lastEndAtMs = offsetMs
  }

  sentAt(offsetMs: number): void {
    this.#firstSentAtMs ??= offsetMs
    this.#lastSentAtMs = offsetMs
  }

  failure(failure: Failure): void {
    if (this.#errors.has(failure.errorClass) || this.#errors.size >= MAX_EXAMPLES) return
    const { errorClass, httpStatus, description, body } = failure
    this.#errors.set(errorClass, { errorClass, httpStatus, description, body })
  }

  progress(): TaskProgressFacts {
    let sum = 0
    let known = 0
    for (const of of this.#completed.values()) {
      const completed = of()
      if (completed === null) continue
      sum += completed
      known++
    }
    return { completed: known === 0 ? null : sum / known, clients: this.#clients, ended: this.#ended, warm: this.#warm }
  }

  /** The seconds that ended before `offsetMs`, with the counts so far. */
  snapshot(offsetMs: number): Partial<Record<SampleTypeName, TypeSnapshot>> {
    const types: Partial<Record<SampleTypeName, TypeSnapshot>> = {}
    for (const type of TYPES) {
      const recorder = this.#recorders[type]
      if (recorder !== undefined) types[type] = { tally: structuredClone(recorder.tally), seconds: recorder.closeSeconds(offsetMs) }
    }
    return types
  }

  /** Once, when no client of the task runs any more. */
  result(): TaskResult {
    const types: Partial<Record<SampleTypeName, TypeResult>> = {}
    for (const type of TYPES) {
      const recorder = this.#recorders[type]
      if (recorder !== undefined) types[type] = { tally: recorder.tally, ...recorder.finish() }
    }
    return {
      types,
      errors: [...this.#errors.values()],
      unit: this.unit,
      isThrottled: this.isThrottled,
      warmAtMs: this.#warm === this.#clients ? this.#warmAtMs : Number.MAX_SAFE_INTEGER,
      firstEndAtMs: Number.isFinite(this.#firstEndAtMs) ? this.#firstEndAtMs : 0,
      lastEndAtMs: this.#lastEndAtMs,
      firstSentAtMs: this.#firstSentAtMs,
      lastSentAtMs: this.#lastSentAtMs,
      clients: this.#clients
    }
  }
}

const TYPES: readonly SampleTypeName[] = ['warmup', 'normal']
