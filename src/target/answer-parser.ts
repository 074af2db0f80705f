// Cuts what comes over a connection into answers. It refuses what llhttp refuses for undici, at the same byte: a server
// must not be read in two ways. Feed it, and ask for `next` until it wants more. Made for answers that come in one piece.

import { AnswerFields, endOfLine } from './answer-fields.ts'
import { encodingNamed, type AnswerHead, type KeptHead } from './answer-reader.ts'
import { ChunkLine } from './chunk-line.ts'
import { BAD, CR, LF, MORE } from './http-bytes.ts'
import { StatusLine } from './status-line.ts'

/** What `next` tells. */
export const WANTS_MORE = 0
/** The head is in: `status`, and the parser itself is the head. */
export const HAS_HEAD = 1
/** Bytes of the body: `from` to `to` of `bytes`. */
export const HAS_BODY = 2
/** The answer is complete. */
export const HAS_END = 3
/** It is no answer: `problem`. */
export const IS_BAD = 4

export type AnswerProblem = 'not-http' | 'wrong-length' | 'large-head' | 'upgrade'

/** The whole head, with what does not count among the 16 KiB of names and values. */
export const MAX_HEAD_BYTES = 64 * 1024

const BETWEEN = 0
const STATUS_LINE = 1
const FIELDS = 2
const LENGTH_BODY = 3
const ENDLESS_BODY = 4
const CHUNK_LINE = 5
const CHUNK_DATA = 6
const CHUNK_CR = 7
const CHUNK_LF = 8
const TRAILERS = 9
const COMPLETE = 10
const CLOSED = 11

export class AnswerParser implements AnswerHead {
  status = 0
  bytes: Buffer = Buffer.alloc(0)
  from = 0
  to = 0
  /** Whether the server leaves the connection open behind this answer; known with its head. */
  staysOpen = false
  /** For how long the server keeps it without a request, as the head says; infinite: it does not say. */
  keepAliveMs = Number.POSITIVE_INFINITY
  problem: AnswerProblem = 'not-http'
  readonly #line = new StatusLine()
  readonly #fields = new AnswerFields()
  readonly #chunk = new ChunkLine()
  #phase = BETWEEN
  #isHead = false
  #at = 0
  #end = 0
  #headFrom = 0
  #headTo = 0
  #left = 0
  /** A line or head that has not come whole, and where to go on in it. */
  #held: Buffer | null = null
  #heldBytes = 0
  #heldAt = 0

  /** A new connection, or a new request on it. @param isHead its answer has no body */
  begin(isHead: boolean): void {
    this.#isHead = isHead
    this.problem = 'not-http'
  }

  reset(): void {
    this.#phase = BETWEEN
    this.#line.reset()
    this.#chunk.reset()
    this.#heldBytes = 0
    this.#at = 0
    this.#end = 0
  }

  /** Bytes have come; they must stay until `next` wants more. */
  feed(bytes: Buffer, from: number, to: number): void {
    if (this.#heldBytes > 0) {
      this.#append(bytes, from, to)
      return
    }
    this.bytes = bytes
    this.#at = from
    this.#end = to
  }

  next(): number {
    for (;;) {
      switch (this.#phase) {
        case BETWEEN:
          if (!this.#skipLineEnds()) return WANTS_MORE
          this.#headFrom = this.#at
          this.#fields.reset()
          this.#phase = STATUS_LINE
          break
        case STATUS_LINE:
        case FIELDS: {
          const event = this.#readHead()
          if (event !== -1) return event
          break
        }
        case LENGTH_BODY:
        case CHUNK_DATA:
          return this.#readBody()
        case ENDLESS_BODY:
          return this.#piece(this.#end)
        case COMPLETE:
          return this.#complete()
        case CLOSED:
          return this.#skipLineEnds() ? this.#bad() : WANTS_MORE
        default: {
          const event = this.#readChunked()
          if (event !== -1) return event
        }
      }
    }
  }

  /** The connection has ended: whether the answer has, with it. */
  endsHere(): boolean {
    return this.#phase === ENDLESS_BODY
  }

  /** Whether more has come than the answer. */
  hasSurplus(): boolean {
    return this.#skipLineEnds()
  }

  encoding(): string {
    const { encodingFrom, encodingTo } = this.#fields
    if (encodingFrom === -1) return ''
    return encodingNamed(this.bytes.toString('latin1', this.#headFrom + encodingFrom, this.#headFrom + encodingTo))
  }

  keep(): KeptHead {
    return new HeadCopy(Buffer.from(this.bytes.subarray(this.#headFrom, this.#headTo)))
  }

  /** An event, or −1: go on. */
  #readHead(): number {
    if (this.#phase === STATUS_LINE) {
      const end = this.#line.read(this.bytes, this.#at, this.#end)
      if (end === BAD) return this.#bad()
      if (end === MORE) return this.#hold(this.#headFrom)
      this.status = this.#line.status
      this.#at = end
      this.#phase = FIELDS
    }
    const end = this.#readFields()
    if (end === BAD) return this.#bad()
    if (end === MORE) return this.#hold(this.#headFrom)
    this.#at = end
    this.#headTo = end
    return end - this.#headFrom > MAX_HEAD_BYTES ? this.#tooLarge() : this.#headIsIn()
  }

  /** All lines up to the empty one; the position behind it, MORE or BAD. */
  #readFields(): number {
    const { bytes } = this
    for (;;) {
      const at = this.#at
      if (at === this.#end) return MORE
      if (bytes[at] === CR) return endOfLine(bytes, at, this.#end)
      const end = this.#fields.read(bytes, at, this.#end, this.#headFrom)
      if (end < 0) return end
      this.#at = end
    }
  }

  #headIsIn(): number {
    const { status } = this
    if (status < 100) return IS_BAD
    const { length, isChunked, hasTransferEncoding, closes, keepsAlive } = this.#fields
    const isInterim = status < 200
    const isBodiless = status === 204 || status === 304
    const isDelimited = isInterim || (isBodiless ? !hasTransferEncoding : hasTransferEncoding ? isChunked : length !== -1)
    this.staysOpen = (this.#line.isOldVersion ? keepsAlive : !closes) && (isDelimited || (this.#isHead && keepsAlive))
    if (isInterim) return this.#interim()
    this.keepAliveMs = this.#fields.keepAliveMs
    if (isBodiless || this.#isHead) this.#phase = COMPLETE
    else if (isChunked) this.#phase = CHUNK_LINE
    else if (hasTransferEncoding || length === -1) this.#phase = ENDLESS_BODY
    else this.#phase = length === 0 ? COMPLETE : LENGTH_BODY
    this.#left = length
    return HAS_HEAD
  }

  /** 100 Continue, 103 Early Hints …: said and forgotten. */
  #interim(): number {
    // Nobody asked for another protocol.
    if (this.status === 101) {
      this.problem = 'upgrade'
      return IS_BAD
    }
    this.#phase = this.staysOpen ? BETWEEN : CLOSED
    this.#fields.reset()
    return -1
  }

  #readBody(): number {
    const left = this.#left
    const available = this.#end - this.#at
    if (available < left) {
      this.#left = left - available
      return this.#piece(this.#end)
    }
    this.#phase = this.#phase === CHUNK_DATA ? CHUNK_CR : COMPLETE
    return this.#piece(this.#at + left)
  }

  #piece(to: number): number {
    if (to === this.#at) return WANTS_MORE
    this.from = this.#at
    this.to = to
    this.#at = to
    return HAS_BODY
  }

  /** Between chunks: an event, or −1: go on. */
  #readChunked(): number {
    const { bytes } = this
    const at = this.#at
    if (at === this.#end) return WANTS_MORE
    if (this.#phase === CHUNK_LINE) return this.#readChunkLine()
    if (this.#phase === TRAILERS) return this.#readTrailers()
    if (bytes[at] !== (this.#phase === CHUNK_CR ? CR : LF)) return this.#bad()
    this.#at = at + 1
    this.#phase = this.#phase === CHUNK_CR ? CHUNK_LF : CHUNK_LINE
    return -1
  }

  #readChunkLine(): number {
    const end = this.#chunk.read(this.bytes, this.#at, this.#end)
    if (end === BAD) return this.#bad()
    if (end === MORE) return this.#hold(this.#at)
    this.#at = end
    this.#left = this.#chunk.size
    this.#phase = this.#left === 0 ? TRAILERS : CHUNK_DATA
    if (this.#left === 0) this.#fields.resetCount()
    return -1
  }

  #readTrailers(): number {
    const end = this.#readFields()
    if (end === BAD) return this.#bad()
    if (end === MORE) return this.#hold(this.#at)
    this.#at = end
    this.#phase = COMPLETE
    // Who speaks of the connection only now is not understood the same way by everyone.
    if (this.#fields.closes || !this.#fields.isChunked) this.staysOpen = false
    return -1
  }

  #complete(): number {
    this.#phase = BETWEEN
    const isShort = !this.#isHead && (this.status === 204 || this.status === 304) && this.#fields.length > 0
    if (!isShort) return HAS_END
    this.problem = 'wrong-length'
    return IS_BAD
  }

  #bad(): number {
    this.problem = this.#fields.isTooLarge ? 'large-head' : this.#fields.announcedSome ? 'wrong-length' : 'not-http'
    return IS_BAD
  }

  #tooLarge(): number {
    this.problem = 'large-head'
    return IS_BAD
  }

  /** False: nothing but line ends has come. */
  #skipLineEnds(): boolean {
    while (this.#at < this.#end && (this.bytes[this.#at] === CR || this.bytes[this.#at] === LF)) this.#at++
    return this.#at < this.#end
  }

  /** Keeps the bytes from `from` on until more have come. */
  #hold(from: number): number {
    const size = this.#end - from
    if (size > MAX_HEAD_BYTES) return this.#tooLarge()
    if (this.#held === null || this.#held.length < size) this.#grow(size)
    if (this.bytes !== this.#held || from > 0) this.bytes.copy(this.#held!, 0, from, this.#end)
    this.#heldBytes = size
    this.#heldAt = this.#at - from
    return WANTS_MORE
  }

  #append(bytes: Buffer, from: number, to: number): void {
    const size = this.#heldBytes + to - from
    if (this.#held!.length < size) this.#grow(size)
    bytes.copy(this.#held!, this.#heldBytes, from, to)
    this.bytes = this.#held!
    this.#heldBytes = 0
    this.#headFrom = 0
    this.#at = this.#heldAt
    this.#end = size
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(Math.max(size, 1024))))
    if (this.#held !== null) this.#held.copy(larger)
    if (this.bytes === this.#held) this.bytes = larger
    this.#held = larger
  }
}

/** A head that outlives the bytes it came in. */
class HeadCopy implements KeptHead {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {}
    for (const line of this.#bytes.toString('latin1').split('\r\n').slice(1)) {
      const colon = line.indexOf(':')
      if (colon !== -1) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).replace(/^[ \t]+/, '')
    }
    return headers
  }
}
