// Opens a connection to a daemon: connect, TLS, hello, welcome, all before one deadline.

import type { Socket } from 'node:net'
import { messageOf, RallyError, systemCode } from '../core/errors.ts'
import { LineSplitter, LineTooLongError } from '../core/lines.ts'
import { LINE_LIMITS, type DiallerMessage, type ListenerMessage } from './channels.ts'
import { StreamConnection, type Connection } from './connection.ts'
import type { Hello, Refusal, RefusalCode, Role, Welcome } from './hello.ts'
import { thisProgram } from './program.ts'
import { addressText, openSocket, type Address } from './transport.ts'

export interface DialOptions<R extends Role> {
  readonly address: Address
  /** The node's id: the name its daemon was started with. */
  readonly identity: string
  /** Of the node; null: a Unix socket needs none. */
  readonly key: Buffer | null
  readonly hello: { readonly role: R } & Pick<Hello, 'race' | 'token' | 'seq' | 'owner' | 'force'>
  /** For everything until the welcome. */
  readonly deadlineMs: number
  readonly signal?: AbortSignal
}

/** The daemon was reached and said no. */
export class RefusedError extends RallyError {
  readonly code: RefusalCode
  constructor(address: string, { code, message, hint }: Refusal) {
    super(code === 'protocol' || code === 'program' ? 'protocol' : 'node', `${address} refused: ${message}`, { hint })
    this.name = 'RefusedError'
    this.code = code
  }
}

/** Throws RallyError('node') that names address, what happened and what to do; RefusedError if the daemon said no. */
export async function dial<R extends Role>(options: DialOptions<R>): Promise<Connection<DiallerMessage<R>, ListenerMessage<R>>> {
  const hello: Hello = { t: 'hello', ...(await thisProgram()), ...options.hello }
  options.signal?.throwIfAborted()
  return new Dial<R>(options, hello).connection
}

class Dial<R extends Role> {
  readonly connection: Promise<Connection<DiallerMessage<R>, ListenerMessage<R>>>
  readonly #options: DialOptions<R>
  readonly #socket: Socket
  readonly #splitter: LineSplitter
  #settle!: { resolve(connection: Connection<DiallerMessage<R>, ListenerMessage<R>>): void; reject(error: unknown): void }
  #stage = 'connecting'
  readonly #timer: NodeJS.Timeout

  constructor(options: DialOptions<R>, hello: Hello) {
    this.#options = options
    this.connection = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    this.#splitter = new LineSplitter(LINE_LIMITS[options.hello.role])
    this.#timer = setTimeout(() => this.#fail(`no answer within ${options.deadlineMs / 1000} s while ${this.#stage}`), options.deadlineMs)
    options.signal?.addEventListener('abort', this.#aborted, { once: true })
    this.#socket = openSocket(options.address, options.identity, options.key, () => {
      this.#stage = 'waiting for the welcome'
      this.#socket.write(`${JSON.stringify(hello)}\n`)
    })
    this.#socket.on('data', this.#read)
    this.#socket.on('error', this.#broken)
    this.#socket.on('close', this.#gone)
  }

  readonly #read = (chunk: Buffer): void => {
    try {
      const [first, ...rest] = this.#splitter.push(chunk)
      if (first !== undefined) this.#greeted(JSON.parse(first.toString()) as Welcome | Refusal, rest)
    } catch (error) {
      this.#fail(error instanceof LineTooLongError || error instanceof SyntaxError ? 'something other than Rally answers there' : messageOf(error))
    }
  }

  #greeted(answer: Welcome | Refusal, rest: readonly Buffer[]): void {
    const { address, hello } = this.#options
    const remote = addressText(address)
    if (answer.t === 'refused') return this.#end(new RefusedError(remote, answer))
    this.#release()
    const early = { lines: rest, splitter: this.#splitter }
    this.#settle.resolve(new StreamConnection({ stream: this.#socket, welcome: answer, remote, limitBytes: LINE_LIMITS[hello.role], early }))
  }

  readonly #broken = (error: Error): void => this.#fail(systemCode(error) ?? messageOf(error))
  readonly #gone = (): void => this.#fail('the connection was closed before the welcome')
  readonly #aborted = (): void => this.#end(this.#options.signal?.reason)

  #fail(what: string): void {
    this.#end(new RallyError('node', `${addressText(this.#options.address)}: ${what}`, { hint: 'start the daemon there: rallyd start' }))
  }

  #end(error: unknown): void {
    this.#release()
    this.#socket.on('error', () => undefined)
    this.#socket.destroy()
    this.#settle.reject(error)
  }

  #release(): void {
    clearTimeout(this.#timer)
    this.#options.signal?.removeEventListener('abort', this.#aborted)
    this.#socket.off('data', this.#read).off('error', this.#broken).off('close', this.#gone)
  }
}
