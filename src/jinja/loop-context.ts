// `loop` within a `for`.

import { isEqual } from './compare.ts'
import { lengthOf } from './iterate.ts'
import { typeError } from './jinja-error.ts'
import { deeper, spend, spendItems } from './limits.ts'
import { signature, bindArguments } from './signature.ts'
import { PyFunction, PyObject, Tuple, Undefined, type Arguments, type Keywords, type Value } from './python-values.ts'

/** Renders the loop's body over other items, one level deeper. */
export type Recurse = (items: Value, depth: number) => string

const RECURSION = signature('LoopContext.__call__', 'iterable', {}, 1)

export class LoopContext extends PyObject {
  readonly typeName = 'LoopContext'
  readonly #items: Value
  readonly #recurse: Recurse | null
  readonly #depth: number
  #iterator: Iterator<Value>
  /** Taken from the iterator ahead of time. */
  #after: IteratorResult<Value> | null = null
  #index = -1
  #length: number | null = null
  #before: Value = null
  #current: Value = null
  #lastChanged: Value | null = null

  constructor(items: Value, iterator: Iterator<Value>, recurse: Recurse | null, depth: number) {
    super()
    this.#items = items
    this.#iterator = iterator
    this.#recurse = recurse
    this.#depth = depth
  }

  /** The next item, or null at the end. */
  advance(): { item: Value } | null {
    const next = this.#after ?? this.#iterator.next()
    this.#after = null
    if (next.done === true) return null
    this.#index++
    this.#before = this.#current
    this.#current = next.value
    return { item: next.value }
  }

  /** Going through the loop itself takes its items away from it. */
  override *iterate(): Iterator<Value> {
    for (let next = this.advance(); next !== null; next = this.advance()) yield new Tuple([next.item, this])
  }

  #peek(): IteratorResult<Value> {
    this.#after ??= this.#iterator.next()
    return this.#after
  }

  /** Items that cannot be counted are all fetched now. */
  override get length(): number {
    this.#length ??= lengthOf(this.#items) ?? this.#countRest()
    return this.#length
  }

  #countRest(): number {
    const rest: Value[] = []
    for (let next = this.#iterator.next(); next.done !== true; next = this.#iterator.next()) {
      spend(1)
      rest.push(next.value)
    }
    spendItems(rest.length)
    this.#iterator = rest.values()
    const ahead = this.#after !== null && this.#after.done !== true ? 1 : 0
    return rest.length + this.#index + 1 + ahead
  }

  override get qualifiedName(): string {
    return 'jinja2.runtime.LoopContext'
  }
  override repr(): string {
    return `<LoopContext ${this.#index + 1}/${this.length}>`
  }

  override attribute(name: string): Value | undefined {
    if (name === 'index') return this.#index + 1
    if (name === 'index0') return this.#index
    if (name === 'first') return this.#index === 0
    if (name === 'last') return this.#peek().done === true
    if (name === 'length') return this.length
    if (name === 'revindex') return this.length - this.#index
    if (name === 'revindex0') return this.length - this.#index - 1
    if (name === 'depth') return this.#depth + 1
    if (name === 'depth0') return this.#depth
    if (name === 'previtem') return this.#index === 0 ? new Undefined('there is no previous item') : this.#before
    if (name === 'nextitem') return this.#nextItem()
    if (name === 'cycle') return new PyFunction('cycle', (args) => this.#cycle(args), 'method')
    return name === 'changed' ? new PyFunction('changed', (args) => this.#changed(args), 'method') : undefined
  }

  #nextItem(): Value {
    const next = this.#peek()
    return next.done === true ? new Undefined('there is no next item') : next.value
  }

  #cycle(args: Arguments): Value {
    if (args.length === 0) throw typeError('no items for cycling given')
    return args[this.#index % args.length]
  }

  #changed(args: Arguments): boolean {
    const value = new Tuple(args)
    if (this.#lastChanged !== null && isEqual(this.#lastChanged, value)) return false
    this.#lastChanged = value
    return true
  }

  override get isCallable(): boolean {
    return true
  }
  override call(args: Arguments, keywords: Keywords): Value {
    const [items] = bindArguments(RECURSION, args, keywords)
    const recurse = this.#recurse
    if (recurse === null) throw typeError("The loop must have the 'recursive' marker to be called recursively.")
    return deeper(() => recurse(items, this.#depth + 1))
  }
}
