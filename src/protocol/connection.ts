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
import { SendQueue } from './send-queue.ts'
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

/** A side that has hung up takes so many more bytes, so that its last word is heard. */
const LINGER_BYTES = 4 * 1024 * 1024
/** So many messages wait for a listener before the stream does. */
const MAX_UNHEARD = 64

export class StreamConnection<Out extends { readonly t: string }, In> implements Connection<Out, In> {
  readonly welcome: Welcome
  readonly remote: string
  closeReason: string | null = null
  readonly #stream: Duplex
  readonly #codec: Codec
  readonly #splitter: LineSplitter
  readonly #queue: SendQueue
  #listen: ((message: In) => void) | null = null
  #closed: ((reason: string) => void) | null = null
  #waiting: In[] = []
  #ignoredBytes = 0
  /** It was closed from here: nobody listens any more. */
  #isDeaf = false

  constructor({ stream, codec, welcome, remote, early }: ConnectionOptions) {
    this.welcome = welcome
    this.remote = remote
    this.#stream = stream
    this.#codec = codec
    this.#queue = new SendQueue(stream)
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
    if (this.#queue.isFull) return this.#fail(`it does not read: ${sizeText(this.#queue.length)} wait for it`)
    this.#guard(() => this.#queue.add(this.#codec.encode(message)))
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
    return this.closeReason === null ? this.#queue.drained() : Promise.resolve(false)
  }

  #read(chunk: Buffer): void {
    if (this.closeReason !== null) return this.#ignore(chunk)
    this.#guard(() => {
      for (const line of this.#splitter.push(chunk)) this.#take(line)
      // A message holds nothing of its line.
      this.#splitter.recycle()
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
    this.#queue.add(`${JSON.stringify({ t: 'error', message: reason } satisfies LastWord)}\n`)
    this.#hangUp(reason)
  }

  #hangUp(reason: string): void {
    if (this.closeReason !== null) return
    this.#shut(reason)
    this.#queue.end()
    this.#stream.resume()
  }

  #ignore(chunk: Buffer): void {
    this.#ignoredBytes += chunk.length
    if (this.#ignoredBytes > LINGER_BYTES) this.#stream.destroy()
  }

  #shut(reason: string): void {
    if (this.closeReason !== null) return
    this.closeReason = reason
    this.#queue.abandon()
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
