// What a side has said and the other has not taken yet: bounded, sent in few writes, and not cut off at the end.

import type { Duplex } from 'node:stream'

/** A peer that does not read is let go at so many bytes; a message that is sent when nothing waits may be longer. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024
/** Of one write: so that one sees how far a long message has got. */
const WRITE_BYTES = 256 * 1024
/** After the last word: how often it is looked whether the other side still reads, and how many times at most. */
const LOOK_EVERY_MS = 1000
const LOOKS = 15

export class SendQueue {
  readonly #stream: Duplex
  #unsent: (string | Buffer)[] = []
  #unsentLength = 0
  #drains: ((hasLeft: boolean) => void)[] = []

  constructor(stream: Duplex) {
    this.#stream = stream
  }

  /** Bytes that wait, about. */
  get length(): number {
    return this.#unsentLength + this.#stream.writableLength
  }

  get isFull(): boolean {
    return this.length > MAX_QUEUED_BYTES
  }

  /** What is said in one turn of the event loop leaves in one write. */
  add(lines: string | Buffer): void {
    this.#unsent.push(lines)
    this.#unsentLength += lines.length
    if (this.#unsent.length === 1) process.nextTick(() => this.#flush())
  }

  /** Resolves with true when all has left this process, with false when it never will. */
  drained(): Promise<boolean> {
    this.#flush()
    if (!this.#stream.writable) return Promise.resolve(false)
    if (this.#stream.writableLength === 0) return Promise.resolve(true)
    return new Promise((resolve) => this.#drains.push(resolve))
  }

  /** Nobody waits any more for what has not left. */
  abandon(): void {
    const drains = this.#drains
    this.#drains = []
    for (const resolve of drains) resolve(false)
  }

  /** Sends what is left and hangs up. A stream that is cut with bytes unread would take the last words with it. */
  end(): void {
    this.#flush()
    const stream = this.#stream
    if (stream.destroyed) return
    stream.end()
    let left = Number.POSITIVE_INFINITY
    let looks = 0
    const timer = setInterval(() => {
      if (stream.writableLength >= left || ++looks >= LOOKS) stream.destroy()
      left = stream.writableLength
    }, LOOK_EVERY_MS)
    stream.once('close', () => clearInterval(timer))
  }

  #flush(): void {
    if (this.#unsent.length === 0) return
    const unsent = this.#unsent
    this.#unsent = []
    this.#unsentLength = 0
    if (!this.#stream.writable) return
    this.#stream.cork()
    for (let at = 0; at < unsent.length; ) {
      const texts = textsFrom(unsent, at)
      if (texts.length === 0) this.#write(unsent[at] as Buffer)
      else this.#writeText(texts.join(''))
      at += Math.max(1, texts.length)
    }
    this.#stream.uncork()
  }

  #writeText(text: string): void {
    if (text.length < WRITE_BYTES) this.#stream.write(text, () => this.#written())
    else this.#write(Buffer.from(text))
  }

  #write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += WRITE_BYTES) this.#stream.write(bytes.subarray(at, at + WRITE_BYTES), () => this.#written())
  }

  #written(): void {
    if (this.#stream.writableLength > 0 || this.#unsent.length > 0) return
    const drains = this.#drains
    this.#drains = []
    for (const resolve of drains) resolve(true)
  }
}

/** Lines of text in a row, up to the next bytes. */
function textsFrom(unsent: readonly (string | Buffer)[], at: number): readonly string[] {
  const end = unsent.findIndex((lines, index) => index >= at && typeof lines !== 'string')
  return unsent.slice(at, end === -1 ? undefined : end) as string[]
}
