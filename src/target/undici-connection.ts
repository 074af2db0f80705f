// A connection to one host by undici's dispatch: the default engine.

import { Client, type Dispatcher } from 'undici'
import type { TargetOptions } from './connection-options.ts'
import { createConnector, type Connector } from './connector.ts'
import type { Exchange, HostConnection } from './exchange.ts'
import type { RequestForm } from './request-form.ts'
import { QuickSocket } from './quick-socket.ts'
import { TransportError, type TargetRequest } from './request.ts'

/** Slow tasks must not find their connection closed by us. */
const KEEP_ALIVE_MS = 10 * 60_000

export class UndiciConnection implements HostConnection {
  readonly where: string
  uses = 0
  lastUseMs = 0.5
  socketError: Error | null = null
  readonly #form: RequestForm
  readonly #connector: Connector
  readonly #socket = new QuickSocket()
  readonly #client: Client
  // undici reads it while it is called, so one object serves all requests.
  readonly #options: Dispatcher.DispatchOptions = { path: '/', method: 'GET', body: null, headers: [], reset: false }
  #last: TargetRequest | null = null

  constructor(options: TargetOptions, form: RequestForm) {
    this.where = form.where
    this.#form = form
    this.#connector = createConnector(options, {
      opened: (socket) => {
        this.#socket.use(socket)
        this.uses = 0
        this.socketError = null
      },
      broke: (error) => {
        this.socketError = error
      },
      read: (memory, bytes) => this.#socket.hasRead(memory, bytes)
    })
    this.#client = new Client(form.origin, {
      connect: this.#connector.connect,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0
    })
  }

  get hasWrittenAll(): boolean {
    return this.#socket.hasWrittenAll
  }

  send(exchange: Exchange, request: TargetRequest): void {
    if (request !== this.#last) this.#use(request)
    this.#client.dispatch(this.#options, exchange)
  }

  giveUp(error: TransportError): void {
    this.#connector.giveUp(error)
  }

  async close(): Promise<void> {
    this.giveUp(new TransportError('cancelled', 'the client was closed'))
    await this.#client.destroy()
  }

  #use(request: TargetRequest): void {
    const options = this.#options
    options.path = this.#form.path(request)
    options.method = request.method
    options.body = this.#form.body(request)
    options.headers = this.#form.headers(request)
    this.#socket.forgetRequest()
    this.#last = request
  }
}
