// The line before a chunk: its size in hexadecimal digits, and extensions that mean nothing to us.

import { endOfLine, TOO_LONG } from './answer-fields.ts'
import { BACKSLASH, BAD, CR, EQUALS, HEX, MORE, QUOTE, SEMICOLON, SPACE, TOKEN, VALUE } from './http-bytes.ts'

/** With its extensions. */
export const MAX_CHUNK_LINE_BYTES = 16 * 1024

/** Parts of the line. */
const SIZE = 0
/** Behind a semicolon. */
const BEGIN = 1
const NAME = 2
/** Behind an equals sign. */
const WORD = 3
const QUOTED = 4
/** Behind a backslash. */
const ESCAPED = 5
/** Behind the second quote. */
const BEHIND = 6
/** The extensions are over. */
const OVER = 7

export class ChunkLine {
  /** Bytes of the chunk; 0: the last one. */
  size = 0
  // Of a line that has not come whole: bytes that were read, and in which part they end.
  #seen = 0
  #part = SIZE

  /** A new connection: what was held over of a line is gone. */
  reset(): void {
    this.#seen = 0
    this.#part = SIZE
  }

  /** Gives the position behind the line at `from`, MORE or BAD; in a line that has not come whole it goes on where it stopped. */
  read(bytes: Uint8Array, from: number, to: number): number {
    const seen = this.#seen
    let at = from + seen
    if (this.#part === SIZE) {
      let size = seen === 0 ? 0 : this.size
      while (at < to && HEX[bytes[at]!] !== 255) {
        size = size * 16 + HEX[bytes[at++]!]!
        if (size >= TOO_LONG) return BAD
      }
      this.size = size
      if (at === from) return at === to ? MORE : BAD
      if (at < to && bytes[at] === SEMICOLON) {
        this.#part = BEGIN
        at++
      }
    }
    if (this.#part !== SIZE) at = this.#readExtensions(bytes, at, to)
    const end = at === BAD ? BAD : endOfLine(bytes, at, to)
    if (end === MORE) {
      this.#seen = at - from
      return to - from > MAX_CHUNK_LINE_BYTES ? BAD : MORE
    }
    if (seen !== 0 || this.#part !== SIZE) this.reset()
    return end - from > MAX_CHUNK_LINE_BYTES ? BAD : end
  }

  /** Where the extensions end, at least for now. */
  #readExtensions(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const part = partAfter(this.#part, bytes[at]!)
      if (part === OVER) return at
      if (part === BAD) return BAD
      this.#part = part
    }
    return to
  }
}

/** The part that this byte belongs to, OVER or BAD. */
function partAfter(part: number, byte: number): number {
  if (part === QUOTED) {
    if (byte === QUOTE) return BEHIND
    if (byte === BACKSLASH) return ESCAPED
    // In a quoted text DEL may stand, behind a backslash it may not.
    return VALUE[byte] === 1 || byte === 127 ? QUOTED : BAD
  }
  if (part === ESCAPED) return VALUE[byte] === 1 ? QUOTED : BAD
  if (part === BEGIN && (byte === SPACE || byte === CR)) return BAD
  if (part !== BEHIND && TOKEN[byte] === 1) return part === BEGIN ? NAME : part
  if (byte === SEMICOLON) return BEGIN
  if (part === WORD) return byte === QUOTE ? QUOTED : OVER
  return part !== BEHIND && byte === EQUALS ? WORD : OVER
}
