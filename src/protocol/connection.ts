// A peer over a stream: one JSON object per line, bounded in both directions.

import type { Duplex } from 'node:stream'
import { messageOf, systemCode } from '../core/errors.ts'
import { LineSplitter, LineTooLongError } from '../core/lines.ts'
import type { Welcome } from './hello.ts'
import type { Peer } from './peer.ts'

/** A peer in another process. */
export interface Connection<Out, In> extends Peer<Out, In> {
  readonly welcome: Welcome
  /** `10.0.0.2:1900` or the path of a socket. */
  readonly remote: string
  /** Why it closed, once it has. */
  readonly closeReason: string | null
  /** Resolves when what was sent has left this process: true; or when the connection has closed before: false. */
  drained(): Promise<boolean>
}

export interface ConnectionOptions {
  readonly stream: Duplex
  readonly welcome: Welcome
  readonly remote: string
  readonly limitBytes: number
  /** What came behind the greeting. */
  readonly early?: { readonly lines: readonly Buffer[]; readonly splitter: LineSplitter }
}

/** A peer that does not read is let go at so many bytes; the message that is sent when nothing waits may be longer. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024
/** How long a side that has said its last word waits for the other to hang up. */
const LINGER_MS = 1000
const MAX_UNHEARD = 1000

export class StreamConnection<Out, In> implements Connection<Out, In> {
  readonly welcome: Welcome
  readonly remote: string
  closeReason: string | null = null
  readonly #stream: Duplex
  readonly #splitter: LineSplitter
  readonly #limitBytes: number
  #listen: ((message: In) => void) | null = null
  #closed: ((reason: string) => void) | null = null
  #waiting: In[] = []
  #outbox: string[] = []
  #outboxBytes = 0
  #drains: ((hasLeft: boolean) => void)[] = []

  constructor({ stream, welcome, remote, limitBytes, early }: ConnectionOptions) {
    this.welcome = welcome
    this.remote = remote
    this.#stream = stream
    this.#limitBytes = limitBytes
    this.#splitter = early?.splitter ?? new LineSplitter(limitBytes)
    stream.on('data', (chunk: Buffer) => this.#read(chunk))
    stream.on('end', () => this.#shut('the other side closed the connection'))
    stream.on('error', (error) => this.#shut(reasonOf(error)))
    stream.on('close', () => this.#shut('the connection is gone'))
    for (const line of early?.lines ?? []) this.#take(line)
  }

  send(message: Out): void {
    if (this.closeReason !== null) return
    const line = `${JSON.stringify(message)}\n`
    const queued = this.#outboxBytes + this.#stream.writableLength
    if (queued > MAX_QUEUED_BYTES) return this.#fail(`it does not read: ${Math.round(queued / 1024 / 1024)} MiB wait for it`)
    this.#outbox.push(line)
    this.#outboxBytes += line.length
    if (this.#outbox.length === 1) process.nextTick(() => this.#flush())
  }

  onMessage(listen: (message: In) => void): void {
    this.#listen = listen
    const waiting = this.#waiting
    this.#waiting = []
    for (const message of waiting) listen(message)
    if (this.#stream.isPaused()) this.#stream.resume()
  }

  onClose(listen: (reason: string) => void): void {
    this.#closed = listen
    if (this.closeReason !== null) listen(this.closeReason)
  }

  close(reason?: string): void {
    if (this.closeReason !== null) return
    this.#end(reason ?? null)
    this.#shut(reason ?? 'closed here')
  }

  drained(): Promise<boolean> {
    this.#flush()
    if (this.closeReason !== null) return Promise.resolve(false)
    if (this.#stream.writableLength === 0) return Promise.resolve(true)
    return new Promise((resolve) => this.#drains.push(resolve))
  }

  #flush(): void {
    if (this.#outbox.length === 0) return
    const text = this.#outbox.join('')
    this.#outbox = []
    this.#outboxBytes = 0
    if (this.#stream.writable) this.#stream.write(text, () => this.#written())
  }

  #written(): void {
    if (this.#stream.writableLength > 0 || this.#outbox.length > 0) return
    const drains = this.#drains
    this.#drains = []
    for (const resolve of drains) resolve(this.closeReason === null)
  }

  #read(chunk: Buffer): void {
    if (this.closeReason !== null) return
    try {
      for (const line of this.#splitter.push(chunk)) this.#take(line)
    } catch (error) {
      if (!(error instanceof LineTooLongError)) throw error
      this.#fail(`a line is over ${this.#limitBytes} bytes`)
    }
  }

  #take(line: Buffer): void {
    if (this.closeReason !== null) return
    const message = JSON.parse(line.toString()) as In & { readonly t: string }
    if (message.t === 'error') return this.#shut(`the other side closed the connection: ${(message as unknown as { message: string }).message}`)
    if (this.#listen !== null) return this.#listen(message)
    this.#waiting.push(message)
    if (this.#waiting.length >= MAX_UNHEARD) this.#stream.pause()
  }

  #fail(reason: string): void {
    this.#end(reason)
    this.#shut(reason)
  }

  /** Says the last word and hangs up, at the latest when the other side has had time to hear it. */
  #end(reason: string | null): void {
    this.#flush()
    if (!this.#stream.writable) return
    if (reason === null) this.#stream.end()
    else this.#stream.end(`${JSON.stringify({ t: 'error', message: reason })}\n`)
    const timer = setTimeout(() => this.#stream.destroy(), LINGER_MS)
    this.#stream.once('close', () => clearTimeout(timer))
  }

  #shut(reason: string): void {
    if (this.closeReason !== null) return
    this.closeReason = reason
    const drains = this.#drains
    this.#drains = []
    for (const resolve of drains) resolve(false)
    if (this.#stream.writable) this.#stream.end()
    this.#closed?.(reason)
  }
}

function reasonOf(error: Error): string {
  return systemCode(error) === 'ECONNRESET' ? 'the connection was reset' : messageOf(error)
}
