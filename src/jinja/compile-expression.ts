// Expressions → functions of the running template.

import type { CallArguments, Compare, CondExpr, DictLiteral, Expression, Filter, Getitem, Test } from './ast.ts'
import { binary, unary } from './arithmetic.ts'
import { lookUpAttribute, lookUpItem, sliceOf } from './attributes.ts'
import { isEqual, isOrdered } from './compare.ts'
import { Dict } from './dict.ts'
import { JinjaError, pythonError, typeError } from './jinja-error.ts'
import type { Builtin } from './environment.ts'
import type { Compiler, Frame } from './frame.ts'
import { contains, itemsOf } from './iterate.ts'
import { spend, spendText } from './limits.ts'
import { NO_KEYWORDS, PyObject, Tuple, Undefined, textOf, type Keywords, type Value } from './python-values.ts'
import { pythonRepr, pythonText } from './python-repr.ts'
import type { Activation, Evaluate } from './scope.ts'
import { isTrue } from './truth.ts'
import { typeName } from './type-name.ts'

/** The variable in which the text of a filtered block waits for its filter. */
export function blockTextVariable(frame: Frame): string {
  return `${frame.symbols.level}:(text)`
}

export function compileExpression(compiler: Compiler, node: Expression, frame: Frame): Evaluate {
  const compile = (inner: Expression): Evaluate => compileExpression(compiler, inner, frame)
  switch (node.kind) {
    case 'Const': {
      const { value } = node
      return () => value
    }
    case 'Name':
      return compileName(compiler, node.name, frame)
    case 'Tuple':
    case 'List': {
      const items = node.items.map(compile)
      const all = (activation: Activation): Value[] => items.map((item) => item(activation))
      return node.kind === 'List' ? all : (activation) => new Tuple(all(activation))
    }
    case 'Dict':
      return compileDict(node, compile)
    case 'CondExpr':
      return compileCondition(compiler, node, frame)
    case 'Binary': {
      const { operator } = node
      const [left, right] = [compile(node.left), compile(node.right)]
      return (activation) => {
        spend(1)
        return binary(operator, left(activation), right(activation))
      }
    }
    case 'And':
    case 'Or':
      return compileLogical(node.kind, compile(node.left), compile(node.right))
    case 'Not': {
      const operand = compile(node.operand)
      return (activation) => !isTrue(operand(activation))
    }
    case 'Neg':
    case 'Pos': {
      const operand = compile(node.operand)
      const sign = node.kind === 'Neg' ? '-' : '+'
      return (activation) => unary(sign, operand(activation))
    }
    case 'Compare':
      return compileCompare(node, compile)
    case 'Concat':
      return compileConcat(node.parts.map(compile))
    case 'Getattr': {
      const target = compile(node.target)
      const { name } = node
      return (activation) => lookUpAttribute(target(activation), name)
    }
    case 'Getitem':
      return compileGetitem(node, compile)
    case 'Call':
      return compileCall(compile(node.target), compileArguments(node, compile))
    case 'Filter':
    case 'Test':
      return compileFilterOrTest(compiler, node, frame)
    default:
      throw new JinjaError('syntax', `unexpected ${node.kind.toLowerCase()}`, { template: compiler.templateName, line: node.line })
  }
}

function compileName(compiler: Compiler, name: string, frame: Frame): Evaluate {
  const read = compiler.scope.reader(frame.symbols.ref(name))
  return (activation) => {
    const value = read(activation)
    return value === undefined ? new Undefined(`${pythonRepr(name)} is undefined`) : value
  }
}

function compileDict(node: DictLiteral, compile: (inner: Expression) => Evaluate): Evaluate {
  const items = node.items.map(([key, value]) => [compile(key), compile(value)] as const)
  return (activation) => {
    const dict = new Dict()
    for (const [key, value] of items) dict.set(key(activation), value(activation))
    return dict
  }
}

function compileCondition(compiler: Compiler, node: CondExpr, frame: Frame): Evaluate {
  const soft = frame.soft()
  const [test, then] = [compileExpression(compiler, node.test, soft), compileExpression(compiler, node.then, soft)]
  if (node.otherwise !== null) {
    const otherwise = compileExpression(compiler, node.otherwise, soft)
    return (activation) => (isTrue(test(activation)) ? then(activation) : otherwise(activation))
  }
  const place = `line ${node.line}${compiler.templateName === null ? '' : ` in ${pythonRepr(compiler.templateName)}`}`
  const message = `the inline if-expression on ${place} evaluated to false and no else section was defined.`
  return (activation) => (isTrue(test(activation)) ? then(activation) : new Undefined(message))
}

function compileLogical(kind: 'And' | 'Or', left: Evaluate, right: Evaluate): Evaluate {
  const stopsAt = kind === 'Or'
  return (activation) => {
    const value = left(activation)
    return isTrue(value) === stopsAt ? value : right(activation)
  }
}

const COMPARE = {
  eq: isEqual,
  ne: (a: Value, b: Value) => !isEqual(a, b),
  lt: (a: Value, b: Value) => isOrdered('<', a, b),
  lteq: (a: Value, b: Value) => isOrdered('<=', a, b),
  gt: (a: Value, b: Value) => isOrdered('>', a, b),
  gteq: (a: Value, b: Value) => isOrdered('>=', a, b),
  in: (a: Value, b: Value) => contains(b, a),
  notin: (a: Value, b: Value) => !contains(b, a)
}

function compileCompare(node: Compare, compile: (inner: Expression) => Evaluate): Evaluate {
  const first = compile(node.first)
  const rest = node.rest.map((part) => ({ compare: COMPARE[part.operator], operand: compile(part.operand) }))
  return (activation) => {
    let left = first(activation)
    for (const { compare, operand } of rest) {
      const right = operand(activation)
      if (!compare(left, right)) return false
      left = right
    }
    return true
  }
}

function compileConcat(parts: readonly Evaluate[]): Evaluate {
  return (activation) => {
    const values = parts.map((part) => part(activation))
    let text = ''
    for (const value of values) text += pythonText(value)
    spendText(text.length)
    return text
  }
}

function compileGetitem(node: Getitem, compile: (inner: Expression) => Evaluate): Evaluate {
  const target = compile(node.target)
  if (node.key.kind !== 'Slice') {
    const key = compile(node.key)
    return (activation) => lookUpItem(target(activation), key(activation))
  }
  const bound = (part: Expression | null): Evaluate => (part === null ? () => null : compile(part))
  const [start, stop, step] = [bound(node.key.start), bound(node.key.stop), bound(node.key.step)]
  return (activation) => sliceOf(target(activation), start(activation), stop(activation), step(activation))
}

interface Given {
  readonly args: Value[]
  readonly keywords: Keywords
}

/** The arguments of a call, `*` and `**` taken apart; `first` are values in front. */
export function compileArguments(node: CallArguments, compile: (inner: Expression) => Evaluate): (activation: Activation) => Given {
  const args = node.args.map(compile)
  const keywords = node.keywords.map(({ name, value }) => ({ name, value: compile(value) }))
  const names = new Set(keywords.map(({ name }) => name))
  if (names.size < keywords.length) {
    const repeated = keywords.find(({ name }, index) => keywords.findIndex((other) => other.name === name) < index)?.name ?? ''
    throw pythonError('SyntaxError', `keyword argument repeated: ${repeated}`)
  }
  const moreArgs = node.moreArgs === null ? null : compile(node.moreArgs)
  const moreKeywords = node.moreKeywords === null ? null : compile(node.moreKeywords)
  return (activation) => {
    const given = args.map((arg) => arg(activation))
    if (moreArgs !== null) for (const item of itemsOf(moreArgs(activation))) given.push(item)
    if (keywords.length === 0 && moreKeywords === null) return { args: given, keywords: NO_KEYWORDS }
    const named = new Map(keywords.map(({ name, value }) => [name, value(activation)]))
    if (moreKeywords !== null) addKeywords(named, moreKeywords(activation))
    return { args: given, keywords: named }
  }
}

function addKeywords(named: Map<string, Value>, more: Value): void {
  if (more instanceof Undefined) more.fail()
  if (!(more instanceof Dict)) throw typeError(`jinja2.runtime.Context.call() argument after ** must be a mapping, not ${typeName(more)}`)
  for (const [key, value] of more.entries()) {
    const name = textOf(key)
    if (name === null) throw typeError('keywords must be strings')
    if (named.has(name)) throw typeError(`jinja2.runtime.Context.call() got multiple values for keyword argument '${name}'`)
    named.set(name, value)
  }
}

/** `target(…)`; `extra` is the `caller` of a call block. */
export function compileCall(target: Evaluate, given: (activation: Activation) => Given, extra: Evaluate | null = null): Evaluate {
  return (activation) => {
    spend(1)
    const callee = target(activation)
    const { args, keywords } = given(activation)
    if (callee instanceof Undefined) callee.fail()
    const named = extra === null ? keywords : new Map([...keywords, ['caller', extra(activation)]])
    const result = callee instanceof PyObject && callee.isCallable ? callee.call(args, named) : undefined
    if (result === undefined) throw typeError(`'${typeName(callee)}' object is not callable`)
    return result
  }
}

function compileFilterOrTest(compiler: Compiler, node: Filter | Test, frame: Frame): Evaluate {
  const { environment } = compiler
  const target = node.target === null ? compiler.scope.reader(blockTextVariable(frame)) : compileExpression(compiler, node.target, frame)
  const given = compileArguments(node, (inner) => compileExpression(compiler, inner, frame))
  const builtin = builtinFor(compiler, node, frame)
  return (activation) => {
    spend(1)
    const value = target(activation) as Value
    const { args, keywords } = given(activation)
    return builtin([value, ...args], keywords, environment)
  }
}

function builtinFor(compiler: Compiler, node: Filter | Test, frame: Frame): Builtin {
  const kind = node.kind === 'Filter' ? 'filter' : 'test'
  const found = (kind === 'filter' ? compiler.environment.filters : compiler.environment.tests).get(node.name)
  if (found !== undefined) return found
  if (!frame.isSoft) {
    const message = `No ${kind} named ${pythonRepr(node.name)}.`
    throw new JinjaError('syntax', message, { type: 'TemplateAssertionError', template: compiler.templateName, line: node.line })
  }
  return () => {
    throw pythonError('TemplateRuntimeError', `No ${kind} named ${pythonRepr(node.name)} found.`)
  }
}
