// Macros and `call` blocks.

import type { CallBlock, Macro as MacroNode } from './ast.ts'
import { compileArguments, compileCall } from './compile-call.ts'
import { compileExpression } from './compile-expression.ts'
import { enterFrame, withScope, type Compiler, type Frame } from './frame.ts'
import { JinjaError, pythonError } from './jinja-error.ts'
import { Output, requireOutput } from './output.ts'
import { Undefined, type Value } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'
import { activate, FunctionScope, type Activation, type Evaluate, type Execute } from './scope.ts'
import { findUndeclared, visitNodes } from './symbol-visitor.ts'
import { Macro, type MacroShape } from './template-objects.ts'

const SPECIAL = ['caller', 'kwargs', 'varargs'] as const

/** What makes the macro, seeing the variables of the function it stands in. */
function compileMacroBody(compiler: Compiler, node: MacroNode | CallBlock, outer: Frame): Evaluate {
  const frame = outer.inner()
  frame.checksOutput = false
  const analyze = (): void => visitNodes([...node.params, ...node.defaults, ...node.body], frame.symbols)
  analyze()
  const params = node.params.map((param) => param.name)
  const repeated = params.find((name, index) => params.indexOf(name) < index)
  if (repeated !== undefined) throw pythonError('SyntaxError', `duplicate argument '${repeated}' in function definition`)
  const variables = params.map((name) => frame.symbols.ref(name))
  const used = findUndeclared(node.body, SPECIAL)
  const explicitCaller = params.indexOf('caller')
  if (used.has('caller') && explicitCaller >= 0 && explicitCaller < params.length - node.defaults.length) {
    const message = 'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.'
    throw new JinjaError('syntax', message, { type: 'TemplateAssertionError', template: compiler.templateName, line: node.line })
  }
  const catches = (name: (typeof SPECIAL)[number]): boolean => used.has(name) && (name === 'caller' || !params.includes(name))
  for (const name of SPECIAL) {
    if (catches(name) && !params.includes(name)) variables.push(frame.symbols.declareParameter(name))
  }
  analyze()
  const shape: MacroShape = {
    name: node.kind === 'Macro' ? node.name : null,
    params,
    usesCaller: catches('caller'),
    catchesKeywords: catches('kwargs'),
    catchesArguments: catches('varargs')
  }
  const run = compileRun(compiler, node, frame, variables)
  return (activation) => new Macro(shape, (args) => run(activation, args))
}

type Run = (outer: Activation, args: readonly (Value | undefined)[]) => string

function compileRun(compiler: Compiler, node: MacroNode | CallBlock, frame: Frame, variables: readonly string[]): Run {
  return withScope(compiler, new FunctionScope(compiler.scope), () => {
    for (const variable of variables) compiler.scope.declare(variable)
    const enter = enterFrame(compiler, frame)
    const writers = variables.map((variable) => compiler.scope.writer(variable))
    const defaults = node.params.map((_, index) => compileDefault(compiler, node, frame, index))
    const body = compiler.compileBody(node.body, frame)
    return (outer, args) => {
      const activation = activate(outer.context, outer)
      writers.forEach((write, index) => write(activation, args[index]))
      enter(activation)
      for (const setDefault of defaults) setDefault(activation)
      const out = new Output()
      body(activation, out)
      return out.text
    }
  })
}

/** Gives a parameter that was not passed its default, or an undefined value that says so. */
function compileDefault(compiler: Compiler, node: MacroNode | CallBlock, frame: Frame, index: number): (activation: Activation) => void {
  const name = node.params[index]!.name
  const variable = frame.symbols.ref(name)
  const [read, write] = [compiler.scope.reader(variable), compiler.scope.writer(variable)]
  const fallback = node.defaults[index - node.params.length + node.defaults.length]
  const message = `parameter ${pythonRepr(name)} was not provided`
  const value: Evaluate = fallback === undefined ? () => new Undefined(message) : compileExpression(compiler, fallback, frame)
  return (activation) => {
    if (read(activation) === undefined) write(activation, value(activation))
  }
}

export function compileMacro(compiler: Compiler, node: MacroNode, frame: Frame): Execute {
  const make = compileMacroBody(compiler, node, frame)
  const write = compiler.scope.writer(frame.symbols.ref(node.name))
  return (activation) => {
    const macro = make(activation)
    write(activation, macro)
    if (!frame.isTopLevel) return
    activation.context.vars.set(node.name, macro)
    if (!node.name.startsWith('_')) activation.context.exported.add(node.name)
  }
}

export function compileCallBlock(compiler: Compiler, node: CallBlock, frame: Frame): Execute {
  const caller = compileMacroBody(compiler, node, frame)
  const compile = (inner: Parameters<typeof compileExpression>[1]): Evaluate => compileExpression(compiler, inner, frame)
  const call = compileCall(compile(node.call.target), compileArguments(node.call, compile), caller)
  return (activation, out) => out.write(requireOutput(call(activation)))
}
