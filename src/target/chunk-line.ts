// The line before a chunk: its size in hexadecimal digits, and extensions that mean nothing to us.

import { endOfLine, TOO_LONG } from './answer-fields.ts'
import { BACKSLASH, BAD, CR, EQUALS, HEX, MORE, QUOTE, SEMICOLON, SPACE, TOKEN, VALUE } from './http-bytes.ts'

/** With its extensions. */
export const MAX_CHUNK_LINE_BYTES = 16 * 1024

export class ChunkLine {
  /** Bytes of the chunk; 0: the last one. */
  size = 0

  /** Gives the position behind the line at `from`, MORE or BAD; a line that has not come whole is read again. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let at = from
    let size = 0
    while (at < to && HEX[bytes[at]!] !== 255) {
      size = size * 16 + HEX[bytes[at++]!]!
      if (size >= TOO_LONG) return BAD
    }
    if (at === to) return this.#more(from, to)
    if (at === from) return BAD
    this.size = size
    const end = bytes[at] === SEMICOLON ? readExtensions(bytes, at + 1, to) : endOfLine(bytes, at, to)
    if (end === MORE) return this.#more(from, to)
    return end - from > MAX_CHUNK_LINE_BYTES ? BAD : end
  }

  #more(from: number, to: number): number {
    return to - from > MAX_CHUNK_LINE_BYTES ? BAD : MORE
  }
}

/** From behind the first semicolon. */
function readExtensions(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  for (;;) {
    if (at === to) return MORE
    if (bytes[at] === SPACE || bytes[at] === CR) return BAD
    while (at < to && TOKEN[bytes[at]!] === 1) at++
    if (at === to) return MORE
    if (bytes[at] === EQUALS) at = readExtensionValue(bytes, at + 1, to)
    if (at < 0 || at === to) return at === BAD ? BAD : MORE
    if (bytes[at] !== SEMICOLON) return endOfLine(bytes, at, to)
    at++
  }
}

/** Behind a token or a quoted text. */
function readExtensionValue(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && TOKEN[bytes[at]!] === 1) at++
  if (at === to) return MORE
  if (bytes[at] !== QUOTE) return at
  for (at++; at < to; at++) {
    const byte = bytes[at]!
    if (byte === QUOTE) return at + 1
    if (byte === BACKSLASH && ++at === to) return MORE
    // In a quoted text DEL may stand, behind a backslash it may not.
    if (VALUE[bytes[at]!] === 0 && (byte === BACKSLASH || byte !== 127)) return BAD
  }
  return MORE
}
