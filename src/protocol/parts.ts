// Messages that may be longer than a line travel in parts: `{"t":"snapshot","part":1,"of":3,"text":"…"}`, in a row, each with a
// piece of the message's JSON text. What is joined is read like a line that came whole.

import { WireFault } from './wire-fault.ts'

const SPLIT_TYPES: ReadonlySet<string> = new Set(['prepare', 'snapshot', 'step-joined'])
/** Of a joined message, in UTF-16 units. */
export const MAX_JOINED = 64 * 1024 * 1024
/** For what is around the piece. */
const FRAME_BYTES = 256
/** A unit of JSON text takes three bytes at most in JSON: `"` and `\` become two, letters of other alphabets have up to three. */
const BYTES_PER_UNIT = 3
const MIN_PIECE = 1024

export interface Part {
  readonly t: string
  readonly part: number
  readonly of: number
  readonly text: string
}

/** Lines of `text`, each below the limit; null: this type is not split. */
export function splitMessage(t: string, text: string, limitBytes: number): string[] | null {
  if (!SPLIT_TYPES.has(t) || text.length > MAX_JOINED) return null
  const size = Math.floor((limitBytes - FRAME_BYTES) / BYTES_PER_UNIT) - 1
  const cuts = cutPoints(text, size)
  return cuts.map((from, at) => `${JSON.stringify({ t, part: at + 1, of: cuts.length, text: text.slice(from, cuts[at + 1]) } satisfies Part)}\n`)
}

/** Never between the halves of a letter beyond 16 bits: alone they would not survive UTF-8. */
function cutPoints(text: string, size: number): number[] {
  const cuts: number[] = []
  for (let at = 0; at < text.length; ) {
    cuts.push(at)
    const end = at + size
    at = isLowSurrogate(text.charCodeAt(end)) ? end + 1 : end
  }
  return cuts
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

export function isPart(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'part' in value
}

export class PartJoiner {
  #t = ''
  #of = 0
  #pieces: string[] = []
  #length = 0

  /** Whether the next line must be a part. */
  get isOpen(): boolean {
    return this.#pieces.length > 0
  }

  /** The whole text with its last part, else null; throws WireFault for a part that does not follow. */
  add(value: unknown, limitBytes: number): string | null {
    const { t, part, of, text } = value as Partial<Part>
    if (typeof t !== 'string' || !SPLIT_TYPES.has(t) || !Number.isInteger(part) || !Number.isInteger(of) || typeof text !== 'string') {
      throw new WireFault('wrong shape of a part')
    }
    if (!this.isOpen) this.#begin(t, of!, limitBytes)
    if (t !== this.#t || of !== this.#of || part !== this.#pieces.length + 1) {
      throw new WireFault(`part ${part} of ${of} of ${t} came where part ${this.#pieces.length + 1} of ${this.#of} of ${this.#t} was due`)
    }
    this.#length += text.length
    if (this.#length > MAX_JOINED) throw new WireFault(`the parts of a message have more than ${MAX_JOINED} letters`)
    this.#pieces.push(text)
    return part === of ? this.#join() : null
  }

  #begin(t: string, of: number, limitBytes: number): void {
    const most = Math.ceil(MAX_JOINED / Math.max(MIN_PIECE, Math.floor(limitBytes / BYTES_PER_UNIT) - FRAME_BYTES))
    if (of < 1 || of > most) throw new WireFault(`a message in ${of} parts: 1 to ${most} are taken`)
    this.#t = t
    this.#of = of
  }

  #join(): string {
    const text = this.#pieces.join('')
    this.#pieces = []
    this.#length = 0
    return text
  }
}
