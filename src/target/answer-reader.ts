// Takes in an answer as its connection hands it over, and keeps as much of it as was asked for.

import { EMPTY, KeptAnswer, NO_HEADERS } from './answer.ts'
import { isErrorStatus, type TargetAnswer, type TargetRequest } from './request.ts'

const HEAD_BYTES = 4096
const MAX_ERROR_BYTES = 64 * 1024
const MAX_BODY_BYTES = 512 * 1024 * 1024

/** The head of an answer; only to be asked when it has just come in. */
export interface AnswerHead {
  /** Value of `content-encoding`, lower case; empty: as it is. */
  encoding(): string
  /** For later: what costs time is done when the clock has stopped. */
  keep(): KeptHead
}

export interface KeptHead {
  /** By lower-case name; the last one of several holds. */
  headers(): Record<string, string>
}

/** Reused from answer to answer; the buffer for heads is made once. */
export class AnswerReader {
  #status = 0
  #wireBytes = 0
  #keep: 'none' | 'head' | 'error' | 'all' = 'none'
  #encoding = ''
  #keptHead: KeptHead | null = null
  #chunks: Buffer[] = []
  #head: Buffer = EMPTY
  #keptBytes = 0

  /** Forgets the answer before. */
  reset(): void {
    this.#status = 0
    this.#wireBytes = 0
    this.#keptBytes = 0
    if (this.#chunks.length > 0) this.#chunks = []
  }

  get hasStarted(): boolean {
    return this.#status !== 0
  }

  /** What is wrong with the answer so far, or null. */
  get problem(): string | null {
    if (this.#keep !== 'all' || this.#wireBytes <= MAX_BODY_BYTES) return null
    return `the answer is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB`
  }

  start(status: number, head: AnswerHead, keep: TargetRequest['keep']): void {
    this.#status = status
    this.#keep = keep === 'all' ? 'all' : isErrorStatus(status) ? 'error' : keep
    if (this.#keep === 'none') return
    this.#encoding = head.encoding()
    this.#keptHead = this.#keep === 'head' ? null : head.keep()
  }

  /** A piece of the body, ours from now on. */
  take(chunk: Buffer): void {
    const room = this.#room(chunk.length)
    if (this.#keep === 'head') this.#copy(chunk, 0, room)
    else if (room > 0) this.#push(room === chunk.length ? chunk : chunk.subarray(0, room))
  }

  /** A piece of the body in a buffer that will be filled anew. */
  takeCopy(bytes: Buffer, from: number, to: number): void {
    const room = this.#room(to - from)
    if (this.#keep === 'head') this.#copy(bytes, from, from + room)
    else if (room > 0) this.#push(Buffer.from(bytes.subarray(from, from + room)))
  }

  /** The answer, once it is complete. */
  finish(): TargetAnswer {
    if (this.#keep === 'none') return new KeptAnswer(this.#status, this.#wireBytes)
    const kept = {
      headers: this.#keptHead?.headers() ?? NO_HEADERS,
      encoding: this.#encoding,
      body: this.#keep === 'head' ? this.#head.subarray(0, this.#keptBytes) : this.#joined(),
      isWhole: this.#keptBytes === this.#wireBytes
    }
    // Kept until the next answer, it would be copied by every collection between.
    this.#keptHead = null
    return new KeptAnswer(this.#status, this.#wireBytes, kept)
  }

  /** Counts the bytes that came; gives how many of them are kept. */
  #room(bytes: number): number {
    this.#wireBytes += bytes
    if (this.#keep === 'all') return bytes
    if (this.#keep === 'none') return 0
    const room = (this.#keep === 'head' ? HEAD_BYTES : MAX_ERROR_BYTES) - this.#keptBytes
    return bytes < room ? bytes : room
  }

  #copy(bytes: Buffer, from: number, to: number): void {
    if (from === to) return
    if (this.#head.length === 0) this.#head = Buffer.allocUnsafeSlow(HEAD_BYTES)
    bytes.copy(this.#head, this.#keptBytes, from, to)
    this.#keptBytes += to - from
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#keptBytes += chunk.length
  }

  #joined(): Buffer {
    const chunks = this.#chunks
    if (chunks.length === 0) return EMPTY
    this.#chunks = []
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  }
}

const CONTENT_ENCODING = 'content-encoding'
const NOTHING: readonly Buffer[] = []

/** A head as undici hands it over: names and values in turn. One object serves all answers of an exchange. */
export class RawHead implements AnswerHead, KeptHead {
  #raw: readonly Buffer[] = NOTHING

  of(raw: readonly Buffer[]): this {
    this.#raw = raw
    return this
  }

  /** What came is of no use any more: kept until the next answer, it would be copied by every collection between. */
  forget(): void {
    this.#raw = NOTHING
  }

  encoding(): string {
    const raw = this.#raw
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = raw[i]!
      if (name.length === CONTENT_ENCODING.length && name.toString('latin1').toLowerCase() === CONTENT_ENCODING) {
        return encodingNamed(raw[i + 1]!.toString('latin1'))
      }
    }
    return ''
  }

  keep(): this {
    return this
  }

  headers(): Record<string, string> {
    const raw = this.#raw
    const headers: Record<string, string> = {}
    for (let i = 0; i + 1 < raw.length; i += 2) headers[raw[i]!.toString('latin1').toLowerCase()] = raw[i + 1]!.toString('latin1')
    return headers
  }
}

/** Of a value of `content-encoding`. */
export function encodingNamed(value: string): string {
  const encoding = value.trim().toLowerCase()
  return encoding === 'identity' ? '' : encoding
}
