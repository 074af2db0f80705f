// Expressions, by precedence from the weakest operator to the strongest.

import type { BinaryOperator } from './arithmetic.ts'
import type { CallArguments, Compare, CompareOperator, Expression, Filter, Sequence, Slice } from './ast.ts'
import { deeper } from './limits.ts'
import { textRepr } from './text-repr.ts'
import type { TokenStream } from './token-stream.ts'
import { describeToken, type TokenType } from './tokens.ts'

const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'lteq', 'gt', 'gteq'])
const SUMS: Partial<Record<TokenType, BinaryOperator>> = { add: '+', sub: '-' }
const PRODUCTS: Partial<Record<TokenType, BinaryOperator>> = { mul: '*', div: '/', floordiv: '//', mod: '%' }
const POWERS: Partial<Record<TokenType, BinaryOperator>> = { pow: '**' }

export function parseExpression(stream: TokenStream, withCondition = true): Expression {
  return deeper(() => (withCondition ? parseCondition(stream) : parseOr(stream)))
}

function parseCondition(stream: TokenStream): Expression {
  let line = stream.current.line
  let expression = parseOr(stream)
  while (stream.skipIf('name:if')) {
    const test = parseOr(stream)
    const otherwise = stream.skipIf('name:else') ? deeper(() => parseCondition(stream)) : null
    expression = { kind: 'CondExpr', test, value: expression, otherwise, line }
    line = stream.current.line
  }
  return expression
}

function parseOr(stream: TokenStream): Expression {
  let line = stream.current.line
  let left = parseAnd(stream)
  while (stream.skipIf('name:or')) {
    left = { kind: 'Or', left, right: parseAnd(stream), line }
    line = stream.current.line
  }
  return left
}

function parseAnd(stream: TokenStream): Expression {
  let line = stream.current.line
  let left = parseNot(stream)
  while (stream.skipIf('name:and')) {
    left = { kind: 'And', left, right: parseNot(stream), line }
    line = stream.current.line
  }
  return left
}

function parseNot(stream: TokenStream): Expression {
  if (!stream.is('name:not')) return parseCompare(stream)
  const { line } = stream.next()
  return { kind: 'Not', operand: deeper(() => parseNot(stream)), line }
}

function parseCompare(stream: TokenStream): Expression {
  let line = stream.current.line
  const first = parseSum(stream)
  const rest: Compare['rest'][number][] = []
  for (let operator = compareOperator(stream); operator !== null; operator = compareOperator(stream)) {
    rest.push({ operator, operand: parseSum(stream) })
    line = stream.current.line
  }
  return rest.length === 0 ? first : { kind: 'Compare', first, rest, line }
}

function compareOperator(stream: TokenStream): CompareOperator | null {
  if (COMPARISONS.has(stream.current.type)) return stream.next().type as CompareOperator
  if (stream.skipIf('name:in')) return 'in'
  const next = stream.is('name:not') ? stream.look() : null
  if (next === null || next.type !== 'name' || next.text !== 'in') return null
  stream.next()
  stream.next()
  return 'notin'
}

/** A chain of operators of one level, taken from left to right. */
function parseChain(
  stream: TokenStream,
  operators: Partial<Record<TokenType, BinaryOperator>>,
  operand: (stream: TokenStream) => Expression
): Expression {
  let line = stream.current.line
  let left = operand(stream)
  for (let operator = operators[stream.current.type]; operator !== undefined; operator = operators[stream.current.type]) {
    stream.next()
    left = { kind: 'Binary', operator, left, right: operand(stream), line }
    line = stream.current.line
  }
  return left
}

function parseSum(stream: TokenStream): Expression {
  return parseChain(stream, SUMS, parseConcat)
}

/** `~` binds tighter than `+`. */
function parseConcat(stream: TokenStream): Expression {
  const { line } = stream.current
  const parts = [parseProduct(stream)]
  while (stream.skipIf('tilde')) parts.push(parseProduct(stream))
  return parts.length === 1 ? parts[0]! : { kind: 'Concat', parts, line }
}

function parseProduct(stream: TokenStream): Expression {
  return parseChain(stream, PRODUCTS, parsePower)
}

/** Unlike in Python, `**` is taken from left to right and binds weaker than a sign. */
function parsePower(stream: TokenStream): Expression {
  return parseChain(stream, POWERS, (inner) => parseUnary(inner, true))
}

function parseUnary(stream: TokenStream, withFilter: boolean): Expression {
  const { type, line } = stream.current
  let expression: Expression
  if (type === 'sub' || type === 'add') {
    stream.next()
    expression = { kind: type === 'sub' ? 'Neg' : 'Pos', operand: deeper(() => parseUnary(stream, false)), line }
  } else expression = parsePrimary(stream)
  expression = parsePostfix(stream, expression)
  return withFilter ? parseFilters(stream, expression) : expression
}

const CONSTANTS: Readonly<Record<string, boolean | null>> = { true: true, True: true, false: false, False: false, none: null, None: null }

/** A name, a literal or something in brackets; with `withNamespace` also `name.attribute` as a target. */
export function parsePrimary(stream: TokenStream, withNamespace = false): Expression {
  const token = stream.current
  const { line } = token
  if (token.type === 'lbracket') return { kind: 'List', items: parseItems(stream, 'rbracket'), line }
  if (token.type === 'lbrace') return parseDict(stream)
  if (token.type === 'string') {
    let text = ''
    while (stream.current.type === 'string') text += stream.next().text
    return { kind: 'Const', value: text, line }
  }
  if (token.type !== 'name' && token.type !== 'integer' && token.type !== 'float' && token.type !== 'lparen') {
    stream.fail(`unexpected ${textRepr(describeToken(token))}`)
  }
  stream.next()
  if (token.type === 'lparen') {
    const inner = parseTuple(stream, { explicitParentheses: true })
    stream.expect('rparen')
    return inner
  }
  if (token.type !== 'name') return { kind: 'Const', value: token.value, line }
  if (Object.hasOwn(CONSTANTS, token.text)) return { kind: 'Const', value: CONSTANTS[token.text], line }
  if (!withNamespace || stream.current.type !== 'dot') return { kind: 'Name', name: token.text, context: 'load', line }
  stream.next()
  return { kind: 'NSRef', name: token.text, attribute: stream.expect('name').text, line }
}

function parseItems(stream: TokenStream, end: 'rbracket'): Expression[] {
  stream.next()
  const items: Expression[] = []
  while (!stream.is(end)) {
    if (items.length > 0) stream.expect('comma')
    if (stream.is(end)) break
    items.push(parseExpression(stream))
  }
  stream.expect(end)
  return items
}

function parseDict(stream: TokenStream): Expression {
  const { line } = stream.next()
  const items: (readonly [Expression, Expression])[] = []
  while (!stream.is('rbrace')) {
    if (items.length > 0) stream.expect('comma')
    if (stream.is('rbrace')) break
    const key = parseExpression(stream)
    stream.expect('colon')
    items.push([key, parseExpression(stream)])
  }
  stream.expect('rbrace')
  return { kind: 'Dict', items, line }
}

export interface TupleOptions {
  /** Only names and literals. */
  readonly simplified?: boolean
  readonly withCondition?: boolean
  /** Whether `()` is one. */
  readonly explicitParentheses?: boolean
  readonly withNamespace?: boolean
}

/** An expression, or several with commas between: a tuple. */
export function parseTuple(stream: TokenStream, options: TupleOptions = {}): Expression {
  const { simplified = false, withCondition = true, explicitParentheses = false, withNamespace = false } = options
  let line = stream.current.line
  const items: Expression[] = []
  let isTuple = false
  for (;;) {
    if (items.length > 0) stream.expect('comma')
    if (stream.is('variable_end', 'block_end', 'rparen')) break
    items.push(simplified ? deeper(() => parsePrimary(stream, withNamespace)) : parseExpression(stream, withCondition))
    if (!stream.is('comma')) break
    isTuple = true
    line = stream.current.line
  }
  if (!isTuple && items[0] !== undefined) return items[0]
  if (!isTuple && !explicitParentheses) stream.fail(`Expected an expression, got ${textRepr(describeToken(stream.current))}`)
  return { kind: 'Tuple', items, line } satisfies Sequence
}

function parsePostfix(stream: TokenStream, target: Expression): Expression {
  let expression = target
  for (;;) {
    if (stream.is('dot', 'lbracket')) expression = parseSubscript(stream, expression)
    else if (stream.is('lparen')) expression = parseCall(stream, expression)
    else return expression
  }
}

function parseFilters(stream: TokenStream, target: Expression): Expression {
  let expression = target
  for (;;) {
    if (stream.is('pipe')) expression = parseFilter(stream, expression) ?? expression
    else if (stream.is('name:is')) expression = parseTest(stream, expression)
    else if (stream.is('lparen')) expression = parseCall(stream, expression)
    else return expression
  }
}

function parseSubscript(stream: TokenStream, target: Expression): Expression {
  const { type, line } = stream.next()
  if (type === 'dot') {
    const part = stream.next()
    if (part.type === 'name') return { kind: 'Getattr', target, name: part.text, line }
    if (part.type !== 'integer') stream.fail('expected name or number', part.line)
    return { kind: 'Getitem', target, key: { kind: 'Const', value: part.value, line: part.line }, line }
  }
  const keys: Expression[] = []
  while (!stream.is('rbracket')) {
    if (keys.length > 0) stream.expect('comma')
    keys.push(parseKey(stream))
  }
  stream.expect('rbracket')
  const key = keys.length === 1 ? keys[0]! : ({ kind: 'Tuple', items: keys, line } as const)
  return { kind: 'Getitem', target, key, line }
}

function parseKey(stream: TokenStream): Expression {
  const { line } = stream.current
  let start: Expression | null = null
  if (!stream.skipIf('colon')) {
    start = parseExpression(stream)
    if (!stream.skipIf('colon')) return start
  }
  const bound = (): Expression | null => (stream.is('colon', 'rbracket', 'comma') ? null : parseExpression(stream))
  const stop = bound()
  const step = stream.skipIf('colon') && !stream.is('rbracket', 'comma') ? parseExpression(stream) : null
  return { kind: 'Slice', start, stop, step, line } satisfies Slice
}

export function parseCall(stream: TokenStream, target: Expression): Expression {
  const { line } = stream.current
  return { kind: 'Call', target, ...parseArguments(stream), line }
}

const NO_ARGUMENTS: CallArguments = { args: [], keywords: [], moreArgs: null, moreKeywords: null }

function parseArguments(stream: TokenStream): CallArguments {
  const { line } = stream.expect('lparen')
  const args: Expression[] = []
  const keywords: CallArguments['keywords'][number][] = []
  let moreArgs: Expression | null = null
  let moreKeywords: Expression | null = null
  const ensure = (fits: boolean): void => {
    if (!fits) stream.fail('invalid syntax for function call expression', line)
  }
  for (let first = true; !stream.is('rparen'); first = false) {
    if (!first) stream.expect('comma')
    if (!first && stream.is('rparen')) break
    if (stream.is('mul')) {
      ensure(moreArgs === null && moreKeywords === null)
      stream.next()
      moreArgs = parseExpression(stream)
    } else if (stream.is('pow')) {
      ensure(moreKeywords === null)
      stream.next()
      moreKeywords = parseExpression(stream)
    } else if (stream.is('name') && stream.look().type === 'assign') {
      ensure(moreKeywords === null)
      const name = stream.next().text
      stream.next()
      keywords.push({ name, value: parseExpression(stream) })
    } else {
      ensure(moreArgs === null && moreKeywords === null && keywords.length === 0)
      args.push(parseExpression(stream))
    }
  }
  stream.expect('rparen')
  return { args, keywords, moreArgs, moreKeywords }
}

function parseDottedName(stream: TokenStream): string {
  let { text } = stream.expect('name')
  while (stream.skipIf('dot')) text += `.${stream.expect('name').text}`
  return text
}

/** `| filter(…) | filter …`, the target null for a block; null when there is none. With `inline` the first bar is left out. */
export function parseFilter(stream: TokenStream, target: Expression | null, inline = false): Filter | null {
  let filter: Filter | null = null
  for (let bare = inline; bare || stream.is('pipe'); bare = false) {
    if (!bare) stream.next()
    const { line } = stream.current
    const name = parseDottedName(stream)
    const call = stream.is('lparen') ? parseArguments(stream) : NO_ARGUMENTS
    filter = { kind: 'Filter', target: filter ?? target, name, ...call, line }
  }
  return filter
}

const TEST_ARGUMENTS = ['name', 'string', 'integer', 'float', 'lparen', 'lbracket', 'lbrace']

function parseTest(stream: TokenStream, target: Expression): Expression {
  const { line } = stream.next()
  const negated = stream.skipIf('name:not')
  const name = parseDottedName(stream)
  let call = NO_ARGUMENTS
  if (stream.is('lparen')) call = parseArguments(stream)
  else if (stream.is(...TEST_ARGUMENTS) && !stream.is('name:else', 'name:or', 'name:and')) {
    if (stream.is('name:is')) stream.fail('You cannot chain multiple tests with is')
    call = { ...NO_ARGUMENTS, args: [parsePostfix(stream, parsePrimary(stream))] }
  }
  const test = { kind: 'Test', target, name, ...call, line } as const
  return negated ? { kind: 'Not', operand: test, line } : test
}
