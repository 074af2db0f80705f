// `for`.

import type { For } from './ast.ts'
import { descendantsOf } from './ast-children.ts'
import { compileExpression } from './compile-expression.ts'
import { compileTarget, type Assign } from './compile-target.ts'
import { enterFrame, leaveFrame, withScope, type Compiler, type Frame } from './frame.ts'
import { iterate } from './iterate.ts'
import { JinjaError } from './jinja-error.ts'
import { spend } from './limits.ts'
import { LoopContext, type Recurse } from './loop-context.ts'
import { Output } from './output.ts'
import { Generator, type Value } from './python-values.ts'
import { activate, FunctionScope, type Activation, type Execute } from './scope.ts'
import { analyzeFor, findUndeclared } from './symbol-visitor.ts'
import { isTrue } from './truth.ts'

type Loop = (activation: Activation, items: Value, out: Output, recursion: { recurse: Recurse | null; depth: number }) => void

export function compileFor(compiler: Compiler, node: For, frame: Frame): Execute {
  const loopFrame = frame.inner()
  loopFrame.isLoop = true
  const extended = node.recursive || findUndeclared(node.body, ['loop']).size > 0 || hasScopedBlock(node)
  const loopVariable = extended ? loopFrame.symbols.declareParameter('loop') : null
  analyzeFor(node, 'body', loopFrame.symbols)
  refuseLoopTarget(compiler, node)
  const items = compileExpression(compiler, node.items, frame)
  const compileLoop = (): Loop => compileBody(compiler, node, { outer: frame, loop: loopFrame, loopVariable })
  if (!node.recursive) {
    const loop = compileLoop()
    return (activation, out) => loop(activation, items(activation), out, { recurse: null, depth: 0 })
  }
  const loop = withScope(compiler, new FunctionScope(compiler.scope), compileLoop)
  return (outer, out) => {
    const recurse: Recurse = (inner, depth) => {
      const text = new Output()
      loop(activate(outer.context, outer), inner, text, { recurse, depth })
      return text.text
    }
    out.write(recurse(items(outer), 0))
  }
}

function hasScopedBlock(node: For): boolean {
  for (const inner of descendantsOf([node])) if (inner.kind === 'Block' && inner.scoped) return true
  return false
}

function refuseLoopTarget(compiler: Compiler, node: For): void {
  for (const inner of descendantsOf([node])) {
    if (inner.kind !== 'Name' || inner.context !== 'store' || inner.name !== 'loop') continue
    const message = "Can't assign to special loop variable in for-loop target"
    throw new JinjaError('syntax', message, { type: 'TemplateAssertionError', template: compiler.templateName, line: inner.line })
  }
}

type ItemFilter = (activation: Activation, items: Value) => Value

/** `for … if …`: the items that pass, one at a time. */
function compileTest(compiler: Compiler, node: For, outer: Frame, loopFrame: Frame): ItemFilter | null {
  const { test } = node
  if (test === null) return null
  const frame = outer.inner()
  analyzeFor(node, 'test', frame.symbols)
  return withScope(compiler, new FunctionScope(compiler.scope), () => {
    const enter = enterFrame(compiler, frame)
    for (const variable of loopFrame.symbols.refs.values()) compiler.scope.declare(variable)
    const assign = compileTarget(compiler, node.target, loopFrame)
    const passes = compileExpression(compiler, test, frame)
    return (activation, items) => new Generator(filtered(activate(activation.context, activation), items))

    function* filtered(activation: Activation, items: Value): Iterator<Value> {
      enter(activation)
      const iterator = iterate(items)
      for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
        spend(1)
        assign(activation, next.value)
        if (isTrue(passes(activation))) yield next.value
      }
    }
  })
}

interface LoopParts {
  readonly outer: Frame
  readonly loop: Frame
  readonly loopVariable: string | null
}

function compileBody(compiler: Compiler, node: For, parts: LoopParts): Loop {
  const filter = compileTest(compiler, node, parts.outer, parts.loop)
  const enter = enterFrame(compiler, parts.loop)
  const assign = compileTarget(compiler, node.target, parts.loop)
  const writeLoop = parts.loopVariable === null ? null : compiler.scope.writer(parts.loopVariable)
  const body = compiler.compileBody(node.body, parts.loop)
  const leave = leaveFrame(compiler, parts.loop)
  const otherwise = node.otherwise.length === 0 ? null : compileElse(compiler, node, parts.outer)
  const assigned = compiler.assigned.at(-1)
  if (assigned !== undefined) for (const name of parts.loop.symbols.stores) assigned.delete(name)
  const turn = (activation: Activation, item: Value, out: Output): void => {
    spend(1)
    assign(activation, item)
    enter(activation)
    body(activation, out)
  }
  return (activation, items, out, recursion) => {
    const all = filter === null ? items : filter(activation, items)
    const turns = writeLoop === null ? plainTurns(all) : loopTurns(activation, all, writeLoop, recursion)
    let empty = true
    for (let next = turns(); next !== null; next = turns()) {
      turn(activation, next.item, out)
      empty = false
    }
    leave(activation)
    if (empty) otherwise?.(activation, out)
  }
}

type Turns = () => { item: Value } | null

function plainTurns(items: Value): Turns {
  const iterator = iterate(items)
  return () => {
    const next = iterator.next()
    return next.done === true ? null : { item: next.value }
  }
}

function loopTurns(activation: Activation, items: Value, writeLoop: Assign, recursion: { recurse: Recurse | null; depth: number }): Turns {
  const loop = new LoopContext(items, iterate(items), recursion.recurse, recursion.depth)
  return () => {
    const next = loop.advance()
    writeLoop(activation, loop)
    return next
  }
}

function compileElse(compiler: Compiler, node: For, outer: Frame): Execute {
  const frame = outer.inner()
  analyzeFor(node, 'else', frame.symbols)
  const enter = enterFrame(compiler, frame)
  const body = compiler.compileBody(node.otherwise, frame)
  const leave = leaveFrame(compiler, frame)
  return (activation, out) => {
    enter(activation)
    body(activation, out)
    leave(activation)
  }
}
