// Calls, filters and tests → functions of the running template.

import type { CallArguments, Filter, Test } from './ast.ts'
import type { CompileOperand } from './compile-operator.ts'
import { Dict } from './dict.ts'
import type { Builtin } from './environment.ts'
import type { Compiler, Frame } from './frame.ts'
import { itemsOf } from './iterate.ts'
import { JinjaError, pythonError, typeError } from './jinja-error.ts'
import { spend } from './limits.ts'
import { NO_KEYWORDS, PyObject, Undefined, textOf, type Keywords, type Value } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'
import type { Activation, Evaluate } from './scope.ts'
import { typeName } from './type-name.ts'

interface Given {
  readonly args: Value[]
  readonly keywords: Keywords
}
export type EvaluateArguments = (activation: Activation) => Given

/** The arguments of a call, with what `*` and `**` stand for. */
export function compileArguments(node: CallArguments, compile: CompileOperand): EvaluateArguments {
  const args = node.args.map(compile)
  const keywords = node.keywords.map(({ name, value }) => ({ name, value: compile(value) }))
  refuseRepeated(keywords.map(({ name }) => name))
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

function refuseRepeated(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) < index)
  if (repeated !== undefined) throw pythonError('SyntaxError', `keyword argument repeated: ${repeated}`)
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

/** `target(…)`; `caller` is the body of a call block. */
export function compileCall(target: Evaluate, given: EvaluateArguments, caller: Evaluate | null = null): Evaluate {
  return (activation) => {
    spend(1)
    const callee = target(activation)
    const { args, keywords } = given(activation)
    if (callee instanceof Undefined) callee.fail()
    if (!(callee instanceof PyObject) || !callee.isCallable) throw typeError(`'${typeName(callee)}' object is not callable`)
    return callee.call(args, caller === null ? keywords : new Map([...keywords, ['caller', caller(activation)]]))
  }
}

export interface BuiltinParts {
  readonly run: Builtin
  readonly target: Evaluate
  readonly given: EvaluateArguments
}

/** A filter or test; its operand is compiled already. */
export function compileBuiltin({ environment }: Compiler, { run, target, given }: BuiltinParts): Evaluate {
  return (activation) => {
    spend(1)
    const value = target(activation)
    const { args, keywords } = given(activation)
    return run([value, ...args], keywords, environment)
  }
}

/** An unknown name is an error at once, but within an `if` only when it is reached. */
export function findBuiltin(compiler: Compiler, node: Filter | Test, frame: Frame): Builtin {
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
