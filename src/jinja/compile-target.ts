// Targets of `set`, `for` and `with`: names, tuples of them, attributes of a namespace.

import type { Expression } from './ast.ts'
import { descendantsOf } from './ast-children.ts'
import type { Compiler, Frame } from './frame.ts'
import { Namespace } from './globals.ts'
import { iteratorOf } from './iterate.ts'
import { pythonError, typeError, valueError } from './jinja-error.ts'
import type { Value } from './python-values.ts'
import type { Activation } from './scope.ts'
import { typeName } from './type-name.ts'

export type Assign = (activation: Activation, value: Value) => void

export function compileTarget(compiler: Compiler, node: Expression, frame: Frame): Assign {
  if (node.kind === 'Name') {
    if (node.context === 'store' && (frame.isTopLevel || frame.isLoop || frame.isBlock)) compiler.assigned.at(-1)?.add(node.name)
    return compiler.scope.writer(frame.symbols.ref(node.name))
  }
  if (node.kind === 'NSRef') {
    const read = compiler.scope.reader(frame.symbols.ref(node.name))
    return (activation, value) => {
      const namespace = read(activation)
      if (namespace instanceof Namespace) namespace.assign(node.attribute, value)
    }
  }
  if (node.kind !== 'Tuple') throw new Error(`cannot assign to ${node.kind}`)
  const targets = node.items.map((item) => compileTarget(compiler, item, frame))
  return (activation, value) => {
    const items = unpack(value, targets.length)
    targets.forEach((assign, index) => assign(activation, items[index]))
  }
}

/** Checks, before anything is assigned, that attributes are set on namespaces only. */
export function compileNamespaceCheck(compiler: Compiler, target: Expression, frame: Frame): (activation: Activation) => void {
  const names = new Set<string>()
  for (const node of descendantsOf([target])) if (node.kind === 'NSRef') names.add(node.name)
  const readers = [...names].map((name) => compiler.scope.reader(frame.symbols.ref(name)))
  return (activation) => {
    for (const read of readers) {
      if (!(read(activation) instanceof Namespace)) {
        throw pythonError('TemplateRuntimeError', 'cannot assign attribute on non-namespace object')
      }
    }
  }
}

function unpack(value: Value, count: number): Value[] {
  const iterator = iteratorOf(value)
  if (iterator === null) throw typeError(`cannot unpack non-iterable ${typeName(value)} object`)
  const items: Value[] = []
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    if (items.length === count) throw valueError(`too many values to unpack (expected ${count})`)
    items.push(next.value)
  }
  if (items.length < count) throw valueError(`not enough values to unpack (expected ${count}, got ${items.length})`)
  return items
}
