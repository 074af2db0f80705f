// A connection to one host without an HTTP library: requests are written as one piece, answers read where the socket
// puts them. One request at a time; what it must mean is what it means with undici (test/integration/engines.test.ts).

import type { Socket } from 'node:net'
import { systemCode } from '../core/errors.ts'
import { afterReading } from './after-reading.ts'
import { AnswerParser, HAS_BODY, HAS_END, HAS_HEAD, IS_BAD, WANTS_MORE } from './answer-parser.ts'
import type { TargetOptions } from './connection-options.ts'
import { createConnector, type Connector } from './connector.ts'
import type { Exchange, HostConnection } from './exchange.ts'
import { RequestEncoder } from './request-encoder.ts'
import type { RequestForm } from './request-form.ts'
import { TransportError, type TargetRequest } from './request.ts'
import { brokenAnswer, cutOff } from './transport-failure.ts'

/** As with undici: ten minutes, or 2 s less than the server says. */
const KEEP_ALIVE_MS = 10 * 60_000
const KEEP_ALIVE_MARGIN_MS = 2000

interface Waiting {
  readonly exchange: Exchange
  readonly request: TargetRequest
}

export class LeanConnection implements HostConnection {
  readonly where: string
  uses = 0
  lastUseMs = 0.5
  readonly socketError = null
  readonly #encoder: RequestEncoder
  readonly #parser = new AnswerParser()
  readonly #connector: Connector
  readonly #waiting: Waiting[] = []
  #socket: Socket | null = null
  #isOpening = false
  #isClosed = false
  #isReading = false
  readonly #sendNext = (): void => this.#next()
  #current: Exchange | null = null
  #closesAfter = false
  #idleLimitMs = KEEP_ALIVE_MS
  readonly #abort = (): void => {
    this.#drop()
    // Others that wait may be given up in the same breath.
    queueMicrotask(() => this.#next())
  }

  constructor(options: TargetOptions, form: RequestForm) {
    this.where = form.where
    this.#encoder = new RequestEncoder(form)
    this.#connector = createConnector(options, { read: (memory, bytes) => this.#read(memory, bytes) })
  }

  get hasWrittenAll(): boolean {
    return this.#socket !== null && this.#socket.writableLength === 0
  }

  send(exchange: Exchange, request: TargetRequest): void {
    if (this.#current !== null || this.#isOpening || this.#isReading || this.#waiting.length > 0) {
      this.#waiting.push({ exchange, request })
      return
    }
    if (this.#socket !== null && this.uses > 0 && exchange.startMs - this.lastUseMs > this.#idleLimitMs) this.#drop()
    if (this.#socket === null) {
      this.#waiting.push({ exchange, request })
      this.#open(request)
    } else this.#write(this.#socket, exchange, request)
  }

  giveUp(error: TransportError): void {
    this.#connector.giveUp(error)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.giveUp(new TransportError('cancelled', 'the client was closed'))
    const socket = this.#socket
    if (socket === null) return
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
      this.#drop()
    })
  }

  #open(request: TargetRequest): void {
    this.#isOpening = true
    this.#connector.connect(this.#encoder.address(request), (error, socket) => {
      this.#isOpening = false
      if (error !== null) this.#failAll(error)
      else if (this.#isClosed) socket.destroy()
      else this.#opened(socket)
    })
  }

  #opened(socket: Socket): void {
    this.#socket = socket
    this.uses = 0
    this.#idleLimitMs = KEEP_ALIVE_MS
    this.#parser.reset()
    let broke: Error | null = null
    socket.on('error', (error) => {
      broke ??= error
    })
    // A TLS alert is told before the end that follows it.
    socket.on('end', () => this.#over(socket, broke))
    socket.on('close', () => this.#over(socket, broke))
    this.#next()
  }

  /** Writes what has waited longest. */
  #next(): void {
    while (this.#current === null && !this.#isOpening && !this.#isClosed) {
      const first = this.#waiting[0]
      if (first === undefined) return
      if (first.exchange.isOver) this.#waiting.shift()
      else if (this.#socket === null) this.#open(first.request)
      else {
        this.#waiting.shift()
        this.#write(this.#socket, first.exchange, first.request)
      }
    }
  }

  #write(socket: Socket, exchange: Exchange, request: TargetRequest): void {
    const encoder = this.#encoder
    try {
      encoder.encode(request)
    } catch (error) {
      exchange.onError(error as Error)
      return
    }
    if (!exchange.onSending(this.#abort)) return
    this.#current = exchange
    this.#closesAfter = encoder.closes
    this.#parser.begin(encoder.isHead)
    if (encoder.body === null) {
      socket.write(encoder.bytes)
      return
    }
    socket.cork()
    socket.write(encoder.bytes)
    socket.write(encoder.body)
    socket.uncork()
  }

  #read(memory: Buffer, bytes: number): boolean {
    const socket = this.#socket
    if (socket === null) return true
    const parser = this.#parser
    parser.feed(memory, 0, bytes)
    const exchange = this.#current
    if (exchange === null) {
      // Nobody asked for it.
      if (parser.hasSurplus()) this.#drop()
      return true
    }
    for (;;) {
      switch (parser.next()) {
        case WANTS_MORE:
          return true
        case HAS_HEAD:
          exchange.onHead(parser.status, parser)
          break
        case HAS_BODY:
          exchange.onBytes(parser.bytes, parser.from, parser.to)
          // Too large: given up.
          if (this.#current !== exchange) return true
          break
        case HAS_END:
          this.#complete(exchange)
          return true
        case IS_BAD:
          this.#fail(brokenAnswer(parser.problem, this.where))
          return true
      }
    }
  }

  /** Ends the exchange last: who is told of it may hand over the next request at once. */
  #complete(exchange: Exchange): void {
    const parser = this.#parser
    this.#current = null
    const idleLimitMs = parser.keepAliveMs - KEEP_ALIVE_MARGIN_MS
    this.#idleLimitMs = idleLimitMs < KEEP_ALIVE_MS ? idleLimitMs : KEEP_ALIVE_MS
    if (!parser.staysOpen || this.#closesAfter || idleLimitMs <= 0 || parser.hasSurplus()) this.#drop()
    this.#isReading = true
    exchange.onComplete()
    this.#isReading = false
    if (this.#waiting.length > 0) afterReading(this.#sendNext)
  }

  /** The other side has ended the connection, or it broke. */
  #over(socket: Socket, error: Error | null): void {
    if (socket !== this.#socket) return
    const exchange = this.#current
    const isCut = error === null || systemCode(error) === 'ECONNRESET'
    if (exchange !== null && isCut && this.#parser.endsHere()) this.#complete(exchange)
    else this.#fail(error ?? cutOff(this.where))
  }

  /** Ends the connection, and with it the exchange that is on it. */
  #fail(error: Error): void {
    const exchange = this.#current
    this.#drop()
    exchange?.onError(error)
    this.#next()
  }

  #failAll(error: Error): void {
    for (const { exchange } of this.#waiting.splice(0)) exchange.onError(error)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    this.#current = null
    socket?.destroy()
  }
}
