// The HTTP side of one simulated client: its own connection to every host, used in turn.

import { gzipSync } from 'node:zlib'
import { Client } from 'undici'
import type { Clock } from '../core/clock.ts'
import { createConnector } from './connector.ts'
import { Exchange, type ExchangeOwner, type HostConnection } from './exchange.ts'
import { RequestHeaders } from './request-headers.ts'
import {
  TransportError,
  UnreachableError,
  type RequestTiming,
  type TargetAnswer,
  type TargetClient,
  type TargetRequest
} from './request.ts'
import { hostAuthorization, type TargetOptions } from './connection-options.ts'
import { TimeoutWheel } from './timeout-wheel.ts'

/** Slow tasks must not find their connection closed by us. */
const KEEP_ALIVE_MS = 10 * 60_000

/** Asked before each exchange but the warm-up; false: the exchange fails as `cancelled`. */
export type MaySend = (nowMs: number) => boolean

/**
 * A client of the target for one simulated user. Connections open at the first request or `warmUp`.
 * @param firstHost which of the hosts gets the first request: clients that start at different hosts load them evenly
 */
export function createTargetClient(options: TargetOptions, clock: Clock, firstHost = 0, maySend: MaySend = () => true): TargetClient {
  return new UndiciTargetClient(options, clock, { firstHost, maySend })
}

interface Host extends HostConnection {
  readonly headers: RequestHeaders
  readonly pathPrefix: string
}

class UndiciTargetClient implements TargetClient, ExchangeOwner {
  readonly timing: RequestTiming = { firstSentMs: Number.NaN, lastByteMs: Number.NaN, retries: 0 }
  readonly clock: Clock
  readonly wheel: TimeoutWheel
  readonly maySend: MaySend
  readonly #options: TargetOptions
  readonly #hosts: readonly Host[]
  readonly #active: Exchange[] = []
  readonly #idle: Exchange[] = []
  #turn: number
  #isClosed = false

  constructor(options: TargetOptions, clock: Clock, { firstHost, maySend }: { readonly firstHost: number; readonly maySend: MaySend }) {
    this.#options = options
    this.clock = clock
    this.maySend = maySend
    this.wheel = wheelOf(clock)
    this.#hosts = options.hosts.map((_, index) => openHost(options, index))
    this.#turn = firstHost % Math.max(1, this.#hosts.length)
  }

  begin(): void {
    this.timing.firstSentMs = Number.NaN
    this.timing.lastByteMs = Number.NaN
    this.timing.retries = 0
  }

  markSent(): void {
    if (Number.isNaN(this.timing.firstSentMs)) this.timing.firstSentMs = this.clock.monotonicMs()
  }

  markEnd(): void {
    this.timing.lastByteMs = this.clock.monotonicMs()
  }

  send(request: TargetRequest): Promise<TargetAnswer> {
    return this.#options.retries.max === 0 ? this.#sendOnce(request) : this.#sendRepeatedly(request)
  }

  async warmUp(): Promise<void> {
    const request: TargetRequest = { method: 'HEAD', path: '/', body: null, keep: 'none' }
    const results = await Promise.allSettled(this.#hosts.map((host) => this.#exchange(host, request, false)))
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
    await Promise.all(
      this.#hosts.map((host) => {
        host.giveUp(new TransportError('cancelled', 'the client was closed'))
        return host.client.destroy()
      })
    )
  }

  ended(exchange: Exchange, reusable: boolean): void {
    const last = this.#active.pop()
    if (last !== undefined && last !== exchange) {
      this.#active[exchange.slot] = last
      last.slot = exchange.slot
    }
    if (reusable) this.#idle.push(exchange)
  }

  #sendOnce(request: TargetRequest): Promise<TargetAnswer> {
    const host = this.#hosts[this.#turn]
    if (host === undefined) return Promise.reject(new TransportError('other', 'no target host is given'))
    this.#turn = this.#turn + 1 === this.#hosts.length ? 0 : this.#turn + 1
    return this.#exchange(host, request, true)
  }

  #exchange(host: Host, request: TargetRequest, isCounted: boolean): Promise<TargetAnswer> {
    if (this.#isClosed) return Promise.reject(new TransportError('cancelled', 'the client was closed'))
    const exchange = this.#idle.pop() ?? new Exchange(this)
    exchange.slot = this.#active.length
    this.#active.push(exchange)
    return exchange.start({
      host,
      request,
      path: host.pathPrefix === '' ? request.path : host.pathPrefix + request.path,
      body: request.body !== null && this.#options.compressRequests ? compressed(request.body) : request.body,
      headers: host.headers.of(request),
      timeoutMs: request.timeoutMs === undefined ? this.#options.timeoutMs : request.timeoutMs,
      isCounted
    })
  }

  // As Elastic's client does when told to: at once, on the next host.
  async #sendRepeatedly(request: TargetRequest): Promise<TargetAnswer> {
    const { max, onStatus, onTimeout } = this.#options.retries
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await this.#sendOnce(request)
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

function openHost(options: TargetOptions, index: number): Host {
  const { host, port, useSsl, pathPrefix } = options.hosts[index]!
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const connector = createConnector(options, {
    opened: () => {
      connection.uses = 0
      connection.socketError = null
    },
    broke: (error) => {
      connection.socketError = error
    }
  })
  const connection: Host = {
    client: new Client(`${useSsl ? 'https' : 'http'}://${name}:${port}`, {
      connect: connector.connect,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0
    }),
    giveUp: (error) => connector.giveUp(error),
    where: `${name}:${port}`,
    uses: 0,
    lastUseMs: 0,
    socketError: null,
    headers: new RequestHeaders(options, hostAuthorization(options, index)),
    pathPrefix
  }
  return connection
}

const wheels = new WeakMap<Clock, TimeoutWheel>()

function wheelOf(clock: Clock): TimeoutWheel {
  let wheel = wheels.get(clock)
  if (wheel === undefined) wheels.set(clock, (wheel = new TimeoutWheel(clock)))
  return wheel
}

// A body that is sent again and again is compressed once.
const compressedBodies = new WeakMap<Buffer, Buffer>()

function compressed(body: Buffer): Buffer {
  let bytes = compressedBodies.get(body)
  if (bytes === undefined) compressedBodies.set(body, (bytes = gzipSync(body)))
  return bytes
}
