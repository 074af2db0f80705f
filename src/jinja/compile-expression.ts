// Expressions → functions of the running template.

import type { DictLiteral, Expression, Filter, Getitem, Logical, Test } from './ast.ts'
import { binary, unary } from './arithmetic.ts'
import { lookUpAttribute, lookUpItem, sliceOf } from './attributes.ts'
import { compileArguments, compileBuiltin, compileCall, findBuiltin } from './compile-call.ts'
import { compileCompare, compileConcat, compileCondition, compileLogical, type CompileOperand } from './compile-operator.ts'
import { Dict } from './dict.ts'
import type { Compiler, Frame } from './frame.ts'
import { JinjaError } from './jinja-error.ts'
import { spend } from './limits.ts'
import { Tuple, Undefined, type Value } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'
import type { Activation, Evaluate } from './scope.ts'
import { isTrue } from './truth.ts'

/** The variable in which the text of a filtered block waits for its filter. */
export function blockTextVariable(frame: Frame): string {
  return `${frame.symbols.level}:(text)`
}

export function compileExpression(compiler: Compiler, node: Expression, frame: Frame): Evaluate {
  const compile: CompileOperand = (operand) => compileExpression(compiler, operand, frame)
  switch (node.kind) {
    case 'Const': {
      const { value } = node
      return () => value
    }
    case 'Name':
      return compileName(compiler, node.name, frame)
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
      return compileFilter(compiler, node, frame)
    case 'CondExpr': {
      const soft = frame.soft()
      const place = `line ${node.line}${compiler.templateName === null ? '' : ` in ${pythonRepr(compiler.templateName)}`}`
      return compileCondition(node, place, (operand) => compileExpression(compiler, operand, soft))
    }
    case 'NSRef':
    case 'Slice':
      throw new JinjaError('syntax', 'invalid syntax', { template: compiler.templateName, line: node.line })
    default:
      return compileOperator(node, compile)
  }
}

type Operator = Extract<
  Expression,
  { kind: 'Tuple' | 'List' | 'Dict' | 'Binary' | 'And' | 'Or' | 'Not' | 'Neg' | 'Pos' | 'Compare' | 'Concat' }
>

/** Operators and literals made of parts. */
function compileOperator(node: Operator, compile: CompileOperand): Evaluate {
  switch (node.kind) {
    case 'Tuple':
    case 'List': {
      const items = node.items.map(compile)
      const all = (activation: Activation): Value[] => items.map((item) => item(activation))
      return node.kind === 'List' ? all : (activation) => new Tuple(all(activation))
    }
    case 'Dict':
      return compileDict(node, compile)
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
      return isDecided(node) ? compile(node.left) : compileLogical(node.kind, compile(node.left), compile(node.right))
    case 'Compare':
      return compileCompare(node, compile)
    case 'Concat':
      return compileConcat(node.parts.map(compile))
    default: {
      const operand = compile(node.operand)
      if (node.kind === 'Not') return (activation) => !isTrue(operand(activation))
      const sign = node.kind === 'Neg' ? '-' : '+'
      return (activation) => unary(sign, operand(activation))
    }
  }
}

/** Behind `true or` Jinja does not even look, at filters that do not exist for example. */
function isDecided({ kind, left }: Logical): boolean {
  return left.kind === 'Const' && isTrue(left.value) === (kind === 'Or')
}

function compileName(compiler: Compiler, name: string, frame: Frame): Evaluate {
  const read = compiler.scope.reader(frame.symbols.ref(name))
  const message = `${pythonRepr(name)} is undefined`
  return (activation) => {
    const value = read(activation)
    return value === undefined ? new Undefined(message) : value
  }
}

function compileDict(node: DictLiteral, compile: CompileOperand): Evaluate {
  const items = node.items.map(([key, value]) => [compile(key), compile(value)] as const)
  return (activation) => {
    const dict = new Dict()
    for (const [key, value] of items) dict.set(key(activation), value(activation))
    return dict
  }
}

function compileGetitem(node: Getitem, compile: CompileOperand): Evaluate {
  const target = compile(node.target)
  if (node.key.kind !== 'Slice') {
    const key = compile(node.key)
    return (activation) => lookUpItem(target(activation), key(activation))
  }
  const bound = (part: Expression | null): Evaluate => (part === null ? () => null : compile(part))
  const [start, stop, step] = [bound(node.key.start), bound(node.key.stop), bound(node.key.step)]
  return (activation) => sliceOf(target(activation), start(activation), stop(activation), step(activation))
}

function compileFilter(compiler: Compiler, node: Filter | Test, frame: Frame): Evaluate {
  const compile: CompileOperand = (operand) => compileExpression(compiler, operand, frame)
  // Before its operand: of several unknown names the outermost is told.
  const run = findBuiltin(compiler, node, frame)
  const target = node.target === null ? compiler.scope.reader(blockTextVariable(frame)) : compile(node.target)
  return compileBuiltin(compiler, { run, target, given: compileArguments(node, compile) })
}
