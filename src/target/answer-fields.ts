// The header lines of an answer (and its trailers), as strict as llhttp: no folded lines, no space before a colon, no bare
// line feed, one content-length at most, none beside transfer-encoding. Keeps what decides about the body and the connection.

import { BAD, COLON, COMMA, CR, isWord, LF, MORE, SPACE, TAB, TOKEN, VALUE } from './http-bytes.ts'

/** Names and values of one answer together, as in undici. */
export const MAX_FIELD_BYTES = 16 * 1024
/** 2^64: a length that llhttp cannot count. */
export const TOO_LONG = 18_446_744_073_709_551_616

const word = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const CONTENT_LENGTH = word('content-length')
const TRANSFER_ENCODING = word('transfer-encoding')
const CONTENT_ENCODING = word('content-encoding')
const CONNECTION = word('connection')
const PROXY_CONNECTION = word('proxy-connection')
const KEEP_ALIVE = word('keep-alive')
const CHUNKED = word('chunked')
const CLOSE = word('close')
const TIMEOUT = word('timeout=')

/** Kinds of headers: the ones that mean something to the connection. */
const OTHER = 0
const IS_LENGTH = 1
const IS_TRANSFER = 2
const IS_CONNECTION = 3
const IS_KEEP_ALIVE = 4
const IS_ENCODING = 5

export class AnswerFields {
  /** `content-length`; −1: none yet. */
  length = -1
  hasTransferEncoding = false
  isChunked = false
  closes = false
  keepsAlive = false
  /** Where values stand, from the head's first byte on; −1: there are none. */
  encodingFrom = -1
  encodingTo = -1
  /** Of `keep-alive: timeout=5`; infinite: there is none. */
  keepAliveMs = Number.POSITIVE_INFINITY
  isTooLarge = false
  /** What was read of a `content-length` that is none. */
  #brokenLength = 0
  #bytes = 0
  // Of a line that has not come whole: bytes that were read (0: none), those of its name (0: it goes on), what it is, what lies
  // before its value, what was read of a length.
  #seen = 0
  #nameBytes = 0
  #kind = OTHER
  #beforeValue = 0
  #number = 0
  /** Where reading the last value stopped. */
  #stoppedAt = 0

  reset(): void {
    this.length = -1
    this.hasTransferEncoding = false
    this.isChunked = false
    this.closes = false
    this.keepsAlive = false
    this.encodingFrom = -1
    this.keepAliveMs = Number.POSITIVE_INFINITY
    this.isTooLarge = false
    this.#brokenLength = 0
    this.#bytes = 0
    this.#forgetLine()
  }

  /** Trailers are counted anew. */
  resetCount(): void {
    this.#bytes = 0
  }

  /** Whether a length was announced that nothing has come of. */
  get announcedSome(): boolean {
    return this.length > 0 || this.#brokenLength > 0
  }

  /**
   * Reads the line that begins at `from` (not the empty one). Gives the position behind it, MORE or BAD; in a line that has not come
   * whole it goes on where it stopped: byte by byte a long one would be read thousands of times. @param base where the head begins
   */
  read(bytes: Uint8Array, from: number, to: number, base: number): number {
    let at = from + this.#seen
    let nameBytes = this.#nameBytes
    let kind = this.#kind
    let valueFrom = from + this.#beforeValue
    if (nameBytes === 0) {
      while (at < to && TOKEN[bytes[at]!] === 1) at++
      if (at === to) return this.#holdName(at - from)
      if (bytes[at] !== COLON || at === from) return BAD
      nameBytes = at - from
      kind = kindOf(bytes, from, nameBytes)
      if (kind === IS_LENGTH && this.hasTransferEncoding) return BAD
      if (kind === IS_TRANSFER && this.length !== -1) return BAD
      at++
      valueFrom = at
    }
    if (at === valueFrom) {
      while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++
      valueFrom = at
    }
    const end = kind === IS_LENGTH ? this.#readLength(bytes, at, to, valueFrom) : this.#readValue(bytes, at, to)
    if (end === BAD) return BAD
    const valueTo = end === MORE ? to : end - 2
    if (this.#tooLarge(nameBytes + Math.max(0, valueTo - valueFrom))) return BAD
    if (end === MORE) return this.#hold(nameBytes, kind, valueFrom - from, this.#stoppedAt - from)
    if (this.#seen !== 0) this.#forgetLine()
    this.#bytes += nameBytes + valueTo - valueFrom
    if (kind > IS_LENGTH && valueTo > valueFrom) this.#mean(kind, { bytes, from: valueFrom, to: valueTo, base })
    return end
  }

  #holdName(seen: number): number {
    this.#seen = seen
    return this.#tooLarge(seen) ? BAD : MORE
  }

  #hold(nameBytes: number, kind: number, beforeValue: number, seen: number): number {
    this.#nameBytes = nameBytes
    this.#kind = kind
    this.#beforeValue = beforeValue
    this.#seen = seen
    return MORE
  }

  #forgetLine(): void {
    this.#seen = 0
    this.#nameBytes = 0
    this.#number = 0
  }

  #tooLarge(more: number): boolean {
    this.isTooLarge = this.#bytes + more >= MAX_FIELD_BYTES
    return this.isTooLarge
  }

  /** From its beginning, or where it stopped, to behind the end of the line. */
  #readValue(bytes: Uint8Array, from: number, to: number): number {
    let at = from
    while (at < to && VALUE[bytes[at]!] === 1) at++
    const end = endOfLine(bytes, at, to)
    if (end === MORE) this.#stoppedAt = at
    return end
  }

  /** As `#readValue`. @param first where the value begins */
  #readLength(bytes: Uint8Array, from: number, to: number, first: number): number {
    let at = from
    this.#stoppedAt = at
    // The second one is refused at its first byte, or as empty.
    if (at < to && this.length !== -1) return BAD
    // An empty one is refused when the next line begins.
    if (at === first && bytes[at] === CR && at + 2 >= to) return endOfLine(bytes, at, to) === BAD ? BAD : MORE
    let length = this.#number
    // Behind the blanks that follow a number no digit may stand.
    if (at === first || bytes[at - 1] !== SPACE) while (at < to && bytes[at]! >= 48 && bytes[at]! <= 57) length = length * 10 + bytes[at++]! - 48
    const isNumber = at > first && length < TOO_LONG
    // No tab, as in llhttp.
    while (isNumber && at < to && bytes[at] === SPACE) at++
    const end = isNumber ? endOfLine(bytes, at, to) : at === to && length < TOO_LONG ? MORE : BAD
    if (end === BAD) this.#brokenLength = length
    else if (end === MORE) this.#number = length
    else this.length = length
    this.#stoppedAt = at
    return end
  }

  #mean(kind: number, { bytes, from, to, base }: { bytes: Uint8Array; from: number; to: number; base: number }): void {
    if (kind === IS_TRANSFER) {
      this.hasTransferEncoding = true
      this.isChunked = endsInChunked(bytes, from, to)
    } else if (kind === IS_CONNECTION) this.#readConnection(bytes, from, to)
    else if (kind === IS_KEEP_ALIVE) this.keepAliveMs = keepAliveIn(bytes, from, to)
    else if (this.encodingFrom === -1) {
      this.encodingFrom = from - base
      this.encodingTo = to - base
    }
  }

  #readConnection(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const first = at
      while (at < to && bytes[at] !== COMMA) at++
      let [begin, end] = [first, at]
      while (begin < end && isBlank(bytes[begin]!)) begin++
      while (end > begin && isBlank(bytes[end - 1]!)) end--
      const size = end - begin
      if (size === CLOSE.length && isWord(bytes, begin, CLOSE)) this.closes = true
      else if (size === KEEP_ALIVE.length && isWord(bytes, begin, KEEP_ALIVE)) this.keepsAlive = true
    }
  }
}

/** Behind the line feed of a carriage return at `at`. */
export function endOfLine(bytes: Uint8Array, at: number, to: number): number {
  if (at === to) return MORE
  if (bytes[at] !== CR) return BAD
  if (at + 1 === to) return MORE
  return bytes[at + 1] === LF ? at + 2 : BAD
}

function kindOf(bytes: Uint8Array, at: number, size: number): number {
  switch (size) {
    case 10:
      return isWord(bytes, at, CONNECTION) ? IS_CONNECTION : isWord(bytes, at, KEEP_ALIVE) ? IS_KEEP_ALIVE : OTHER
    case 14:
      return isWord(bytes, at, CONTENT_LENGTH) ? IS_LENGTH : OTHER
    case 16:
      return isWord(bytes, at, CONTENT_ENCODING) ? IS_ENCODING : isWord(bytes, at, PROXY_CONNECTION) ? IS_CONNECTION : OTHER
    case 17:
      return isWord(bytes, at, TRANSFER_ENCODING) ? IS_TRANSFER : OTHER
    default:
      return OTHER
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB
}

/** Behind the first `timeout=` that has digits, as undici finds it; else infinite. */
function keepAliveIn(bytes: Uint8Array, from: number, to: number): number {
  for (let begin = from; begin + TIMEOUT.length < to; begin++) {
    if (bytes[begin] !== TIMEOUT[0] || !isWord(bytes, begin, TIMEOUT)) continue
    let at = begin + TIMEOUT.length
    let seconds = 0
    const first = at
    while (at < to && bytes[at]! >= 48 && bytes[at]! <= 57) seconds = seconds * 10 + bytes[at++]! - 48
    if (at > first) return seconds * 1000
  }
  return Number.POSITIVE_INFINITY
}

/** Whether the last coding of a `transfer-encoding` is `chunked`; a tab behind it makes it another word, as in llhttp. */
function endsInChunked(bytes: Uint8Array, from: number, to: number): boolean {
  let end = to
  while (end > from && bytes[end - 1] === SPACE) end--
  const begin = end - CHUNKED.length
  if (begin < from || !isWord(bytes, begin, CHUNKED)) return false
  let before = begin
  while (before > from && isBlank(bytes[before - 1]!)) before--
  return before === from || bytes[before - 1] === COMMA
}
