// Statements → functions of the running template.

import { unreachable } from '../core/exhaustive.ts'
import type { Assign, AssignBlock, Block, FilterBlock, If, Output as OutputNode, Statement, With } from './ast.ts'
import { blockTextVariable, compileExpression } from './compile-expression.ts'
import { compileFor } from './compile-for.ts'
import { compileExtends, compileFromImport, compileImport, compileInclude } from './compile-import.ts'
import { compileCallBlock, compileMacro } from './compile-macro.ts'
import { compileNamespaceCheck, compileTarget } from './compile-target.ts'
import { enterFrame, leaveFrame, localsOf, type Compiler, type Frame } from './frame.ts'
import { located } from './jinja-error.ts'
import { spend } from './limits.ts'
import { Output, requireOutput } from './output.ts'
import { pythonText } from './python-repr.ts'
import type { Activation, Evaluate, Execute } from './scope.ts'
import { visitNodes } from './symbol-visitor.ts'
import { renderBlock } from './template-objects.ts'
import { isTrue } from './truth.ts'

interface Step {
  readonly line: number
  readonly run: Execute
}

/** A body, run one statement after the other; errors get the line of theirs. */
export function compileBody(compiler: Compiler, body: readonly Statement[], frame: Frame): Execute {
  const steps: Step[] = []
  for (const statement of body) {
    if (statement.kind === 'Output') steps.push(...compileOutput(compiler, statement, frame))
    else steps.push({ line: statement.line, run: compileStatement(compiler, statement, frame) })
  }
  const { templateName } = compiler
  return (activation, out) => {
    let line = 0
    try {
      for (const step of steps) {
        line = step.line
        spend(1)
        step.run(activation, out)
      }
    } catch (error) {
      throw located(error, templateName, line)
    }
  }
}

function compileStatement(compiler: Compiler, node: Exclude<Statement, OutputNode>, frame: Frame): Execute {
  switch (node.kind) {
    case 'If':
      return compileIf(compiler, node, frame)
    case 'For':
      return compileFor(compiler, node, frame)
    case 'Assign':
      return compileAssign(compiler, node, frame)
    case 'AssignBlock':
      return compileAssignBlock(compiler, node, frame)
    case 'With':
      return compileWith(compiler, node, frame)
    case 'Macro':
      return compileMacro(compiler, node, frame)
    case 'CallBlock':
      return compileCallBlock(compiler, node, frame)
    case 'FilterBlock':
      return compileFilterBlock(compiler, node, frame)
    case 'Include':
      return compileInclude(compiler, node, frame)
    case 'Import':
      return compileImport(compiler, node, frame)
    case 'FromImport':
      return compileFromImport(compiler, node, frame)
    case 'Extends':
      return compileExtends(compiler, node, frame)
    case 'Block':
      return compileBlock(compiler, node, frame)
    default:
      return unreachable(node)
  }
}

function compileOutput(compiler: Compiler, node: OutputNode, frame: Frame): Step[] {
  return node.parts.map((part): Step => {
    if (part.kind === 'TemplateData') {
      const { text } = part
      return { line: part.line, run: guarded(frame, (_activation, out) => out.write(text)) }
    }
    const evaluate = compileExpression(compiler, part, frame)
    return { line: part.line, run: guarded(frame, (activation, out) => out.write(pythonText(evaluate(activation)))) }
  })
}

/** A template that extends another one prints nothing outside of blocks. */
function guarded(frame: Frame, run: Execute): Execute {
  if (!frame.checksOutput) return run
  return (activation, out) => {
    if (activation.inheritance.parent === null) run(activation, out)
  }
}

function compileIf(compiler: Compiler, node: If, frame: Frame): Execute {
  const soft = frame.soft()
  const branches = [node, ...node.elifs].map((branch) => {
    const test = compileExpression(compiler, branch.test, soft)
    const { line } = branch
    const { templateName } = compiler
    const holds = (activation: Activation): boolean => {
      try {
        return isTrue(test(activation))
      } catch (error) {
        throw located(error, templateName, line)
      }
    }
    return { holds, body: compiler.compileBody(branch.body, soft) }
  })
  const otherwise = node.otherwise.length === 0 ? null : compiler.compileBody(node.otherwise, soft)
  return (activation, out) => {
    for (const { holds, body } of branches) {
      if (!holds(activation)) continue
      body(activation, out)
      return
    }
    otherwise?.(activation, out)
  }
}

/** Compiles an assignment; what it sets at the top level of a template becomes visible to others. */
function tracked(compiler: Compiler, frame: Frame, compile: () => Execute): Execute {
  compiler.assigned.push(new Set())
  const run = compile()
  const names = [...(compiler.assigned.pop() ?? [])]
  if (!frame.isTopLevel || names.length === 0) return run
  const readers = names.map((name) => ({ name, read: compiler.scope.reader(frame.symbols.ref(name)) }))
  return (activation, out) => {
    run(activation, out)
    for (const { name, read } of readers) {
      activation.context.vars.set(name, read(activation))
      if (!name.startsWith('_')) activation.context.exported.add(name)
    }
  }
}

function compileAssign(compiler: Compiler, node: Assign, frame: Frame): Execute {
  return tracked(compiler, frame, () => {
    const check = compileNamespaceCheck(compiler, node.target, frame)
    const value = compileExpression(compiler, node.value, frame)
    const assign = compileTarget(compiler, node.target, frame)
    return (activation) => {
      check(activation)
      assign(activation, value(activation))
    }
  })
}

function compileAssignBlock(compiler: Compiler, node: AssignBlock, frame: Frame): Execute {
  return tracked(compiler, frame, () => {
    const inner = frame.inner()
    inner.checksOutput = false
    visitNodes(node.filter === null ? node.body : [...node.body, node.filter], inner.symbols)
    const capture = compileCapture(compiler, node, inner)
    const check = compileNamespaceCheck(compiler, node.target, frame)
    const assign = compileTarget(compiler, node.target, frame)
    return (activation) => {
      const value = capture(activation)
      check(activation)
      assign(activation, value)
    }
  })
}

/** The text of a body, put through its filter, in a frame of its own. */
function compileCapture(compiler: Compiler, node: AssignBlock | FilterBlock, frame: Frame): Evaluate {
  const enter = enterFrame(compiler, frame)
  const variable = blockTextVariable(frame)
  compiler.scope.declare(variable)
  const write = compiler.scope.writer(variable)
  const body = compiler.compileBody(node.body, frame)
  const filter = node.filter === null ? null : compileExpression(compiler, node.filter, frame)
  const leave = leaveFrame(compiler, frame)
  return (activation) => {
    enter(activation)
    const out = new Output()
    body(activation, out)
    write(activation, out.text)
    const value = filter === null ? out.text : filter(activation)
    leave(activation)
    return value
  }
}

function compileFilterBlock(compiler: Compiler, node: FilterBlock, frame: Frame): Execute {
  const inner = frame.inner()
  visitNodes([...node.body, node.filter], inner.symbols)
  const capture = compileCapture(compiler, node, inner)
  return (activation, out) => out.write(requireOutput(capture(activation)))
}

function compileWith(compiler: Compiler, node: With, frame: Frame): Execute {
  const inner = frame.inner()
  visitNodes([...node.targets, ...node.body], inner.symbols)
  const enter = enterFrame(compiler, inner)
  const assignments = node.targets.map((target, index) => ({
    assign: compileTarget(compiler, target, inner),
    value: compileExpression(compiler, node.values[index]!, frame)
  }))
  const body = compiler.compileBody(node.body, inner)
  const leave = leaveFrame(compiler, inner)
  return (activation, out) => {
    enter(activation)
    for (const { assign, value } of assignments) assign(activation, value(activation))
    body(activation, out)
    leave(activation)
  }
}

function compileBlock(compiler: Compiler, node: Block, frame: Frame): Execute {
  const locals = node.scoped ? localsOf(compiler, frame) : null
  const run: Execute = (activation, out) => {
    const { context } = activation
    renderBlock(node.name, node.required, locals === null ? context : context.derived(locals(activation)), out)
  }
  if (!frame.isTopLevel) return run
  return (activation, out) => {
    if (activation.inheritance.parent === null) run(activation, out)
  }
}
