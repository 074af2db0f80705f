// Template text → tokens: text outside of tags, and names, numbers, strings and operators within.

import { integer } from './integers.ts'
import { JinjaError } from './jinja-error.ts'
import { PyFloat, type Value } from './python-values.ts'
import { SPACE_CLASS, codePointOffset, stripRight } from './python-text.ts'
import { unescapeString } from './string-literal.ts'
import { textRepr } from './text-repr.ts'
import { OPERATORS, type Token, type TokenType } from './tokens.ts'

const SPACE = `[${SPACE_CLASS}]`
const TAG = /\{[{%#]/g
const RAW_BEGIN = new RegExp(`\\{%([-+]?)${SPACE}*raw${SPACE}*(?:-%\\}${SPACE}*|%\\})`, 'y')
const RAW_END = new RegExp(`\\{%([-+]?)${SPACE}*endraw${SPACE}*(?:\\+%\\}|-%\\}${SPACE}*|%\\})`, 'g')
const COMMENT_END = new RegExp(`\\+#\\}|-#\\}${SPACE}*|#\\}`, 'g')
const BLOCK_END = new RegExp(`\\+%\\}|-%\\}${SPACE}*|%\\}`, 'y')
const VARIABLE_END = new RegExp(`-\\}\\}${SPACE}*|\\}\\}`, 'y')
const WHITE = new RegExp(`${SPACE}+`, 'y')
const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy
const NAME = /[\p{L}\p{N}\p{XIDC}_]+/uy
const IDENTIFIER = /^[\p{XIDS}_]\p{XIDC}*$/u
const STRING = /'[^'\\]*(?:\\[^][^'\\]*)*'|"[^"\\]*(?:\\[^][^"\\]*)*"/y
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' }

export interface Tokens {
  /** Up to the end, the last one being `eof`, or up to the failure. */
  readonly tokens: readonly Token[]
  /** What is wrong behind the last token: an error only for a reader who comes that far. */
  readonly failure: JinjaError | null
}

/** The tokens of a template; one newline at its end is dropped. */
export function tokenize(source: string, name: string | null): Tokens {
  return new Lexer(source, name).run()
}

class Lexer {
  readonly #source: string
  readonly #name: string | null
  readonly #tokens: Token[] = []
  #at = 0
  #line = 1
  /** Where the next newline is that was not counted yet. */
  #newline: number

  constructor(source: string, name: string | null) {
    this.#source = source.replace(/\r\n?/g, '\n').replace(/\n$/, '')
    this.#name = name
    this.#newline = this.#findNewline(0)
  }

  run(): Tokens {
    try {
      while (this.#at < this.#source.length) this.#text()
    } catch (error) {
      if (error instanceof JinjaError) return { tokens: this.#tokens, failure: error }
      throw error
    }
    // As in Jinja, the end is where the last token began.
    this.#push('eof', '', null, this.#tokens.at(-1)?.line ?? 1)
    return { tokens: this.#tokens, failure: null }
  }

  #fail(message: string, line = this.#line): never {
    throw new JinjaError('syntax', message, { template: this.#name, line })
  }

  #push(type: TokenType, text: string, value: Value = null, line = this.#line): void {
    this.#tokens.push({ type, line, text, value })
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#source)
  }

  /** Moves on, counting lines. */
  #advance(end: number): void {
    for (; this.#newline < end; this.#newline = this.#findNewline(this.#newline + 1)) this.#line++
    this.#at = end
  }

  #findNewline(from: number): number {
    const at = this.#source.indexOf('\n', from)
    return at < 0 ? Number.POSITIVE_INFINITY : at
  }

  /** Text up to the next tag, and the tag. */
  #text(): void {
    const tag = this.#match(TAG)
    if (tag === null) {
      this.#push('data', this.#source.slice(this.#at))
      this.#advance(this.#source.length)
      return
    }
    const begin = this.#at
    this.#at = tag.index
    const raw = tag[0] === '{%' ? this.#match(RAW_BEGIN) : null
    const sign = raw === null ? this.#source[tag.index + 2] : raw[1]
    const text = this.#source.slice(begin, tag.index)
    const data = sign === '-' ? stripRight(text) : text
    this.#at = begin
    if (data !== '') this.#push('data', data)
    this.#advance(tag.index)
    if (raw !== null) return this.#raw(raw)
    const width = sign === '-' || sign === '+' ? 3 : 2
    if (tag[0] === '{#') return this.#comment(tag.index + width)
    this.#push(tag[0] === '{%' ? 'block_begin' : 'variable_begin', '')
    this.#at += width
    this.#tag(tag[0] === '{%' ? 'block_end' : 'variable_end')
  }

  #raw(begin: RegExpExecArray): void {
    this.#advance(this.#at + begin[0].length)
    const end = this.#match(RAW_END)
    if (end === null) {
      if (this.#at < this.#source.length) this.#fail('Missing end of raw directive')
      return
    }
    const text = this.#source.slice(this.#at, end.index)
    const data = end[1] === '-' ? stripRight(text) : text
    if (data !== '') this.#push('data', data)
    this.#advance(end.index + end[0].length)
  }

  #comment(begin: number): void {
    this.#at = begin
    const end = this.#match(COMMENT_END)
    if (end === null) {
      if (begin < this.#source.length) this.#fail('Missing end of comment tag')
      return
    }
    this.#advance(end.index + end[0].length)
  }

  /** Tokens up to the end of the tag; its end counts only outside of brackets. */
  #tag(end: 'block_end' | 'variable_end'): void {
    const brackets: string[] = []
    while (this.#at < this.#source.length) {
      const close = brackets.length > 0 ? null : this.#match(end === 'block_end' ? BLOCK_END : VARIABLE_END)
      if (close !== null) {
        this.#push(end, '')
        this.#advance(this.#at + close[0].length)
        return
      }
      const space = this.#match(WHITE)
      if (space === null) this.#advance(this.#at + this.#token(brackets))
      else this.#advance(this.#at + space[0].length)
    }
  }

  /** One token within a tag; returns its length. */
  #token(brackets: string[]): number {
    const float = this.#match(FLOAT)?.[0]
    if (float !== undefined) {
      this.#push('float', float, new PyFloat(Number(float.replaceAll('_', ''))))
      return float.length
    }
    const digits = this.#match(INTEGER)?.[0]
    if (digits !== undefined) {
      this.#push('integer', digits, integer(BigInt(digits.replaceAll('_', ''))))
      return digits.length
    }
    const name = this.#match(NAME)?.[0]
    if (name !== undefined) {
      if (!IDENTIFIER.test(name)) this.#fail('Invalid character in identifier')
      this.#push('name', name)
      return name.length
    }
    const text = this.#match(STRING)?.[0]
    if (text !== undefined) {
      this.#push(
        'string',
        unescapeString(text.slice(1, -1), (message) => this.#fail(message))
      )
      return text.length
    }
    return this.#operator(brackets)
  }

  #operator(brackets: string[]): number {
    const text = this.#match(OPERATOR)?.[0]
    if (text === undefined) {
      const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0)
      this.#fail(`unexpected char ${textRepr(char)} at ${codePointOffset(this.#source, this.#at)}`)
    }
    const closing = CLOSING[text]
    if (closing !== undefined) brackets.push(closing)
    if (text === '}' || text === ')' || text === ']') {
      const expected = brackets.pop()
      if (expected === undefined) this.#fail(`unexpected '${text}'`)
      if (expected !== text) this.#fail(`unexpected '${text}', expected '${expected}'`)
    }
    this.#push(OPERATORS[text] ?? 'eof', text)
    return text.length
  }
}
