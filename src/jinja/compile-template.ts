// A parsed template → something that can be rendered.

import type { Block, Statement } from './ast.ts'
import { descendantsOf } from './ast-children.ts'
import { compileBody } from './compile-statement.ts'
import type { Context, RenderBlock } from './context.ts'
import type { Environment, Template } from './environment.ts'
import { enterFrame, Frame, withScope, type Compiler } from './frame.ts'
import { JinjaError } from './jinja-error.ts'
import type { Output } from './output.ts'
import { pythonRepr } from './python-repr.ts'
import { activate, FunctionScope } from './scope.ts'
import { findUndeclared, visitNodes } from './symbol-visitor.ts'
import { Symbols } from './symbols.ts'
import { superBlock, TemplateReference } from './template-objects.ts'

export interface CompiledTemplate extends Template {
  /** Names that are looked up outside of the template, globals among them. */
  readonly undeclared: ReadonlySet<string>
}

/** Throws JinjaError for what cannot work, whatever the variables: unknown filters, blocks of one name … */
export function compileTemplate(body: readonly Statement[], name: string | null, environment: Environment): CompiledTemplate {
  const compiler: Compiler = {
    environment,
    templateName: name,
    scope: new FunctionScope(null),
    undeclared: new Set(),
    assigned: [],
    compileBody: (statements, frame) => compileBody(compiler, statements, frame)
  }
  const blocks = new Map<string, Block>()
  for (const node of descendantsOf(body)) {
    if (node.kind !== 'Block') continue
    if (blocks.has(node.name)) {
      const message = `block ${pythonRepr(node.name)} defined twice`
      throw new JinjaError('syntax', message, { type: 'TemplateAssertionError', template: name, line: node.line })
    }
    blocks.set(node.name, node)
  }
  const renderRoot = compileRoot(compiler, body)
  const rendered = new Map([...blocks].map(([block, node]) => [block, compileBlockFunction(compiler, node)]))
  return { name, renderRoot, blocks: rendered, undeclared: compiler.undeclared }
}

function compileRoot(compiler: Compiler, body: readonly Statement[]): (context: Context, out: Output) => void {
  const frame = new Frame(new Symbols(null))
  return withScope(compiler, new FunctionScope(null), () => {
    const self = findUndeclared(body, ['self']).has('self') ? frame.symbols.declareParameter('self') : null
    visitNodes(body, frame.symbols)
    frame.isTopLevel = true
    frame.checksOutput = hasExtends(body)
    const enter = enterFrame(compiler, frame)
    const writeSelf = self === null ? null : compiler.scope.writer(self)
    const run = compiler.compileBody(body, frame)
    return (context, out) => {
      const activation = activate(context, null)
      writeSelf?.(activation, new TemplateReference(context))
      enter(activation)
      run(activation, out)
      activation.inheritance.parent?.renderRoot(context, out)
    }
  })
}

function hasExtends(body: readonly Statement[]): boolean {
  for (const node of descendantsOf(body)) if (node.kind === 'Extends') return true
  return false
}

function compileBlockFunction(compiler: Compiler, node: Block): RenderBlock {
  const frame = new Frame(new Symbols(null))
  frame.isBlock = true
  return withScope(compiler, new FunctionScope(null), () => {
    const used = findUndeclared(node.body, ['self', 'super'])
    const self = used.has('self') ? frame.symbols.declareParameter('self') : null
    const parent = used.has('super') ? frame.symbols.declareParameter('super') : null
    visitNodes(node.body, frame.symbols)
    const enter = enterFrame(compiler, frame)
    const writeSelf = self === null ? null : compiler.scope.writer(self)
    const writeSuper = parent === null ? null : compiler.scope.writer(parent)
    const run = compiler.compileBody(node.body, frame)
    const render: RenderBlock = (context, out) => {
      const activation = activate(context, null)
      writeSelf?.(activation, new TemplateReference(context))
      writeSuper?.(activation, superBlock(node.name, context, render))
      enter(activation)
      run(activation, out)
    }
    return render
  })
}
