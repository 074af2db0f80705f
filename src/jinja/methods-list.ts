// Methods of list, tuple and range.

import { integerIn } from './integers.ts'
import { isSameOrEqual } from './compare.ts'
import { itemsOf, requireIndex } from './iterate.ts'
import { pythonError, valueError } from './jinja-error.ts'
import { spendItems } from './limits.ts'
import { method, type Method } from './method.ts'
import type { Keywords, Range, Tuple, Value } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'
import { sortValues } from './sort.ts'
import { clampBounds, type Given } from './text-arguments.ts'
import { isTrue } from './truth.ts'

function countOf(items: readonly Value[], wanted: Value): number {
  return items.filter((item) => isSameOrEqual(item, wanted)).length
}

function indexOf(items: readonly Value[], [wanted, begin, end]: readonly Given[], message: string): number {
  const [from, to] = clampBounds(items.length, begin, end)
  for (let i = from; i < to; i++) if (isSameOrEqual(items[i], wanted)) return i
  throw valueError(message)
}

function pop(list: Value[], index: Given): Value {
  const at = index === undefined ? -1 : requireIndex(index)
  if (list.length === 0) throw pythonError('IndexError', 'pop from empty list')
  const position = at < 0 ? at + list.length : at
  if (position < 0 || position >= list.length) throw pythonError('IndexError', 'pop index out of range')
  return list.splice(position, 1)[0]
}

function insert(list: Value[], index: Given, item: Value): null {
  const at = requireIndex(index)
  spendItems(list.length + 1)
  list.splice(at < 0 ? Math.max(0, at + list.length) : at, 0, item)
  return null
}

function append(list: Value[], item: Value): null {
  if (list.length % 1024 === 0) spendItems(list.length + 1)
  list.push(item)
  return null
}

function extend(list: Value[], items: Value): null {
  // A copy first: a list may be extended by itself.
  for (const item of items === list ? list.slice() : itemsOf(items)) append(list, item)
  return null
}

function remove(list: Value[], item: Value): null {
  const at = list.findIndex((other) => isSameOrEqual(other, item))
  if (at < 0) throw valueError('list.remove(x): x not in list')
  list.splice(at, 1)
  return null
}

function reverse(list: Value[]): null {
  replaceItems(list, list.toReversed())
  return null
}

function replaceItems(list: Value[], items: readonly Value[]): void {
  for (const [index, item] of items.entries()) list[index] = item
}

function sort(list: Value[], _args: readonly Given[], keywords: Keywords): null {
  const backwards = keywords.get('reverse')
  replaceItems(
    list,
    sortValues(list, (item) => item, backwards !== undefined && isTrue(backwards))
  )
  return null
}

export const LIST_METHODS: ReadonlyMap<string, Method<Value[]>> = new Map<string, Method<Value[]>>([
  ['append', method(1, 1, (list, [item]) => append(list, item))],
  ['clear', method(0, 0, (list) => (list.splice(0, list.length), null))],
  ['copy', method(0, 0, (list) => (spendItems(list.length), list.slice()))],
  ['count', method(1, 1, (list, [item]) => countOf(list, item))],
  ['extend', method(1, 1, (list, [items]) => extend(list, items))],
  ['index', method(1, 3, (list, args) => indexOf(list, args, `${pythonRepr(args[0])} is not in list`))],
  ['insert', method(2, 2, (list, [index, item]) => insert(list, index, item))],
  ['pop', method(0, 1, (list, [index]) => pop(list, index))],
  ['remove', method(1, 1, (list, [item]) => remove(list, item))],
  ['reverse', method(0, 0, reverse)],
  ['sort', method(0, 0, sort, 'key reverse')]
])

export const TUPLE_METHODS: ReadonlyMap<string, Method<Tuple>> = new Map<string, Method<Tuple>>([
  ['count', method(1, 1, (tuple, [item]) => countOf(tuple.items, item))],
  ['index', method(1, 3, (tuple, args) => indexOf(tuple.items, args, 'tuple.index(x): x not in tuple'))]
])

/** Where an item is, or -1; only ints and what equals them can be in a range. */
function rangeIndex(range: Range, item: Value): number {
  for (let i = 0; i < range.length && i < 1_000_000; i++) if (isSameOrEqual(range.at(i), item)) return i
  return -1
}

export const RANGE_METHODS: ReadonlyMap<string, Method<Range>> = new Map<string, Method<Range>>([
  ['count', method(1, 1, (range, [item]) => (rangeIndex(range, item) < 0 ? 0 : 1))],
  [
    'index',
    method(1, 1, (range, [item]) => {
      const at = rangeIndex(range, item)
      if (at < 0)
        throw valueError(integerIn(item) === null ? 'sequence.index(x): x not in sequence' : `${pythonRepr(item)} is not in range`)
      return at
    })
  ]
])
