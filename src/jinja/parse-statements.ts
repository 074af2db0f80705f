// One parser per tag.

import type { Expression, FromImport, If, Name, Parameters, Statement } from './ast.ts'
import type { ParseContext, StatementParser } from './parse-context.ts'
import { parseExpression, parseFilter, parseTuple } from './parse-expression.ts'

function parseSet(context: ParseContext): Statement {
  const { stream } = context
  const { line } = stream.next()
  const target = context.target({ withNamespace: true })
  if (stream.skipIf('assign')) return { kind: 'Assign', target, value: parseTuple(stream), line }
  const filter = parseFilter(stream, null)
  return { kind: 'AssignBlock', target, filter, body: context.bodyUpTo('name:endset'), line }
}

function parseFor(context: ParseContext): Statement {
  const { stream } = context
  const { line } = stream.next()
  const target = context.target()
  stream.expect('name:in')
  const items = parseTuple(stream, { withCondition: false })
  const test = stream.skipIf('name:if') ? parseExpression(stream) : null
  const recursive = stream.skipIf('name:recursive')
  const body = context.bodyOfTag('name:endfor', 'name:else')
  const otherwise = stream.next().text === 'endfor' ? [] : context.bodyUpTo('name:endfor')
  return { kind: 'For', target, items, body, otherwise, test, recursive, line }
}

function parseIf(context: ParseContext): Statement {
  const { stream } = context
  const { line } = stream.next()
  const branches: { test: Expression; body: Statement[]; line: number }[] = []
  let otherwise: Statement[] = []
  for (let branchLine = line; ; branchLine = stream.current.line) {
    const test = parseTuple(stream, { withCondition: false })
    branches.push({ test, body: context.bodyOfTag('name:elif', 'name:else', 'name:endif'), line: branchLine })
    const end = stream.next().text
    if (end === 'elif') continue
    if (end === 'else') otherwise = context.bodyUpTo('name:endif')
    break
  }
  const [first, ...elifs] = branches.map((branch): If => ({ kind: 'If', elifs: [], otherwise: [], ...branch }))
  return { ...first!, elifs, otherwise }
}

function parseWith(context: ParseContext): Statement {
  const { stream } = context
  const { line } = stream.next()
  const targets: Expression[] = []
  const values: Expression[] = []
  while (!stream.is('block_end')) {
    if (targets.length > 0) stream.expect('comma')
    targets.push(context.target({ context: 'param' }))
    stream.expect('assign')
    values.push(parseExpression(stream))
  }
  return { kind: 'With', targets, values, body: context.bodyUpTo('name:endwith'), line }
}

function parseBlock(context: ParseContext): Statement {
  const { stream } = context
  const { line } = stream.next()
  const name = stream.expect('name').text
  const scoped = stream.skipIf('name:scoped')
  const required = stream.skipIf('name:required')
  if (stream.is('sub')) {
    stream.fail('Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.')
  }
  const body = context.bodyUpTo('name:endblock')
  if (required && !body.every(isBlank)) stream.fail('Required blocks can only contain comments or whitespace')
  stream.skipIf(`name:${name}`)
  return { kind: 'Block', name, body, scoped, required, line }
}

function isBlank(statement: Statement): boolean {
  return statement.kind === 'Output' && statement.parts.every((part) => part.kind === 'TemplateData' && part.text.trim() === '')
}

function parseExtends({ stream }: ParseContext): Statement {
  const { line } = stream.next()
  return { kind: 'Extends', template: parseExpression(stream), line }
}

/** `with context`, `without context`, or null for neither. */
function parseContextClause({ stream }: ParseContext): boolean | null {
  if (!stream.is('name:with', 'name:without')) return null
  const next = stream.look()
  if (next.type !== 'name' || next.text !== 'context') return null
  const withContext = stream.next().text === 'with'
  stream.next()
  return withContext
}

function parseInclude(context: ParseContext): Statement {
  const { stream } = context
  const { line } = stream.next()
  const template = parseExpression(stream)
  let ignoreMissing = false
  if (stream.is('name:ignore')) {
    const next = stream.look()
    ignoreMissing = next.type === 'name' && next.text === 'missing'
    if (ignoreMissing) {
      stream.next()
      stream.next()
    }
  }
  return { kind: 'Include', template, ignoreMissing, withContext: parseContextClause(context) ?? true, line }
}

function parseImport(context: ParseContext): Statement {
  const { stream } = context
  const { line } = stream.next()
  const template = parseExpression(stream)
  stream.expect('name:as')
  const target = context.nameTarget().name
  return { kind: 'Import', template, target, withContext: parseContextClause(context) ?? false, line }
}

function parseFrom(context: ParseContext): Statement {
  const { stream } = context
  const { line } = stream.next()
  const template = parseExpression(stream)
  stream.expect('name:import')
  const names: FromImport['names'][number][] = []
  let withContext: boolean | null = null
  for (;;) {
    if (names.length > 0) stream.expect('comma')
    if (!stream.is('name')) stream.expect('name')
    withContext = parseContextClause(context)
    if (withContext !== null) break
    const target = context.nameTarget()
    if (target.name.startsWith('_')) {
      stream.fail('names starting with an underline can not be imported', target.line, 'TemplateAssertionError')
    }
    names.push({ name: target.name, alias: stream.skipIf('name:as') ? context.nameTarget().name : target.name })
    withContext = parseContextClause(context)
    if (withContext !== null || !stream.is('comma')) break
  }
  return { kind: 'FromImport', template, names, withContext: withContext ?? false, line }
}

function parseParameters(context: ParseContext): Parameters {
  const { stream } = context
  const params: Name[] = []
  const defaults: Expression[] = []
  stream.expect('lparen')
  while (!stream.is('rparen')) {
    if (params.length > 0) stream.expect('comma')
    const param = context.nameTarget('param')
    if (stream.skipIf('assign')) defaults.push(parseExpression(stream))
    else if (defaults.length > 0) stream.fail('non-default argument follows default argument')
    params.push(param)
  }
  stream.expect('rparen')
  return { params, defaults }
}

function parseCallBlock(context: ParseContext): Statement {
  const { stream } = context
  const { line } = stream.next()
  const parameters = stream.is('lparen') ? parseParameters(context) : { params: [], defaults: [] }
  const call = parseExpression(stream)
  if (call.kind !== 'Call') return stream.fail('expected call', line)
  return { kind: 'CallBlock', ...parameters, call, body: context.bodyUpTo('name:endcall'), line }
}

function parseFilterBlock(context: ParseContext): Statement {
  const { line } = context.stream.next()
  const filter = parseFilter(context.stream, null, true)!
  return { kind: 'FilterBlock', filter, body: context.bodyUpTo('name:endfilter'), line }
}

function parseMacro(context: ParseContext): Statement {
  const { line } = context.stream.next()
  const { name } = context.nameTarget()
  return { kind: 'Macro', name, ...parseParameters(context), body: context.bodyUpTo('name:endmacro'), line }
}

function parsePrint({ stream }: ParseContext): Statement {
  const { line } = stream.next()
  const parts: Expression[] = []
  while (!stream.is('block_end')) {
    if (parts.length > 0) stream.expect('comma')
    parts.push(parseExpression(stream))
  }
  return { kind: 'Output', parts, line }
}

export const STATEMENT_PARSERS: ReadonlyMap<string, StatementParser> = new Map([
  ['for', parseFor],
  ['if', parseIf],
  ['block', parseBlock],
  ['extends', parseExtends],
  ['print', parsePrint],
  ['macro', parseMacro],
  ['include', parseInclude],
  ['from', parseFrom],
  ['import', parseImport],
  ['set', parseSet],
  ['with', parseWith],
  ['call', parseCallBlock],
  ['filter', parseFilterBlock]
])
