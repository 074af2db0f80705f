// Takes in an answer as undici hands it over, and keeps as much of it as was asked for.

import { EMPTY, KeptAnswer, NO_HEADERS } from './answer.ts'
import type { TargetAnswer, TargetRequest } from './request.ts'

const HEAD_BYTES = 4096
const MAX_ERROR_BYTES = 64 * 1024
const MAX_BODY_BYTES = 512 * 1024 * 1024

/** Reused from answer to answer; the buffer for heads is made once. */
export class AnswerReader {
  #status = 0
  #wireBytes = 0
  #keep: 'none' | 'head' | 'error' | 'all' = 'none'
  #rawHeaders: readonly Buffer[] = []
  #chunks: Buffer[] = []
  #head: Buffer = EMPTY
  #keptBytes = 0

  /** Forgets the answer before. */
  reset(): void {
    this.#status = 0
    this.#wireBytes = 0
    this.#keptBytes = 0
  }

  get hasStarted(): boolean {
    return this.#status !== 0
  }

  /** @param rawHeaders names and values in turn */
  start(status: number, rawHeaders: readonly Buffer[], keep: TargetRequest['keep']): void {
    this.#status = status
    this.#keep = keep === 'all' ? 'all' : status >= 400 ? 'error' : keep
    if (this.#keep !== 'none') this.#rawHeaders = rawHeaders
  }

  /** What is wrong with the answer, or null. */
  take(chunk: Buffer): string | null {
    this.#wireBytes += chunk.length
    if (this.#keep === 'none') return null
    if (this.#keep === 'head') this.#takeHead(chunk)
    else if (this.#keep === 'error') this.#takeError(chunk)
    else if (this.#wireBytes > MAX_BODY_BYTES) return `the answer is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB`
    else this.#push(chunk)
    return null
  }

  /** The answer, once it is complete. */
  finish(): TargetAnswer {
    if (this.#keep === 'none') return new KeptAnswer(this.#status, this.#wireBytes)
    const isHead = this.#keep === 'head'
    const kept = {
      headers: isHead ? NO_HEADERS : headersOf(this.#rawHeaders),
      encoding: encodingOf(this.#rawHeaders),
      body: isHead ? this.#head.subarray(0, this.#keptBytes) : this.#joined(),
      isWhole: this.#keptBytes === this.#wireBytes
    }
    this.#rawHeaders = []
    return new KeptAnswer(this.#status, this.#wireBytes, kept)
  }

  #takeHead(chunk: Buffer): void {
    if (this.#keptBytes >= HEAD_BYTES) return
    if (this.#head.length === 0) this.#head = Buffer.allocUnsafeSlow(HEAD_BYTES)
    this.#keptBytes += chunk.copy(this.#head, this.#keptBytes)
  }

  #takeError(chunk: Buffer): void {
    const room = MAX_ERROR_BYTES - this.#keptBytes
    if (room > 0) this.#push(chunk.length > room ? chunk.subarray(0, room) : chunk)
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

function encodingOf(raw: readonly Buffer[]): string {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!
    if (name.length === CONTENT_ENCODING.length && name.toString('latin1').toLowerCase() === CONTENT_ENCODING) {
      const encoding = raw[i + 1]!.toString('latin1').trim().toLowerCase()
      return encoding === 'identity' ? '' : encoding
    }
  }
  return ''
}

function headersOf(raw: readonly Buffer[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i + 1 < raw.length; i += 2) headers[raw[i]!.toString('latin1').toLowerCase()] = raw[i + 1]!.toString('latin1')
  return headers
}
