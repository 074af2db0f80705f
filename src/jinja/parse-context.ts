// What the parsers of statements share: the tokens, the tags that are open, and the bodies between tags.

import type { Expression, Name, Node, Statement, TemplateData } from './ast.ts'
import { childrenOf } from './ast-children.ts'
import { deeper } from './limits.ts'
import { parseTuple } from './parse-expression.ts'
import { textRepr } from './text-repr.ts'
import type { TokenStream } from './token-stream.ts'
import { describeExpected } from './tokens.ts'

export type StatementParser = (context: ParseContext) => Statement

export class ParseContext {
  readonly stream: TokenStream
  readonly #parsers: ReadonlyMap<string, StatementParser>
  readonly #tags: string[] = []
  readonly #ends: (readonly string[])[] = []

  constructor(stream: TokenStream, parsers: ReadonlyMap<string, StatementParser>) {
    this.stream = stream
    this.#parsers = parsers
  }

  /** Text, prints and statements up to one of the end tags, which stays the current token; or up to the end. */
  body(ends: readonly string[] | null): Statement[] {
    if (ends !== null) this.#ends.push(ends)
    const body: Statement[] = []
    let parts: (TemplateData | Expression)[] = []
    const flush = (): void => {
      if (parts[0] !== undefined) body.push({ kind: 'Output', parts, line: parts[0].line })
      parts = []
    }
    while (!this.stream.is('eof')) {
      const token = this.stream.next()
      if (token.type === 'data') parts.push({ kind: 'TemplateData', text: token.text, line: token.line })
      else if (token.type === 'variable_begin') {
        parts.push(parseTuple(this.stream))
        this.stream.expect('variable_end')
      } else {
        flush()
        if (ends !== null && this.stream.is(...ends)) break
        body.push(this.#statement())
        this.stream.expect('block_end')
      }
    }
    flush()
    if (ends !== null) this.#ends.pop()
    return body
  }

  /** The rest of the tag and the body up to an end tag, which stays the current token. */
  bodyOfTag(...ends: readonly string[]): Statement[] {
    this.stream.skipIf('colon')
    this.stream.expect('block_end')
    const body = deeper(() => this.body(ends))
    if (this.stream.is('eof')) this.#failAtEnd(null, [...this.#ends, ends])
    return body
  }

  /** As `bodyOfTag` with one end tag, whose name is taken off. */
  bodyUpTo(end: string): Statement[] {
    const body = this.bodyOfTag(end)
    this.stream.next()
    return body
  }

  #statement(): Statement {
    const token = this.stream.current
    if (token.type !== 'name') this.stream.fail('tag name expected')
    const parser = this.#parsers.get(token.text)
    if (parser === undefined) this.#failAtEnd(token.text, this.#ends)
    this.#tags.push(token.text)
    const statement = parser(this)
    this.#tags.pop()
    return statement
  }

  /** Jinja's words for an unknown tag, and (with null) for the end of the template within a tag. */
  #failAtEnd(tag: string | null, ends: readonly (readonly string[])[]): never {
    const looking = ends
      .at(-1)
      ?.map((end) => textRepr(describeExpected(end)))
      .join(' or ')
    const message = [tag === null ? 'Unexpected end of template.' : `Encountered unknown tag ${textRepr(tag)}.`]
    if (looking !== undefined) {
      const nested = tag !== null && ends.some((group) => group.some((end) => describeExpected(end) === tag))
      message.push(
        nested
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${looking}.`
          : `Jinja was looking for the following tags: ${looking}.`
      )
    }
    const innermost = this.#tags.at(-1)
    if (innermost !== undefined) message.push(`The innermost block that needs to be closed is ${textRepr(innermost)}.`)
    this.stream.fail(message.join(' '))
  }

  /** What can be assigned to: a name, a tuple of names, or (with `withNamespace`) an attribute of a namespace. */
  target(options: { readonly withNamespace?: boolean; readonly context?: 'store' | 'param' } = {}): Expression {
    const target = parseTuple(this.stream, { simplified: true, ...options })
    setContext(target, options.context ?? 'store')
    if (!canAssign(target)) this.stream.fail(`can't assign to ${textRepr(nodeName(target))}`, target.line)
    return target
  }

  nameTarget(context: 'store' | 'param' = 'store'): Name {
    const token = this.stream.expect('name')
    const target: Name = { kind: 'Name', name: token.text, context, line: token.line }
    if (!canAssign(target)) this.stream.fail("can't assign to 'name'", token.line)
    return target
  }
}

function setContext(node: Node, context: 'store' | 'param'): void {
  if (node.kind === 'Name') node.context = context
  for (const child of childrenOf(node)) setContext(child, context)
}

const RESERVED: ReadonlySet<string> = new Set(['true', 'false', 'none', 'True', 'False', 'None'])

function canAssign(node: Expression): boolean {
  if (node.kind === 'Name') return !RESERVED.has(node.name)
  return node.kind === 'NSRef' || (node.kind === 'Tuple' && node.items.every(canAssign))
}

const BINARY_NAMES = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '//': 'floordiv', '%': 'mod', '**': 'pow' }

function nodeName(node: Expression): string {
  return node.kind === 'Binary' ? BINARY_NAMES[node.operator] : node.kind.toLowerCase()
}
