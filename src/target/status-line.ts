// The first line of an answer: `HTTP/1.1 200 OK`, as strict as llhttp; the reason may be anything.

import { endOfLine } from './answer-fields.ts'
import { BAD, CR, LF, MORE, SPACE } from './http-bytes.ts'

const PREFIX = Buffer.from('HTTP/')
const VERSIONS = ['0.9', '1.0', '1.1', '2.0']
/** `HTTP/1.1 200`. */
const FIXED_BYTES = 12

export class StatusLine {
  status = 0
  /** Closes the connection unless told otherwise. */
  isOldVersion = false

  /** Of a line that has not come whole: bytes that the search for its end is through with. */
  #seen = 0

  /** A new connection: what was held over of a line is gone. */
  reset(): void {
    this.#seen = 0
  }

  /** Gives the position behind the line at `from`, MORE or BAD; in a line that has not come whole it goes on where it stopped. */
  read(bytes: Buffer, from: number, to: number): number {
    if (this.#seen === 0) {
      for (let i = 0; i < FIXED_BYTES; i++) {
        if (from + i === to) return MORE
        if (!fits(bytes, from, i)) return BAD
      }
      this.status = (bytes[from + 9]! - 48) * 100 + (bytes[from + 10]! - 48) * 10 + bytes[from + 11]! - 48
      this.isOldVersion = bytes[from + 5] === 48 || bytes[from + 7] === 48
      this.#seen = FIXED_BYTES
    }
    let at = from + this.#seen
    if (at === to) return MORE
    if (bytes[from + FIXED_BYTES] === SPACE) while (at < to && bytes[at] !== CR && bytes[at] !== LF) at++
    const end = endOfLine(bytes, at, to)
    this.#seen = end === MORE ? at - from : 0
    return end
  }
}

/** Whether byte `i` of the line is one that may stand there. */
function fits(bytes: Buffer, from: number, i: number): boolean {
  const byte = bytes[from + i]!
  if (i < 5) return byte === PREFIX[i]
  if (i === 6) return byte === 46
  if (i === 8) return byte === SPACE
  if (byte < 48 || byte > 57) return false
  if (i !== 7 || (byte === 49 && bytes[from + 5] === 49)) return true
  return VERSIONS.includes(bytes.toString('latin1', from + 5, from + 8))
}
