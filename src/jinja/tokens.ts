// Tokens of a template, and how Jinja's messages call them.

import type { Value } from './python-values.ts'

export type TokenType =
  | 'add'
  | 'assign'
  | 'colon'
  | 'comma'
  | 'div'
  | 'dot'
  | 'eq'
  | 'floordiv'
  | 'gt'
  | 'gteq'
  | 'lbrace'
  | 'lbracket'
  | 'lparen'
  | 'lt'
  | 'lteq'
  | 'mod'
  | 'mul'
  | 'ne'
  | 'pipe'
  | 'pow'
  | 'rbrace'
  | 'rbracket'
  | 'rparen'
  | 'semicolon'
  | 'sub'
  | 'tilde'
  | 'float'
  | 'integer'
  | 'name'
  | 'string'
  | 'block_begin'
  | 'block_end'
  | 'variable_begin'
  | 'variable_end'
  | 'data'
  | 'eof'

export interface Token {
  readonly type: TokenType
  readonly line: number
  /** Text of a name, string or data. */
  readonly text: string
  /** Value of a number. */
  readonly value: Value
}

export const OPERATORS: Readonly<Record<string, TokenType>> = {
  '+': 'add',
  '-': 'sub',
  '/': 'div',
  '//': 'floordiv',
  '*': 'mul',
  '%': 'mod',
  '**': 'pow',
  '~': 'tilde',
  '[': 'lbracket',
  ']': 'rbracket',
  '(': 'lparen',
  ')': 'rparen',
  '{': 'lbrace',
  '}': 'rbrace',
  '==': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '>=': 'gteq',
  '<': 'lt',
  '<=': 'lteq',
  '=': 'assign',
  '.': 'dot',
  ':': 'colon',
  '|': 'pipe',
  ',': 'comma',
  ';': 'semicolon'
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(OPERATORS).map(([text, type]) => [type, text])),
  block_begin: 'begin of statement block',
  block_end: 'end of statement block',
  variable_begin: 'begin of print statement',
  variable_end: 'end of print statement',
  data: 'template data / text',
  eof: 'end of template'
}

/** How messages call a token. */
export function describeToken(token: Token): string {
  return token.type === 'name' ? token.text : (DESCRIPTIONS[token.type] ?? token.type)
}

/** How messages call what was expected: a type, or `name:<word>`. */
export function describeExpected(expected: string): string {
  return expected.startsWith('name:') ? expected.slice(5) : (DESCRIPTIONS[expected] ?? expected)
}

/** Whether the token is of that type, or the name in `name:<word>`. */
export function isToken(token: Token, expected: string): boolean {
  return token.type === expected || (token.type === 'name' && expected.startsWith('name:') && expected.slice(5) === token.text)
}
