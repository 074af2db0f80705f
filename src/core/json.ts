// JSON whose numbers survive: what JavaScript's doubles cannot print back is kept as its text (JsonNumber), so that
// an integer above 2^53 or a `1.0` in a track reaches the server as it was written.

export type JsonValue = null | boolean | number | string | JsonNumber | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** A number as it stood in the text, where `String(Number(text)) !== text`. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  valueOf(): number {
    return Number(this.text)
  }
  /** JSON.stringify falls back to the nearest double; use `stringify` of this file to keep the text. */
  toJSON(): number {
    return Number(this.text)
  }
  /** Python's eye: a literal with a fraction or exponent is a float, `10` an int. */
  get isFloat(): boolean {
    return /[.eE]|Infinity|NaN/.test(this.text)
  }
}

/** The double behind a JSON number of either form, or null if `value` is none. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  return value instanceof JsonNumber ? value.valueOf() : null
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
}

/** Where and why a text is no JSON; offsets count UTF-16 units from 0, line and column from 1. */
export class JsonSyntaxError extends Error {
  readonly reason: string
  readonly offset: number
  readonly line: number
  readonly column: number
  constructor(reason: string, text: string, offset: number) {
    const before = text.slice(0, offset)
    const line = before.split('\n').length
    const column = offset - before.lastIndexOf('\n')
    super(`${reason}: line ${line} column ${column} (char ${offset})`)
    this.name = 'JsonSyntaxError'
    this.reason = reason
    this.offset = offset
    this.line = line
    this.column = column
  }
}

export interface ParseOptions {
  /** Python's json also takes NaN, Infinity and -Infinity. Default false. */
  readonly allowNonFinite?: boolean
}
