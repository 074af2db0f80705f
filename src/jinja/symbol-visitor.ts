// Filling a frame's symbols from the nodes it is made of.

import type { For, If, Node, Statement } from './ast.ts'
import { childrenOf } from './ast-children.ts'
import type { Symbols } from './symbols.ts'

/** Names used by nodes of the frame itself; inner frames are looked at only where they reach out. */
export function visitNodes(nodes: Iterable<Node>, symbols: Symbols, asParameter = false): void {
  for (const node of nodes) visit(node, symbols, asParameter)
}

function visit(node: Node, symbols: Symbols, asParameter: boolean): void {
  switch (node.kind) {
    case 'Name':
      if (asParameter || node.context === 'param') symbols.declareParameter(node.name)
      else if (node.context === 'store') symbols.store(node.name)
      else symbols.load(node.name)
      return
    case 'NSRef':
      return symbols.load(node.name)
    case 'If':
      return visitIf(node, symbols)
    case 'Macro':
      return symbols.store(node.name)
    case 'Import':
      visit(node.template, symbols, false)
      return symbols.store(node.target)
    case 'FromImport':
      visit(node.template, symbols, false)
      for (const { alias } of node.names) symbols.store(alias)
      return
    case 'Assign':
      return visitNodes([node.value, node.target], symbols)
    case 'For':
      return visit(node.items, symbols, false)
    case 'CallBlock':
      return visit(node.call, symbols, false)
    case 'FilterBlock':
      return visit(node.filter, symbols, false)
    case 'With':
      return visitNodes(node.values, symbols)
    case 'AssignBlock':
      return visit(node.target, symbols, false)
    case 'Block':
      return
    default:
      visitNodes(childrenOf(node), symbols, asParameter)
  }
}

function visitIf(node: If, symbols: Symbols): void {
  visit(node.test, symbols, false)
  const branch = (nodes: readonly Statement[]): Symbols => {
    const copy = symbols.copy()
    visitNodes(nodes, copy)
    return copy
  }
  symbols.mergeBranches([branch(node.body), branch(node.elifs), branch(node.otherwise)])
}

/** The symbols of a loop's body, its `else` or its filter. */
export function analyzeFor(node: For, part: 'body' | 'else' | 'test', symbols: Symbols): void {
  if (part === 'else') return visitNodes(node.otherwise, symbols)
  visitNodes([node.target], symbols, true)
  if (part === 'body') visitNodes(node.body, symbols)
  else if (node.test !== null) visitNodes([node.test], symbols)
}

/** Which of the names are read somewhere below before anything is assigned to them. */
export function findUndeclared(nodes: Iterable<Node>, names: readonly string[]): Set<string> {
  const open = new Set(names)
  const found = new Set<string>()
  const search = (all: Iterable<Node>): boolean => {
    for (const node of all) {
      if (node.kind === 'Block') continue
      if (node.kind !== 'Name') {
        if (search(childrenOf(node))) return true
      } else if (node.context === 'load' && open.has(node.name)) {
        found.add(node.name)
        if ([...open].every((name) => found.has(name)) && found.size === open.size) return true
      } else open.delete(node.name)
    }
    return false
  }
  search(nodes)
  return found
}
