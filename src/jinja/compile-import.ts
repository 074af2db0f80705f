// `include`, `import`, `from … import`, `extends`.

import type { Expression, Extends, FromImport, Import, Include } from './ast.ts'
import { compileExpression } from './compile-expression.ts'
import type { Template } from './environment.ts'
import { localsOf, type Compiler, type Frame } from './frame.ts'
import { JinjaError, pythonError } from './jinja-error.ts'
import { deeper } from './limits.ts'
import { Undefined } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'
import type { Activation, Execute } from './scope.ts'
import type { TemplateModule } from './template-objects.ts'

export function compileInclude(compiler: Compiler, node: Include, frame: Frame): Execute {
  const { environment } = compiler
  const find = compileFind(compiler, node, frame)
  const locals = localsOf(compiler, frame)
  return (activation, out) => {
    const template = find(activation)
    if (template === null) return
    if (!node.withContext) {
      out.write(environment.module(template).body)
      return
    }
    const context = environment.sharedContext(template, activation.context.all(), locals(activation))
    deeper(() => template.renderRoot(context, out))
  }
}

function compileFind(compiler: Compiler, node: Include, frame: Frame): (activation: Activation) => Template | null {
  const { environment } = compiler
  const names = compileExpression(compiler, node.template, frame)
  const several = node.template.kind === 'Tuple' || node.template.kind === 'List'
  const find = (activation: Activation): Template => {
    const name = names(activation)
    return several ? environment.firstTemplate(name) : environment.templateFor(name)
  }
  if (!node.ignoreMissing) return find
  return (activation) => {
    try {
      return find(activation)
    } catch (error) {
      if (error instanceof JinjaError && error.kind === 'not-found') return null
      throw error
    }
  }
}

function compileModule(
  compiler: Compiler,
  name: Expression,
  withContext: boolean,
  frame: Frame
): (activation: Activation) => TemplateModule {
  const { environment } = compiler
  const evaluate = compileExpression(compiler, name, frame)
  const locals = localsOf(compiler, frame)
  return (activation) => {
    const template = environment.template(evaluate(activation))
    if (!withContext) return environment.module(template)
    return environment.runModule(template, environment.sharedContext(template, activation.context.all(), locals(activation)))
  }
}

export function compileImport(compiler: Compiler, node: Import, frame: Frame): Execute {
  const load = compileModule(compiler, node.template, node.withContext, frame)
  const write = compiler.scope.writer(frame.symbols.ref(node.target))
  return (activation) => {
    const module = load(activation)
    write(activation, module)
    if (!frame.isTopLevel) return
    activation.context.vars.set(node.target, module)
    activation.context.exported.delete(node.target)
  }
}

export function compileFromImport(compiler: Compiler, node: FromImport, frame: Frame): Execute {
  const load = compileModule(compiler, node.template, node.withContext, frame)
  const targets = node.names.map(({ name, alias }) => ({ name, alias, write: compiler.scope.writer(frame.symbols.ref(alias)) }))
  const place = `line ${node.line}${compiler.templateName === null ? '' : ` in ${pythonRepr(compiler.templateName)}`}`
  return (activation) => {
    const module = load(activation)
    for (const { name, alias, write } of targets) {
      const template = pythonRepr(module.attribute('__name__'))
      const value =
        module.attribute(name) ??
        new Undefined(`the template ${template} (imported on ${place}) does not export the requested name ${pythonRepr(name)}`)
      write(activation, value)
      if (!frame.isTopLevel) continue
      activation.context.vars.set(alias, value)
      activation.context.exported.delete(alias)
    }
  }
}

export function compileExtends(compiler: Compiler, node: Extends, frame: Frame): Execute {
  if (!frame.isTopLevel) {
    const message = 'cannot use extend from a non top-level scope'
    throw new JinjaError('syntax', message, { type: 'TemplateAssertionError', template: compiler.templateName, line: node.line })
  }
  const { environment } = compiler
  const name = compileExpression(compiler, node.template, frame)
  return (activation) => {
    if (activation.inheritance.parent !== null) throw pythonError('TemplateRuntimeError', 'extended multiple times')
    const parent = environment.template(name(activation))
    for (const [block, render] of parent.blocks) {
      const renderers = activation.context.blocks.get(block)
      if (renderers === undefined) activation.context.blocks.set(block, [render])
      else renderers.push(render)
    }
    activation.inheritance.parent = parent
  }
}
