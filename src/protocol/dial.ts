// Opens a connection to a daemon: connect, TLS, hello, welcome, all before one deadline.

import type { Duplex } from 'node:stream'
import { RallyError } from '../core/errors.ts'
import { LineSplitter, LineTooLongError } from '../core/lines.ts'
import { LINE_LIMITS, type DiallerMessage, type ListenerMessage } from './channels.ts'
import { greetingChecker, openCodec, type FirstWord, type FirstWordChecker } from './codec.ts'
import { StreamConnection, type Connection } from './connection.ts'
import { dialError, silenceError, strangerError, type Dialled } from './dial-errors.ts'
import type { Hello, Refusal, RefusalCode, Role, Welcome } from './hello.ts'
import { parseLine } from './json-line.ts'
import { otherProgram, thisProgram } from './program.ts'
import { addressText, openStream, type Address } from './transport.ts'
import { WireFault } from './wire-fault.ts'

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
  /** What the daemon said, without its address. */
  readonly said: string
  constructor(remote: string, { code, message, hint }: Pick<Refusal, 'code' | 'message' | 'hint'>) {
    super(code === 'protocol' || code === 'program' ? 'protocol' : 'node', `${remote} refused: ${message}`, { hint })
    this.name = 'RefusedError'
    this.code = code
    this.said = message
  }
}

/** Throws RallyError('node') that names address, what happened and what to do; RefusedError if the daemon said no. */
export async function dial<R extends Role>(options: DialOptions<R>): Promise<Connection<DiallerMessage<R>, ListenerMessage<R>>> {
  const codec = await openCodec(options.hello.role, 'answers')
  const { stream, welcome, remote, early } = await open(options, codec.limitBytes)
  return new StreamConnection({ stream, codec, welcome, remote, early })
}

/** The same for one who passes the channel's bytes on without reading them. `early`: those that have come behind the welcome. */
export async function dialBytes(options: DialOptions<Role>): Promise<{ readonly stream: Duplex; readonly early: Buffer }> {
  const { stream, early } = await open(options, LINE_LIMITS[options.hello.role])
  const lines = early.lines.flatMap((line) => [line, NEWLINE])
  return { stream, early: Buffer.concat([...lines, early.splitter.rest()]) }
}

const NEWLINE = Buffer.from('\n')

async function open(options: DialOptions<Role>, limitBytes: number): Promise<OpenChannel> {
  const { address, key, hello, signal } = options
  if (key === null && 'host' in address) {
    throw new RallyError('config', `${addressText(address)}: there is no key for this node on this machine`, { hint: 'make one with `rally cluster key create`, and bring it to the node' })
  }
  const greetings = await greetingChecker()
  signal?.throwIfAborted()
  return new Attempt(options, { greetings, limitBytes }).open({ t: 'hello', ...thisProgram(), ...hello })
}

interface OpenChannel {
  readonly stream: Duplex
  readonly welcome: Welcome
  readonly remote: string
  readonly early: { readonly lines: readonly Buffer[]; readonly splitter: LineSplitter }
}

interface Readers {
  readonly greetings: FirstWordChecker
  readonly limitBytes: number
}

class Attempt {
  readonly #options: DialOptions<Role>
  readonly #readers: Readers
  readonly #dialled: Dialled
  readonly #splitter: LineSplitter
  #stage = 'the connection'

  constructor(options: DialOptions<Role>, readers: Readers) {
    this.#options = options
    this.#readers = readers
    this.#splitter = new LineSplitter(readers.limitBytes)
    this.#dialled = { remote: addressText(options.address), identity: options.identity, isSocket: 'socketPath' in options.address }
  }

  async open(hello: Hello): Promise<OpenChannel> {
    const { address, identity, key } = this.#options
    const stream = openStream(address, { identity, key }, (stage) => {
      this.#stage = stage ?? 'the welcome'
      if (stage === null) stream.write(`${JSON.stringify(hello)}\n`)
    })
    // One that breaks between two of those who listen to it must not end the process.
    stream.on('error', () => undefined)
    try {
      const lines = await this.#firstLines(stream)
      const welcome = this.#welcomed(lines[0]!)
      const refusal = hello.role === 'status' ? null : otherProgram(hello, welcome)
      if (refusal !== null) throw new RefusedError(this.#dialled.remote, refusal)
      return { stream, welcome, remote: this.#dialled.remote, early: { lines: lines.slice(1), splitter: this.#splitter } }
    } catch (error) {
      stream.destroy()
      throw error
    }
  }

  /** What the first bytes hold; at least one line. */
  #firstLines(stream: Duplex): Promise<readonly Buffer[]> {
    const { deadlineMs, signal } = this.#options
    return new Promise((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        const lines = this.#split(chunk)
        if (lines === null) end(() => reject(strangerError(this.#dialled)))
        else if (lines.length > 0) end(() => resolve(lines))
      }
      const broken = (error: Error): void => end(() => reject(dialError(this.#dialled, error)))
      const gone = (): void => broken(Object.assign(new Error(), { code: 'ECONNRESET' }))
      const aborted = (): void => end(() => reject(signal?.reason as Error))
      const timer = setTimeout(() => end(() => reject(silenceError(this.#dialled, deadlineMs, this.#stage))), deadlineMs)
      const end = (settle: () => void): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
        // What comes meanwhile waits for whoever reads next.
        stream.off('data', read).off('error', broken).off('end', gone).off('close', gone).pause()
        settle()
      }
      signal?.addEventListener('abort', aborted, { once: true })
      stream.on('data', read).on('error', broken).on('end', gone).on('close', gone)
    })
  }

  #split(chunk: Buffer): readonly Buffer[] | null {
    try {
      return this.#splitter.push(chunk)
    } catch (error) {
      if (error instanceof LineTooLongError) return null
      throw error
    }
  }

  #welcomed(line: Buffer): Welcome {
    const answer = this.#answer(line)
    if (answer.t === 'welcome') return answer
    if (answer.t === 'refused') throw new RefusedError(this.#dialled.remote, answer)
    if (answer.t === 'hello') throw strangerError(this.#dialled)
    throw dialError(this.#dialled, new Error(`it closed the connection: ${answer.message}`))
  }

  #answer(line: Buffer): FirstWord {
    try {
      return this.#readers.greetings.check(parseLine(line))
    } catch (error) {
      if (error instanceof WireFault) throw strangerError(this.#dialled)
      throw error
    }
  }
}
