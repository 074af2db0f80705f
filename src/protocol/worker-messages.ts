// What a node's main thread and its workers say to each other, over a MessagePort.

import type { WireError } from '../core/errors.ts'
import type { ColumnChunk, Columns } from '../sample/columns.ts'
import type { TargetFacts } from '../target/request.ts'
import type { TargetOptions, TargetSecrets } from '../target/target-options.ts'
import type { StepJoined, TaskProgressFacts, TypeSnapshot, SampleTypeName, WorkerHealth } from './messages.ts'

/** Given to the thread when it starts. */
export interface WorkerStart {
  readonly worker: number
  readonly seed: string
  /** As in `prepare`. */
  readonly track: string
  /** Ids of this worker's clients. */
  readonly clients: readonly number[]
  readonly target: Omit<TargetOptions, 'secrets'>
  readonly secrets: TargetSecrets
  readonly facts: TargetFacts
  readonly onError: 'continue' | 'continue-on-network' | 'abort'
  readonly enableAssertions: boolean
  /** Of the lease (lease.ts) without which nothing is sent. */
  readonly lease: SharedArrayBuffer
  /** Absolute path by `<corpus>/<file>`. */
  readonly dataPaths: Readonly<Record<string, string>>
  /** Chunks the main thread has not yet taken over, above which samples are dropped (and counted). */
  readonly maxChunksInFlight: number
}

/** Main thread → worker. */
export type WorkerCommand =
  /** Monotonic milliseconds of this machine. */
  | { readonly t: 'start-step'; readonly step: number; readonly startAtMs: number }
  | { readonly t: 'complete-task'; readonly step: number }
  | { readonly t: 'cancel'; readonly graceMs: number }
  /** Gives a chunk's columns back for reuse. */
  | { readonly t: 'chunk-taken'; readonly columns: Columns }
  | { readonly t: 'finish' }

/** Worker → main thread. */
export type WorkerEvent =
  | { readonly t: 'ready' }
  /** Once a second, whatever it does: its event loop turns. */
  | { readonly t: 'alive' }
  | ({ readonly t: 'second' } & WorkerSecond)
  | { readonly t: 'client-ended'; readonly step: number; readonly task: string }
  /** Before the first sample goes into these columns; `rows` holds how many are filled. Both are shared memory, which outlives the worker. */
  | { readonly t: 'filling'; readonly columns: Columns; readonly rows: Uint32Array }
  /** Of the chunk that is being filled: its next one. */
  | { readonly t: 'label'; readonly of: 'errors' | 'units'; readonly label: string }
  | { readonly t: 'chunk'; readonly chunk: ColumnChunk }
  | { readonly t: 'step-joined'; readonly step: number; readonly last: WorkerSecond; readonly tasks: StepJoined['tasks'] }
  | { readonly t: 'warning'; readonly message: string }
  | { readonly t: 'failed'; readonly error: WireError }

/** What a worker tells once a second. */
export interface WorkerSecond {
  readonly worker: number
  readonly step: number
  readonly tasks: Readonly<Record<string, Readonly<Partial<Record<SampleTypeName, TypeSnapshot>>>>>
  readonly progress: Readonly<Record<string, TaskProgressFacts>>
  readonly health: WorkerHealth
}
