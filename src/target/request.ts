// What is asked of the target and what comes back: the vocabulary between operations and the HTTP side.

import { RallyError } from '../core/errors.ts'

export { HEADER_NAME, NOT_IN_HEADER } from './http-bytes.ts'

/** One HTTP exchange. A request object that does not change may be sent any number of times. */
export interface TargetRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Path with query, already encoded; begins with `/`. */
  readonly path: string
  readonly body: Buffer | null
  /** Of the body; default `application/json`. */
  readonly contentType?: string
  /** Besides those of the client options; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** Overrides the client's; null: none; absent: the client's. */
  readonly timeoutMs?: number | null
  /** How much of the answer's body is wanted: nothing, its first bytes (≥ 4 KiB, as far as they came), or all. Error answers are always kept up to 64 KiB. */
  readonly keep: 'none' | 'head' | 'all'
  /** Of the body, if it is to be filled anew. */
  readonly memory?: BodyMemory
}

/** Told by the connections: memory may be filled anew once all exchanges that were begun with it are `gone`. */
export interface BodyMemory {
  begun: number
  /** Completely answered, with the whole body handed to the system. Others (aborted, timed out, answered early) never get here. */
  gone: number
}

export interface TargetAnswer {
  readonly status: number
  /** Values by lower-case name; only `keep: 'all'` promises them. */
  readonly headers: Readonly<Record<string, string>>
  /** As kept; inflated. With `keep: 'head'` it holds until the client's next exchange. */
  readonly body: Buffer
  /** The first bytes of the body, some hundred at least, inflated no further than that: cheaper than `body` where they tell enough. */
  readonly head: Buffer
  /** Bytes of the answer's body as they came over the wire. */
  readonly wireBytes: number
}

/** Elastic's client takes all but 2xx for an error: a redirect is followed by nobody, so it has answered nothing. */
export function isErrorStatus(status: number): boolean {
  return status < 200 || status > 299
}

/** When the exchanges since the last `begin()` left and ended, monotonic milliseconds; NaN: none yet. */
export interface RequestTiming {
  firstSentMs: number
  lastByteMs: number
  /** A connection had to be opened for the first of them. */
  hasOpened: boolean
  /** Exchanges that the transport made once more (`max_retries`); 0 unless it was told to. */
  retries: number
}

/** What an exchange can fail with when there is no answer; the last two for want of something on this side. */
export type TransportFailure = 'timeout' | 'refused' | 'reset' | 'dns' | 'tls' | 'cancelled' | 'other' | 'no-ports' | 'no-descriptors'

/** No (complete) answer came. An answer with status 500 is an answer, not this. */
export class TransportError extends Error {
  readonly failure: TransportFailure
  constructor(failure: TransportFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'TransportError'
    this.failure = failure
  }
}

/** What this machine lacks, no look at the cluster mends. */
const OWN_HINTS: Partial<Record<TransportFailure, string>> = {
  'no-descriptors': 'raise the limit of open files (ulimit -n), add load drivers, or use fewer clients',
  'no-ports': 'widen net.ipv4.ip_local_port_range, name more target hosts, or add load drivers'
}

/** A host takes no connection before the race has begun: an error for people. */
export class UnreachableError extends RallyError {
  readonly failure: TransportFailure
  constructor({ failure, message }: TransportError) {
    const hint = OWN_HINTS[failure]
    super('target', message, hint === undefined ? {} : { hint })
    this.name = 'UnreachableError'
    this.failure = failure
  }
}

/** Who is told of the end of one exchange, once; may hand over the next request at once. Must not throw. */
export interface AnswerReceiver {
  /** Any complete answer, whatever its status: from within its reading. */
  answered(answer: TargetAnswer): void
  /** No (complete) answer came: in a microtask. */
  failed(error: TransportError): void
}

/** The HTTP side of one simulated client: its own connections, one exchange at a time unless a composite asks for more. */
export interface TargetClient {
  readonly timing: RequestTiming
  /** Forgets the timing of the last request. */
  begin(): void
  /** Resolves with any complete answer, whatever its status; rejects with TransportError. */
  send(request: TargetRequest): Promise<TargetAnswer>
  /** As `send`, without a promise: the receiver is told of an answer from within its reading. */
  exchange(request: TargetRequest, receiver: AnswerReceiver): void
  /** Marks a wait as if it were an exchange (`sleep`): first sent now / last byte now. */
  markSent(): void
  markEnd(): void
  /** Opens a connection to every host with an uncounted `HEAD /`; throws UnreachableError for a host that takes none. */
  warmUp(): Promise<void>
  /** Aborts what is in flight; each pending send rejects with failure `cancelled`. */
  abort(reason: string): void
  close(): Promise<void>
}

/** What is known of the target since the race's start. */
export interface TargetFacts {
  readonly distribution: 'elasticsearch' | 'opensearch' | 'embedded' | 'unknown'
  /** `9.4.3`; null: unknown. */
  readonly version: string | null
  readonly isServerless: boolean
  readonly isServerlessOperator: boolean
}
