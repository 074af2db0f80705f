// What is directly below a node, in the order in which Jinja visits it.

import type { CallArguments, Node } from './ast.ts'

type Maybe = Node | null

function some(...nodes: readonly Maybe[]): Node[] {
  return nodes.filter((node) => node !== null)
}

function callParts(node: CallArguments): Node[] {
  return [...node.args, ...node.keywords.map((keyword) => keyword.value), ...some(node.moreArgs, node.moreKeywords)]
}

export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'Tuple':
    case 'List':
      return node.items
    case 'Dict':
      return node.items.flat()
    case 'CondExpr':
      return some(node.test, node.value, node.otherwise)
    case 'Binary':
    case 'And':
    case 'Or':
      return [node.left, node.right]
    case 'Not':
    case 'Neg':
    case 'Pos':
      return [node.operand]
    case 'Compare':
      return [node.first, ...node.rest.map((part) => part.operand)]
    case 'Concat':
    case 'Output':
      return node.parts
    default:
      return childrenOfOther(node)
  }
}

/** Lookups, calls, and statements without a body. */
function childrenOfOther(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'Getattr':
      return [node.target]
    case 'Getitem':
      return [node.target, node.key]
    case 'Slice':
      return some(node.start, node.stop, node.step)
    case 'Call':
    case 'Filter':
    case 'Test':
      return [...some(node.target), ...callParts(node)]
    case 'Extends':
    case 'Include':
    case 'Import':
    case 'FromImport':
      return [node.template]
    case 'Assign':
      return [node.target, node.value]
    default:
      return childrenOfBodied(node)
  }
}

function childrenOfBodied(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'For':
      return [node.target, node.items, ...node.body, ...node.otherwise, ...some(node.test)]
    case 'If':
      return [node.test, ...node.body, ...node.elifs, ...node.otherwise]
    case 'Macro':
      return [...node.params, ...node.defaults, ...node.body]
    case 'CallBlock':
      return [node.call, ...node.params, ...node.defaults, ...node.body]
    case 'FilterBlock':
      return [...node.body, node.filter]
    case 'With':
      return [...node.targets, ...node.values, ...node.body]
    case 'Block':
      return node.body
    case 'AssignBlock':
      return [node.target, ...some(node.filter), ...node.body]
    default:
      return []
  }
}

/** Every node below, in no promised order. */
export function* descendantsOf(nodes: Iterable<Node>): Generator<Node> {
  for (const node of nodes) {
    yield node
    yield* descendantsOf(childrenOf(node))
  }
}
