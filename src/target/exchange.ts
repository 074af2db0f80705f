// One HTTP exchange: its clock, its deadline, what becomes of it. Reused from request to request: undici makes its own
// objects for each, we none but the answer. A connection calls the `on…` methods; they are those of
// undici 7's older handlers: with the newer ones undici wraps each handler and parses every header into an object
// (measured: test/bench/bench-target.ts).

import type { Dispatcher } from 'undici'
import type { Clock } from '../core/clock.ts'
import { systemCode } from '../core/errors.ts'
import { AnswerReader, RawHead, type AnswerHead } from './answer-reader.ts'
import { TransportError, type AnswerReceiver, type RequestTiming, type TargetRequest } from './request.ts'
import type { Expiring, TimeoutWheel } from './timeout-wheel.ts'
import { toTransportError } from './transport-failure.ts'

/** A connection that was idle for less is not closed by the server for being idle. */
const IDLE_MS = 1000

/** One host as one simulated client sees it: its own connection, opened when it is needed. */
export interface HostConnection {
  /** `host:port`, for messages. */
  readonly where: string
  /** Exchanges begun on the connection that is open now. */
  uses: number
  lastUseMs: number
  /** What broke the connection that was open last, if the error of an exchange does not say it. */
  readonly socketError: Error | null
  /** Nothing is left to be written of what was sent on the connection that is open now; false: it may be, or there is none. */
  readonly hasWrittenAll: boolean
  /** One after the other, in order; tells the exchange by its `on…` methods what becomes of it. */
  send(exchange: Exchange, request: TargetRequest): void
  /** Ends the opening of a connection: the next request tries anew. */
  giveUp(error: TransportError): void
  /** Resolves once no socket is left. */
  close(): Promise<void>
}

/** What an exchange needs of the simulated client that owns it. */
export interface ExchangeOwner {
  readonly clock: Clock
  readonly wheel: TimeoutWheel
  readonly timing: RequestTiming
  maySend(nowMs: number): boolean
  /** The exchange is over; `reusable`: its connection will not call it any more. */
  ended(exchange: Exchange, reusable: boolean): void
}

/** How one request is to be sent. */
export interface Sending {
  readonly timeoutMs: number | null
  /** False: leaves no trace in the timing. */
  readonly isCounted: boolean
}

export class Exchange implements Dispatcher.DispatchHandler, Expiring {
  /** Position among the owner's active exchanges. */
  slot = -1
  deadlineMs = 0
  nextExpiring: Expiring | null = null
  previousExpiring: Expiring | null = null
  /** When it was handed over; monotonic. */
  startMs = 0.5

  readonly #owner: ExchangeOwner
  #receiver: AnswerReceiver = NOBODY
  #host: HostConnection | null = null
  #request: TargetRequest | null = null
  #isCounted = true
  #isArmed = false
  #isOver = true
  #abort: ((error?: Error) => void) | null = null
  #idleMs = 0.5
  #isRepeated = false
  readonly #reader = new AnswerReader()
  readonly #rawHead = new RawHead()

  constructor(owner: ExchangeOwner) {
    this.#owner = owner
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Sends; the receiver is told of any complete answer, or why there is none. */
  start(host: HostConnection, request: TargetRequest, { timeoutMs, isCounted }: Sending, receiver: AnswerReceiver): void {
    this.#receiver = receiver
    this.#host = host
    this.#request = request
    this.#isCounted = isCounted
    this.#isOver = false
    this.#isRepeated = false
    if (request.memory !== undefined) request.memory.begun++
    this.startMs = this.#owner.clock.monotonicMs()
    if (timeoutMs !== null) {
      this.#isArmed = true
      this.#owner.wheel.arm(this, this.startMs, timeoutMs)
    }
    if (isCounted && !this.#owner.maySend(this.startMs)) this.#fail(new TransportError('cancelled', 'this node may not send any more'))
    else this.#send(host, request)
  }

  /** Ends the exchange from our side; the connection is closed with it. */
  cancel(error: TransportError): void {
    if (this.#isOver) return
    const abort = this.#abort
    this.#fail(error)
    abort?.(error)
  }

  expired(): void {
    this.#isArmed = false
    const host = this.#host
    const isOpening = this.#abort === null
    const waitedMs = Math.round(this.deadlineMs - this.startMs)
    const what = isOpening ? 'no connection' : this.#reader.hasStarted ? 'no complete answer' : 'no answer'
    const error = new TransportError('timeout', `${host?.where ?? ''}: ${what} within ${waitedMs} ms`)
    this.cancel(error)
    if (isOpening) host?.giveUp(error)
  }

  #send(host: HostConnection, request: TargetRequest): void {
    this.#abort = null
    this.#reader.reset()
    host.send(this, request)
  }

  /** Just before the write, on an open connection. False: given up while it was being opened, nothing is to be sent. */
  onSending(abort: (error?: Error) => void): boolean {
    const host = this.#host
    if (this.#isOver || host === null) return false
    this.#abort = abort
    const nowMs = this.#owner.clock.monotonicMs()
    const { timing } = this.#owner
    const isNew = host.uses++ === 0
    this.#idleMs = isNew ? 0 : nowMs - host.lastUseMs
    if (this.#isCounted && Number.isNaN(timing.firstSentMs)) {
      timing.firstSentMs = nowMs
      timing.hasOpened = isNew
    }
    return true
  }

  // A thrown error keeps undici from sending, and the connection open.
  onConnect(abort: (error?: Error) => void): void {
    if (!this.onSending(abort)) throw new Error('given up')
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status >= 200) this.onHead(status, this.#rawHead.of(headers))
    return true
  }

  /** The head of the answer proper: no interim one. */
  onHead(status: number, head: AnswerHead): void {
    if (this.#request !== null) this.#reader.start(status, head, this.#request.keep)
  }

  onData(chunk: Buffer): boolean {
    this.#reader.take(chunk)
    this.#limit()
    return true
  }

  /** As `onData`, of bytes that stay the connection's. */
  onBytes(bytes: Buffer, from: number, to: number): void {
    this.#reader.takeCopy(bytes, from, to)
    this.#limit()
  }

  #limit(): void {
    const problem = this.#reader.problem
    if (problem !== null) this.cancel(new TransportError('other', `${this.#host?.where ?? ''}: ${problem}`))
  }

  onComplete(): void {
    const host = this.#host
    const request = this.#request
    if (this.#isOver || host === null || request === null) return
    const endMs = this.#owner.clock.monotonicMs()
    host.lastUseMs = endMs
    if (this.#isCounted) this.#owner.timing.lastByteMs = endMs
    if (request.memory !== undefined && host.hasWrittenAll) request.memory.gone++
    const receiver = this.#receiver
    const answer = this.#reader.finish()
    this.#end(true)
    receiver.answered(answer)
  }

  onError(error: Error): void {
    const host = this.#host
    const request = this.#request
    if (this.#isOver || host === null || request === null) return
    const failure = toTransportError(systemCode(error) === 'UND_ERR_SOCKET' ? (host.socketError ?? error) : error, host.where)
    if (failure.failure !== 'reset' || !this.#mayRepeat(request)) {
      this.#fail(failure)
      return
    }
    this.#isRepeated = true
    // What it ended belongs to others from now on.
    this.#abort = null
    // Not from within the connection's own handling of the closed socket.
    queueMicrotask(() => {
      if (!this.#isOver) this.#send(host, request)
    })
  }

  // The server closed an idle connection while our request was on its way to it: it never saw it. Browsers and HTTP
  // libraries send a safe request once more; the clock keeps running from the first time.
  #mayRepeat({ method }: TargetRequest): boolean {
    if (this.#isRepeated || this.#abort === null || this.#reader.hasStarted) return false
    return (method === 'GET' || method === 'HEAD') && this.#idleMs >= IDLE_MS
  }

  #fail(error: TransportError): void {
    if (this.#isCounted) {
      const { timing } = this.#owner
      timing.lastByteMs = this.#owner.clock.monotonicMs()
      if (Number.isNaN(timing.firstSentMs)) timing.firstSentMs = this.startMs
    }
    const receiver = this.#receiver
    this.#end(false)
    // Not from within the connection's own handling of it, which bears no new request; nor one failure from within another.
    queueMicrotask(() => receiver.failed(error))
  }

  #end(reusable: boolean): void {
    this.#isOver = true
    this.#host = null
    this.#request = null
    this.#abort = null
    this.#receiver = NOBODY
    this.#rawHead.forget()
    if (this.#isArmed) {
      this.#isArmed = false
      this.#owner.wheel.disarm(this)
    }
    this.#owner.ended(this, reusable)
  }
}

const NOBODY: AnswerReceiver = { answered: () => {}, failed: () => {} }
