// Operators → functions of the running template.

import type { Compare, CondExpr, Expression } from './ast.ts'
import { isEqual, isOrdered } from './compare.ts'
import { contains } from './iterate.ts'
import { spendText } from './limits.ts'
import { Undefined, type Value } from './python-values.ts'
import { pythonText } from './python-repr.ts'
import type { Evaluate } from './scope.ts'
import { isTrue } from './truth.ts'

/** Compiles an operand in the frame of its operator. */
export type CompileOperand = (operand: Expression) => Evaluate

/** `place` is where the expression stands, for the message of a missing `else`. */
export function compileCondition(node: CondExpr, place: string, compile: CompileOperand): Evaluate {
  const [test, value] = [compile(node.test), compile(node.value)]
  if (node.otherwise !== null) {
    const otherwise = compile(node.otherwise)
    return (activation) => (isTrue(test(activation)) ? value(activation) : otherwise(activation))
  }
  const message = `the inline if-expression on ${place} evaluated to false and no else section was defined.`
  return (activation) => (isTrue(test(activation)) ? value(activation) : new Undefined(message))
}

/** `and` and `or` give one of their operands. */
export function compileLogical(kind: 'And' | 'Or', left: Evaluate, right: Evaluate): Evaluate {
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

/** A chain `a < b < c`: each operand is evaluated once, and only as far as needed. */
export function compileCompare(node: Compare, compile: CompileOperand): Evaluate {
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

export function compileConcat(parts: readonly Evaluate[]): Evaluate {
  return (activation) => {
    let text = ''
    for (const value of parts.map((part) => part(activation))) text += pythonText(value)
    spendText(text.length)
    return text
  }
}
