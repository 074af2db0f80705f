// The tokens of a template, one at a time.

import { JinjaError } from './jinja-error.ts'
import type { Tokens } from './lexer.ts'
import { textRepr } from './text-repr.ts'
import { describeExpected, describeToken, isToken, type Token } from './tokens.ts'

export class TokenStream {
  readonly name: string | null
  readonly #tokens: Tokens
  #at = 0

  constructor(tokens: Tokens, name: string | null) {
    this.#tokens = tokens
    this.name = name
    this.#token(0)
  }

  #token(index: number): Token {
    const { tokens, failure } = this.#tokens
    const token = tokens[failure === null ? Math.min(index, tokens.length - 1) : index]
    if (token !== undefined) return token
    throw failure ?? new Error('a template without tokens')
  }

  get current(): Token {
    return this.#token(this.#at)
  }

  look(): Token {
    return this.#token(this.#at + 1)
  }

  /** The current token; the stream moves on, but never past the end. */
  next(): Token {
    const token = this.current
    this.#at++
    this.#token(this.#at)
    return token
  }

  is(...expected: readonly string[]): boolean {
    return expected.some((one) => isToken(this.current, one))
  }

  skipIf(expected: string): boolean {
    const found = this.is(expected)
    if (found) this.next()
    return found
  }

  expect(expected: string): Token {
    if (this.is(expected)) return this.next()
    const wanted = textRepr(describeExpected(expected))
    if (this.current.type === 'eof') this.fail(`unexpected end of template, expected ${wanted}.`)
    return this.fail(`expected token ${wanted}, got ${textRepr(describeToken(this.current))}`)
  }

  fail(message: string, line = this.current.line, type = 'TemplateSyntaxError'): never {
    throw new JinjaError('syntax', message, { type, template: this.name, line })
  }
}
