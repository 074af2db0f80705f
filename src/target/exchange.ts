// One HTTP exchange as undici's handler. Reused from request to request: undici makes its own objects for each, we none
// but the promise and the answer. The handler methods are undici 7's older ones: with the newer ones undici wraps each
// handler and parses every header into an object (measured: test/bench/bench-target.ts).

import type { Client, Dispatcher } from 'undici'
import type { Clock } from '../core/clock.ts'
import { systemCode } from '../core/errors.ts'
import { AnswerReader } from './answer-reader.ts'
import { TransportError, type RequestTiming, type TargetAnswer, type TargetRequest } from './request.ts'
import type { Expiring, TimeoutWheel } from './timeout-wheel.ts'
import { toTransportError } from './transport-failure.ts'

/** A connection that was idle for less is not closed by the server for being idle. */
const IDLE_MS = 1000

/** One host as one simulated client sees it: its own connection. */
export interface HostConnection {
  readonly client: Client
  /** `host:port`, for messages. */
  readonly where: string
  /** Exchanges begun on the connection that is open now. */
  uses: number
  lastUseMs: number
  /** What broke the connection that was open last. */
  socketError: Error | null
  /** Ends the opening of a connection: the next request tries anew. */
  giveUp(error: TransportError): void
}

/** What an exchange needs of the simulated client that owns it. */
export interface ExchangeOwner {
  readonly clock: Clock
  readonly wheel: TimeoutWheel
  readonly timing: RequestTiming
  maySend(nowMs: number): boolean
  /** The exchange is over; `reusable`: undici will not call it any more. */
  ended(exchange: Exchange, reusable: boolean): void
}

/** How one request is to be sent. */
export interface Dispatch {
  readonly host: HostConnection
  readonly request: TargetRequest
  readonly path: string
  readonly body: Buffer | null
  readonly headers: string[]
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

  readonly #owner: ExchangeOwner
  readonly #options: Dispatcher.DispatchOptions = { path: '/', method: 'GET', body: null, headers: [], reset: false }
  readonly #executor = (resolve: (answer: TargetAnswer) => void, reject: (error: TransportError) => void): void => {
    this.#resolve = resolve
    this.#reject = reject
  }
  #resolve: (answer: TargetAnswer) => void = ignore
  #reject: (error: TransportError) => void = ignore
  #dispatch: Dispatch | null = null
  #isArmed = false
  #isOver = true
  #abort: ((error?: Error) => void) | null = null
  #startMs = 0
  #idleMs = 0
  #isRepeated = false
  readonly #reader = new AnswerReader()

  constructor(owner: ExchangeOwner) {
    this.#owner = owner
  }

  /** Sends; resolves with any complete answer, rejects with TransportError. */
  start(dispatch: Dispatch): Promise<TargetAnswer> {
    this.#dispatch = dispatch
    this.#isOver = false
    this.#isRepeated = false
    this.#startMs = this.#owner.clock.monotonicMs()
    if (dispatch.timeoutMs !== null) {
      this.#isArmed = true
      this.#owner.wheel.arm(this, this.#startMs, dispatch.timeoutMs)
    }
    const promise = new Promise<TargetAnswer>(this.#executor)
    if (dispatch.isCounted && !this.#owner.maySend(this.#startMs)) this.#fail(new TransportError('cancelled', 'this node may not send any more'))
    else this.#write(dispatch)
    return promise
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
    const host = this.#dispatch?.host
    const isOpening = this.#abort === null
    const waitedMs = Math.round(this.deadlineMs - this.#startMs)
    const what = isOpening ? 'no connection' : this.#reader.hasStarted ? 'no complete answer' : 'no answer'
    const error = new TransportError('timeout', `${host?.where ?? ''}: ${what} within ${waitedMs} ms`)
    this.cancel(error)
    if (isOpening) host?.giveUp(error)
  }

  #write(dispatch: Dispatch): void {
    this.#abort = null
    this.#reader.reset()
    const options = this.#options
    options.path = dispatch.path
    options.method = dispatch.request.method
    options.body = dispatch.body
    options.headers = dispatch.headers
    dispatch.host.client.dispatch(options, this)
  }

  // Just before the write, on an open connection.
  onConnect(abort: (error?: Error) => void): void {
    // Given up while the connection was being opened: a thrown error keeps undici from sending, and the connection open.
    if (this.#isOver || this.#dispatch === null) throw new Error('given up')
    this.#abort = abort
    const { host, isCounted } = this.#dispatch
    const nowMs = this.#owner.clock.monotonicMs()
    this.#idleMs = host.uses === 0 ? 0 : nowMs - host.lastUseMs
    host.uses++
    if (isCounted && Number.isNaN(this.#owner.timing.firstSentMs)) this.#owner.timing.firstSentMs = nowMs
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status >= 200 && this.#dispatch !== null) this.#reader.start(status, headers, this.#dispatch.request.keep)
    return true
  }

  onData(chunk: Buffer): boolean {
    const problem = this.#reader.take(chunk)
    if (problem !== null) this.cancel(new TransportError('other', `${this.#dispatch?.host.where ?? ''}: ${problem}`))
    return true
  }

  onComplete(): void {
    if (this.#isOver || this.#dispatch === null) return
    const endMs = this.#owner.clock.monotonicMs()
    const { host, isCounted } = this.#dispatch
    host.lastUseMs = endMs
    if (isCounted) this.#owner.timing.lastByteMs = endMs
    const resolve = this.#resolve
    const answer = this.#reader.finish()
    this.#end(true)
    resolve(answer)
  }

  onError(error: Error): void {
    if (this.#isOver || this.#dispatch === null) return
    const dispatch = this.#dispatch
    const { where, socketError } = dispatch.host
    const failure = toTransportError(systemCode(error) === 'UND_ERR_SOCKET' ? (socketError ?? error) : error, where)
    if (failure.failure !== 'reset' || !this.#mayRepeat(dispatch)) {
      this.#fail(failure)
      return
    }
    this.#isRepeated = true
    // Not from within undici's own handling of the closed socket.
    queueMicrotask(() => {
      if (!this.#isOver) this.#write(dispatch)
    })
  }

  // The server closed an idle connection while our request was on its way to it: it never saw it. Browsers and HTTP
  // libraries send a safe request once more; the clock keeps running from the first time.
  #mayRepeat({ request: { method } }: Dispatch): boolean {
    if (this.#isRepeated || this.#abort === null || this.#reader.hasStarted) return false
    return (method === 'GET' || method === 'HEAD') && this.#idleMs >= IDLE_MS
  }

  #fail(error: TransportError): void {
    const dispatch = this.#dispatch
    if (dispatch?.isCounted === true) {
      const { timing } = this.#owner
      timing.lastByteMs = this.#owner.clock.monotonicMs()
      if (Number.isNaN(timing.firstSentMs)) timing.firstSentMs = this.#startMs
    }
    const reject = this.#reject
    this.#end(false)
    reject(error)
  }

  #end(reusable: boolean): void {
    this.#isOver = true
    this.#dispatch = null
    this.#abort = null
    this.#resolve = ignore
    this.#reject = ignore
    if (this.#isArmed) {
      this.#isArmed = false
      this.#owner.wheel.disarm(this)
    }
    this.#owner.ended(this, reusable)
  }
}

function ignore(): void {}
