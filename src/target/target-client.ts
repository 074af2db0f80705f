// The HTTP side of one simulated client: its own connection to every host, used in turn.

import type { Clock } from '../core/clock.ts'
import { Exchange, type ExchangeOwner, type HostConnection, type Sending } from './exchange.ts'
import { LeanConnection } from './lean-connection.ts'
import { RequestForm } from './request-form.ts'
import {
  TransportError,
  UnreachableError,
  type AnswerReceiver,
  type RequestTiming,
  type TargetAnswer,
  type TargetClient,
  type TargetRequest
} from './request.ts'
import type { TargetOptions } from './connection-options.ts'
import { TimeoutWheel } from './timeout-wheel.ts'
import { toTransportError } from './transport-failure.ts'
import { UndiciConnection } from './undici-connection.ts'

/** Asked before each exchange but the warm-up; false: the exchange fails as `cancelled`. */
export type MaySend = (nowMs: number) => boolean

/**
 * A client of the target for one simulated user. Connections open at the first request or `warmUp`.
 * @param firstHost which of the hosts gets the first request: clients that start at different hosts load them evenly
 */
export function createTargetClient(options: TargetOptions, clock: Clock, firstHost = 0, maySend: MaySend = () => true): TargetClient {
  return new PooledClient(options, clock, { firstHost, maySend })
}

class PooledClient implements TargetClient, ExchangeOwner {
  readonly timing: RequestTiming = { firstSentMs: Number.NaN, lastByteMs: Number.NaN, hasOpened: false, retries: 0 }
  readonly clock: Clock
  readonly wheel: TimeoutWheel
  readonly maySend: MaySend
  readonly #options: TargetOptions
  readonly #hosts: readonly HostConnection[]
  readonly #active: Exchange[] = []
  readonly #idle: Exchange[] = []
  readonly #counted: Sending
  #turn: number
  #isClosed = false

  constructor(options: TargetOptions, clock: Clock, { firstHost, maySend }: { readonly firstHost: number; readonly maySend: MaySend }) {
    this.#options = options
    this.clock = clock
    this.maySend = maySend
    this.wheel = wheelOf(clock)
    this.#counted = { timeoutMs: options.timeoutMs, isCounted: true }
    this.#hosts = options.hosts.map((_, index) => connectionTo(options, index))
    this.#turn = firstHost % Math.max(1, this.#hosts.length)
  }

  begin(): void {
    this.timing.firstSentMs = Number.NaN
    this.timing.lastByteMs = Number.NaN
    this.timing.hasOpened = false
    this.timing.retries = 0
  }

  markSent(): void {
    if (Number.isNaN(this.timing.firstSentMs)) this.timing.firstSentMs = this.clock.monotonicMs()
  }

  markEnd(): void {
    this.timing.lastByteMs = this.clock.monotonicMs()
  }

  send(request: TargetRequest): Promise<TargetAnswer> {
    return this.#options.retries.max === 0 ? promised((receiver) => this.#sendOnce(request, receiver)) : this.#sendRepeatedly(request)
  }

  exchange(request: TargetRequest, receiver: AnswerReceiver): void {
    if (this.#options.retries.max === 0) this.#sendOnce(request, receiver)
    else
      void this.#sendRepeatedly(request).then(
        (answer) => receiver.answered(answer),
        (error: unknown) => receiver.failed(toTransportError(error, 'the target'))
      )
  }

  async warmUp(): Promise<void> {
    const request: TargetRequest = { method: 'HEAD', path: '/', body: null, keep: 'none' }
    const uncounted = { timeoutMs: this.#options.timeoutMs, isCounted: false }
    const results = await Promise.allSettled(
      this.#hosts.map((host) => promised((receiver) => this.#exchange(host, request, uncounted, receiver)))
    )
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason instanceof TransportError ? new UnreachableError(result.reason) : result.reason
    }
  }

  abort(reason: string): void {
    for (const exchange of this.#active.slice()) exchange.cancel(new TransportError('cancelled', reason))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.abort('the client was closed')
    await Promise.all(this.#hosts.map((host) => host.close()))
  }

  ended(exchange: Exchange, reusable: boolean): void {
    const last = this.#active.pop()
    if (last !== undefined && last !== exchange) {
      this.#active[exchange.slot] = last
      last.slot = exchange.slot
    }
    if (reusable) this.#idle.push(exchange)
  }

  #sendOnce(request: TargetRequest, receiver: AnswerReceiver): void {
    const host = this.#hosts[this.#turn]
    if (host === undefined) {
      refuse(receiver, new TransportError('other', 'no target host is given'))
      return
    }
    this.#turn = this.#turn + 1 === this.#hosts.length ? 0 : this.#turn + 1
    const sending = request.timeoutMs === undefined ? this.#counted : { timeoutMs: request.timeoutMs, isCounted: true }
    this.#exchange(host, request, sending, receiver)
  }

  #exchange(host: HostConnection, request: TargetRequest, sending: Sending, receiver: AnswerReceiver): void {
    if (this.#isClosed) {
      refuse(receiver, new TransportError('cancelled', 'the client was closed'))
      return
    }
    const exchange = this.#idle.pop() ?? new Exchange(this)
    exchange.slot = this.#active.length
    this.#active.push(exchange)
    exchange.start(host, request, sending, receiver)
  }

  // As Elastic's client does when told to: at once, on the next host.
  async #sendRepeatedly(request: TargetRequest): Promise<TargetAnswer> {
    const { max, onStatus, onTimeout } = this.#options.retries
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await promised((receiver) => this.#sendOnce(request, receiver))
        if (attempt === max || !onStatus.includes(answer.status)) return answer
      } catch (error) {
        const failure = error instanceof TransportError ? error.failure : 'other'
        const isWorthIt = failure === 'refused' || failure === 'reset' || (failure === 'timeout' && onTimeout)
        if (attempt === max || !isWorthIt) throw error
      }
      this.timing.retries++
    }
  }
}

function promised(start: (receiver: AnswerReceiver) => void): Promise<TargetAnswer> {
  return new Promise((answered, failed) => start({ answered, failed }))
}

function refuse(receiver: AnswerReceiver, error: TransportError): void {
  queueMicrotask(() => receiver.failed(error))
}

function connectionTo(options: TargetOptions, index: number): HostConnection {
  const form = new RequestForm(options, index)
  return options.engine === 'lean' ? new LeanConnection(options, form) : new UndiciConnection(options, form)
}

const wheels = new WeakMap<Clock, TimeoutWheel>()

function wheelOf(clock: Clock): TimeoutWheel {
  let wheel = wheels.get(clock)
  if (wheel === undefined) wheels.set(clock, (wheel = new TimeoutWheel(clock)))
  return wheel
}
