// What an operation type is: the parameters of the next request, and how it is sent.

import type { Random } from '../core/random.ts'
import type { Clock } from '../core/clock.ts'
import type { JsonObject } from '../core/json.ts'
import type { Operation, Track } from '../track/track.ts'
import type { TargetAnswer, TargetClient, TargetFacts, TargetRequest, TransportError } from '../target/request.ts'

/** One kind of operation; its file and its `name` are the word in the track. */
export interface OperationType {
  readonly name: string
  /** Admin operations are left out of the report unless the track says otherwise, or they fail. */
  readonly isAdmin: boolean
  /**
   * The parameters of one client's requests. Throws RallyError('track') for what the track got wrong.
   * @param context what the source may know
   */
  createSource(context: SourceContext): ParamSource
  /** One request: may be several exchanges. A failed request is a result, not an error; throws only for what must end the race. */
  run(client: TargetClient, params: RequestParams, context: RunContext): Promise<OperationResult>
  /** Of types whose request is one exchange, judged by its answer alone: the same as `run`, without a promise on the measured path. */
  readonly single?: SingleExchange
}

export interface SingleExchange {
  /** What to send; null: these parameters ask for more than one exchange, and need `run`. */
  request(params: RequestParams, context: RunContext): TargetRequest | null
  /** What came of it; throws only for what must end the race. */
  result(answer: TargetAnswer, params: RequestParams, context: RunContext): OperationResult
  /** The same of a request without an answer. */
  failed(error: TransportError): OperationResult
}

export interface SourceContext {
  readonly track: Track
  readonly operation: Operation
  /** Number of this client in its task, from 0. */
  readonly clientIndex: number
  readonly clients: number
  readonly random: Random
  /** Where a data file of the corpora is, absolute. */
  readonly dataPath: (corpus: string, file: string) => string
}

/** Parameters of one request as the operation's own source made them; encoded as far as it can be done once. */
export type RequestParams = object

export interface ParamSource {
  /** False: ends by itself (`next` gives null). */
  readonly infinite: boolean
  /** The work of the next request if it can be told before the first answer (bulk-size), else null. */
  readonly expectedWeight: number | null
  next(): RequestParams | null
  /** 0…1 of a finite source, or null. */
  percentCompleted(): number | null
  close(): void
}

export interface RunContext {
  readonly clock: Clock
  /** True once the race was cancelled or the task completed: polling loops end. */
  readonly stopping: () => boolean
  /** Waits, but not past a cancel. */
  readonly sleep: (ms: number) => Promise<void>
  readonly target: TargetFacts
  /** Whether the assertions of the track are checked (--enable-assertions); default false. */
  readonly checksAssertions?: boolean
}

/** The outcome of one request. */
export interface OperationResult {
  /** Work done, in `unit`; 0 if it failed (a bulk with failed items keeps its weight, as in Elastic Rally). */
  readonly weight: number
  readonly unit: string
  readonly success: boolean
  /** Only of a failure. */
  readonly failure: Failure | null
  /** Bytes of answer bodies; for the account. */
  readonly bytes: number
  /** What else the operation tells of itself, with Elastic Rally's keys; only where it tells any. */
  readonly meta?: JsonObject
}

/** Why a request failed: a class to group by, and words. */
export interface Failure {
  /** `http-404`, `http-429`, `timeout`, `refused`, `reset`, `bulk-item`, `partial-shards`, `cancelled`, … */
  readonly errorClass: string
  /** Elastic Rally's: `transport`, `api`, `bulk` …. */
  readonly errorType: string
  readonly httpStatus: number | null
  readonly description: string
  /** The beginning of the answer's body (≤ 4 KiB). */
  readonly body: string | null
}
