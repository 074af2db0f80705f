// Python's sorted().

import { isOrdered } from './compare.ts'
import { spendItems } from './limits.ts'
import type { Value } from './python-values.ts'

/** A new, stably sorted list; each key is computed once; throws TypeError for keys without an order. */
export function sortValues(items: readonly Value[], key: (item: Value) => Value, reverse: boolean): Value[] {
  spendItems(items.length)
  const keyed = items.map((item) => ({ item, key: key(item) }))
  // Reversed twice, so that equal items keep their order, as in Python.
  if (reverse) keyed.reverse()
  keyed.sort((a, b) => (isOrdered('<', a.key, b.key) ? -1 : isOrdered('<', b.key, a.key) ? 1 : 0))
  if (reverse) keyed.reverse()
  return keyed.map((pair) => pair.item)
}
