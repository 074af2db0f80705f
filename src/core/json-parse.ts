// Text → JsonValue, with Python's words for what is wrong, because users of Elastic Rally know them.

import { JsonNumber, JsonSyntaxError, type JsonValue, type ParseOptions } from './json.ts'

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const PLAIN = /[^"\\\u0000-\u001f]*/y
const SPACE = /[ \t\n\r]*/y
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const MAX_DEPTH = 1000

/** Parses a whole text; the last of equal keys wins; throws JsonSyntaxError. */
export function parseJson(text: string, options: ParseOptions = {}): JsonValue {
  const parser = new Parser(text, options.allowNonFinite ?? false)
  return parser.document()
}

class Parser {
  readonly #text: string
  readonly #allowNonFinite: boolean
  #at = 0
  #depth = 0

  constructor(text: string, allowNonFinite: boolean) {
    this.#text = text
    this.#allowNonFinite = allowNonFinite
  }

  document(): JsonValue {
    this.#skipSpace()
    const value = this.#value()
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#error('Extra data')
    return value
  }

  #error(reason: string, offset = this.#at): JsonSyntaxError {
    return new JsonSyntaxError(reason, this.#text, offset)
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at
    SPACE.exec(this.#text)
    this.#at = SPACE.lastIndex
  }

  #value(): JsonValue {
    const first = this.#text[this.#at]
    if (first === '{') return this.#nested(() => this.#object())
    if (first === '[') return this.#nested(() => this.#array())
    if (first === '"') return this.#string()
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    }
    return this.#number()
  }

  #nested(read: () => JsonValue): JsonValue {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`nested deeper than ${MAX_DEPTH} levels`)
    const value = read()
    this.#depth--
    return value
  }

  #number(): JsonValue {
    if (this.#allowNonFinite) {
      for (const word of ['NaN', 'Infinity', '-Infinity']) {
        if (this.#text.startsWith(word, this.#at)) {
          this.#at += word.length
          return new JsonNumber(word)
        }
      }
    }
    NUMBER.lastIndex = this.#at
    const match = NUMBER.exec(this.#text)
    if (match === null) throw this.#error('Expecting value')
    this.#at = NUMBER.lastIndex
    const number = Number(match[0])
    return String(number) === match[0] ? number : new JsonNumber(match[0])
  }

  #object(): JsonValue {
    const object: Record<string, JsonValue> = {}
    this.#at++
    this.#skipSpace()
    if (this.#text[this.#at] === '}') {
      this.#at++
      return object
    }
    for (;;) {
      if (this.#text[this.#at] !== '"') throw this.#error('Expecting property name enclosed in double quotes')
      const key = this.#string()
      this.#skipSpace()
      if (this.#text[this.#at] !== ':') throw this.#error("Expecting ':' delimiter")
      this.#at++
      this.#skipSpace()
      define(object, key, this.#value())
      this.#skipSpace()
      const next = this.#text[this.#at]
      if (next !== ',' && next !== '}') throw this.#error("Expecting ',' delimiter")
      this.#at++
      if (next === '}') return object
      this.#skipSpace()
    }
  }

  #array(): JsonValue {
    const array: JsonValue[] = []
    this.#at++
    this.#skipSpace()
    if (this.#text[this.#at] === ']') {
      this.#at++
      return array
    }
    for (;;) {
      array.push(this.#value())
      this.#skipSpace()
      const next = this.#text[this.#at]
      if (next !== ',' && next !== ']') throw this.#error("Expecting ',' delimiter")
      this.#at++
      if (next === ']') return array
      this.#skipSpace()
    }
  }

  #string(): string {
    const begin = this.#at
    this.#at++
    let out = ''
    for (;;) {
      PLAIN.lastIndex = this.#at
      PLAIN.exec(this.#text)
      out += this.#text.slice(this.#at, PLAIN.lastIndex)
      this.#at = PLAIN.lastIndex
      const next = this.#text[this.#at]
      if (next === undefined) throw this.#error('Unterminated string starting at', begin)
      if (next === '"') {
        this.#at++
        return out
      }
      if (next !== '\\') throw this.#error('Invalid control character at')
      out += this.#escape(begin)
    }
  }

  #escape(begin: number): string {
    const letter = this.#text[this.#at + 1]
    if (letter === undefined) throw this.#error('Unterminated string starting at', begin)
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#error('Invalid \\uXXXX escape', this.#at + 1)
      this.#at += 6
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const plain = ESCAPES[letter]
    if (plain === undefined) throw this.#error('Invalid \\escape', this.#at)
    this.#at += 2
    return plain
  }
}

const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null]
]

// `__proto__` is an ordinary key of a document, never the prototype of our object.
function define(object: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  } else object[key] = value
}
