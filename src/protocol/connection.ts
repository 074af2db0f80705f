// A peer over a stream: one JSON object per line, checked as it comes in, bounded in both directions.
//
// | it ends because                   | here: `closeReason`                        | the other side hears              |
// |-----------------------------------|--------------------------------------------|-----------------------------------|
// | close()                           | closed here                                | the other side closed …           |
// | close(reason)                     | the reason                                 | the other side closed …: reason   |
// | the other side breaks a rule      | what it did                                | the same, in an `error` line      |
// | the other side does not read      | it does not read: so much waits for it     | the same, if it ever reads        |
// | the stream breaks                 | the connection was reset …                 | –                                 |

import type { Duplex } from 'node:stream'
import { messageOf, systemCode } from '../core/errors.ts'
import { LineSplitter, LineTooLongError } from '../core/lines.ts'
import { sizeText } from '../core/units.ts'
import type { Codec, LastWord } from './codec.ts'
import type { Welcome } from './hello.ts'
import type { Peer } from './peer.ts'
import { WireFault } from './wire-fault.ts'

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
  readonly codec: Codec
  readonly welcome: Welcome
  readonly remote: string
  /** What came behind the greeting. */
  readonly early?: { readonly lines: readonly Buffer[]; readonly splitter: LineSplitter }
}

/** A peer that does not read is let go at so many bytes; a message that is sent when nothing waits may be longer. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024
/** How long, and for how many more bytes, a side that has said its last word listens so that the other may hear it. */
const LINGER_MS = 1000
const LINGER_BYTES = 4 * 1024 * 1024
/** So many messages wait for a listener before the stream does. */
const MAX_UNHEARD = 1000

export class StreamConnection<Out extends { readonly t: string }, In> implements Connection<Out, In> {
  readonly welcome: Welcome
  readonly remote: string
  closeReason: string | null = null
  readonly #stream: Duplex
  readonly #codec: Codec
  readonly #splitter: LineSplitter
  #listen: ((message: In) => void) | null = null
  #closed: ((reason: string) => void) | null = null
  #waiting: In[] = []
  #unsent: string[] = []
  #unsentLength = 0
  #drains: ((hasLeft: boolean) => void)[] = []
  #ignoredBytes = 0
  /** It was closed from here: nobody listens any more. */
  #isDeaf = false

  constructor({ stream, codec, welcome, remote, early }: ConnectionOptions) {
    this.welcome = welcome
    this.remote = remote
    this.#stream = stream
    this.#codec = codec
    this.#splitter = early?.splitter ?? new LineSplitter(codec.limitBytes)
    stream.on('data', (chunk: Buffer) => this.#read(chunk))
    stream.on('end', () => this.#hangUp('the other side closed the connection'))
    stream.on('error', (error) => this.#shut(reasonOf(error)))
    stream.on('close', () => this.#shut('the connection is gone'))
    if (early !== undefined) this.#guard(() => early.lines.forEach((line) => this.#take(line)))
    if (stream.destroyed) this.#shut('the connection is gone')
    else if (stream.readableEnded) this.#hangUp('the other side closed the connection')
    else stream.resume()
  }

  send(message: Out): void {
    if (this.closeReason !== null) return
    const queued = this.#unsentLength + this.#stream.writableLength
    if (queued > MAX_QUEUED_BYTES) return this.#fail(`it does not read: ${sizeText(queued)} wait for it`)
    this.#guard(() => {
      const lines = this.#codec.encode(message)
      this.#unsent.push(lines)
      this.#unsentLength += lines.length
    })
    // What is said in one turn of the event loop leaves in one write.
    if (this.#unsent.length === 1) process.nextTick(() => this.#flush())
  }

  onMessage(listen: (message: In) => void): void {
    this.#listen = listen
    const waiting = this.#waiting
    this.#waiting = []
    // Also what came before the other side closed.
    for (const message of waiting) if (!this.#isDeaf) this.#hear(message)
    if (this.#stream.isPaused()) this.#stream.resume()
  }

  onClose(listen: (reason: string) => void): void {
    this.#closed = listen
    if (this.closeReason !== null) listen(this.closeReason)
  }

  close(reason?: string): void {
    this.#isDeaf = true
    if (this.closeReason !== null) return
    if (reason === undefined) this.#hangUp('closed here')
    else this.#fail(reason)
  }

  drained(): Promise<boolean> {
    this.#flush()
    if (this.closeReason !== null) return Promise.resolve(false)
    if (this.#stream.writableLength === 0) return Promise.resolve(true)
    return new Promise((resolve) => this.#drains.push(resolve))
  }

  #flush(): void {
    if (this.#unsent.length === 0) return
    const text = this.#unsent.join('')
    this.#unsent = []
    this.#unsentLength = 0
    if (this.#stream.writable) this.#stream.write(text, () => this.#written())
  }

  #written(): void {
    if (this.#stream.writableLength > 0 || this.#unsent.length > 0) return
    const drains = this.#drains
    this.#drains = []
    for (const resolve of drains) resolve(this.closeReason === null)
  }

  #read(chunk: Buffer): void {
    if (this.closeReason !== null) return this.#ignore(chunk)
    this.#guard(() => {
      for (const line of this.#splitter.push(chunk)) this.#take(line)
    })
  }

  #take(line: Buffer): void {
    if (this.closeReason !== null) return
    const message = this.#codec.decode(line)
    if (message === null) return
    if (message.t === 'error') return this.#hangUp(`the other side closed the connection: ${message.message}`)
    if (this.#listen !== null) return this.#hear(message as In)
    this.#waiting.push(message as In)
    if (this.#waiting.length >= MAX_UNHEARD) this.#stream.pause()
  }

  #hear(message: In): void {
    try {
      this.#listen?.(message)
    } catch (error) {
      // Whatever a peer may say to trip us: the connection ends, not the process.
      this.#fail(`${(message as { readonly t: string }).t} could not be taken: ${messageOf(error)}${placeOf(error)}`)
    }
  }

  #guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (error instanceof LineTooLongError) this.#fail(`a line is over ${sizeText(this.#codec.limitBytes)}`)
      else if (error instanceof WireFault) this.#fail(error.message)
      else throw error
    }
  }

  /** Says why, and hangs up. */
  #fail(reason: string): void {
    if (this.closeReason !== null) return
    this.#flush()
    if (this.#stream.writable) this.#stream.write(`${JSON.stringify({ t: 'error', message: reason } satisfies LastWord)}\n`)
    this.#hangUp(reason)
  }

  #hangUp(reason: string): void {
    if (this.closeReason !== null) return
    this.#flush()
    this.#shut(reason)
    if (this.#stream.destroyed) return
    this.#stream.end()
    this.#stream.resume()
    // A stream that is cut with bytes unread takes the last word with it.
    const timer = setTimeout(() => this.#stream.destroy(), LINGER_MS)
    this.#stream.once('close', () => clearTimeout(timer))
  }

  #ignore(chunk: Buffer): void {
    this.#ignoredBytes += chunk.length
    if (this.#ignoredBytes > LINGER_BYTES) this.#stream.destroy()
  }

  #shut(reason: string): void {
    if (this.closeReason !== null) return
    this.closeReason = reason
    const drains = this.#drains
    this.#drains = []
    for (const resolve of drains) resolve(false)
    this.#closed?.(reason)
  }
}

function reasonOf(error: Error): string {
  const code = systemCode(error)
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the connection was reset'
  return code === 'ETIMEDOUT' ? 'the connection timed out' : messageOf(error)
}

/** Where a bug is: the first line of its stack. */
function placeOf(error: unknown): string {
  const place = error instanceof Error ? error.stack?.split('\n').find((line) => /^\s+at /.test(line)) : undefined
  return place === undefined ? '' : ` (${place.trim()})`
}
