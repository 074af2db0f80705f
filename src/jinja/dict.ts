// Python's dict.

import { pythonError, typeError } from './jinja-error.ts'
import { Markup, PyFloat, PyObject, Tuple, Undefined, type Value, isList } from './python-values.ts'

type Key = unknown

/** Any hashable key, in order of insertion; `1`, `1.0` and `True` are one key. */
export class Dict {
  readonly #entries = new Map<Key, [Value, Value]>()

  static from(entries: Iterable<readonly [Value, Value]>): Dict {
    const dict = new Dict()
    for (const [key, value] of entries) dict.set(key, value)
    return dict
  }
  get size(): number {
    return this.#entries.size
  }
  /** The value, or JavaScript's undefined when there is none; throws TypeError for a key that cannot be hashed. */
  get(key: Value): Value | undefined {
    return this.#entries.get(keyOf(key))?.[1]
  }
  has(key: Value): boolean {
    return this.#entries.has(keyOf(key))
  }
  set(key: Value, value: Value): void {
    const hashed = keyOf(key)
    const entry = this.#entries.get(hashed)
    if (entry === undefined) this.#entries.set(hashed, [key, value])
    else entry[1] = value
  }
  delete(key: Value): boolean {
    return this.#entries.delete(keyOf(key))
  }
  clear(): void {
    this.#entries.clear()
  }
  entries(): IterableIterator<[Value, Value]> {
    return this.#entries.values()
  }
  /** As `entries`, but adding or removing a key on the way is an error, as in Python. */
  *guardedEntries(): Generator<[Value, Value]> {
    const size = this.#entries.size
    for (const entry of this.#entries.values()) {
      if (this.#entries.size !== size) throw pythonError('RuntimeError', 'dictionary changed size during iteration')
      yield entry
    }
    if (this.#entries.size !== size) throw pythonError('RuntimeError', 'dictionary changed size during iteration')
  }
}

/** What `keys()`, `values()` and `items()` of a dict give: it shows the dict as it is now. */
export class DictView extends PyObject {
  readonly typeName: 'dict_keys' | 'dict_values' | 'dict_items'
  readonly dict: Dict

  constructor(typeName: 'dict_keys' | 'dict_values' | 'dict_items', dict: Dict) {
    super()
    this.typeName = typeName
    this.dict = dict
  }
  override get length(): number {
    return this.dict.size
  }
  override *iterate(): Iterator<Value> {
    for (const entry of this.dict.guardedEntries()) yield this.pick(entry)
  }
  pick(entry: readonly [Value, Value]): Value {
    if (this.typeName === 'dict_items') return new Tuple([entry[0], entry[1]])
    return entry[this.typeName === 'dict_keys' ? 0 : 1]
  }
}

const UNDEFINED_KEY = Symbol('Undefined')
const identities = new WeakMap<object, number>()
let lastIdentity = 0

/** A Map key that is the same for equal values: strings stand for themselves (an escape in front if they look like a tuple's). */
export function keyOf(value: Value): Key {
  if (typeof value === 'string') return value.startsWith('\u0000') ? `\u0000s${value}` : value
  if (typeof value === 'number' || typeof value === 'bigint' || value === null) return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof PyFloat) return floatKey(value.value)
  if (value instanceof Markup) return keyOf(value.text)
  if (value instanceof Tuple) return `\u0000t${value.items.map(partOf).join(',')}`
  if (isList(value)) throw typeError("unhashable type: 'list'")
  if (value instanceof Dict) throw typeError("unhashable type: 'dict'")
  return value instanceof Undefined ? UNDEFINED_KEY : value
}

function floatKey(value: number): Key {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value
}

function partOf(value: Value): string {
  const key = keyOf(value)
  if (typeof key === 'string') return JSON.stringify(key)
  if (typeof key !== 'object' || key === null) return String(key)
  let identity = identities.get(key)
  if (identity === undefined) identities.set(key, (identity = ++lastIdentity))
  return `#${identity}`
}
