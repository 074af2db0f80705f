// Python's values that JavaScript has no like of. None is null; bool, str and list are JavaScript's own; an int is a
// number while it is exact, else a bigint (never both for the same value); nothing is ever `undefined`.

import { JinjaError } from './jinja-error.ts'

/**
 * Any of the above, of the classes below, or a Dict. JavaScript's undefined is never a value of a template: it says
 * "there is none", and `Value | undefined` is written where that can happen.
 */
export type Value = null | boolean | number | bigint | string | object | undefined

export function isList(value: Value | undefined): value is Value[] {
  return Array.isArray(value)
}

/** Positional and keyword arguments of a call. */
export type Arguments = readonly Value[]
export type Keywords = ReadonlyMap<string, Value>
export const NO_KEYWORDS: Keywords = new Map()

export class PyFloat {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

export class Tuple {
  readonly items: readonly Value[]
  constructor(items: readonly Value[]) {
    this.items = items
  }
  /** A part that has a name: of a named tuple. */
  attribute(_name: string): Value | undefined {
    return undefined
  }
}

/** A str that is safe HTML: what `tojson`, `escape` and `safe` give; adding to it escapes what is added. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export class Range {
  readonly start: number
  readonly stop: number
  readonly step: number
  readonly length: number
  constructor(start: number, stop: number, step: number) {
    this.start = start
    this.stop = stop
    this.step = step
    this.length = Math.max(0, Math.ceil((stop - start) / step))
  }
  at(index: number): number {
    return this.start + index * this.step
  }
}

/** A missing value: prints as nothing, is false, and raises its message when anything else is done with it. */
export class Undefined {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
  fail(): never {
    throw new JinjaError('undefined', this.message)
  }
}

/** What templates meet besides data: functions, macros, loops, modules … Only what is defined here can be reached. */
export abstract class PyObject {
  /** Python's `type(x).__name__`. */
  abstract readonly typeName: string
  /** Python's module and class, for messages about missing attributes. */
  get qualifiedName(): string {
    return this.typeName
  }
  /** The attribute, or JavaScript's undefined when there is none. */
  attribute(_name: string): Value | undefined {
    return undefined
  }
  repr(): string {
    return `<${this.qualifiedName} object>`
  }
  toText(): string {
    return this.repr()
  }
  get length(): number | null {
    return null
  }
  iterate(): Iterator<Value> | null {
    return null
  }
  call(_args: Arguments, _keywords: Keywords): Value | undefined {
    return undefined
  }
  get isCallable(): boolean {
    return false
  }
}

/** A function of the engine or of its caller, a method bound to its value, or a type (`dict`, `range`). */
export class PyFunction extends PyObject {
  readonly typeName: string
  readonly #name: string
  readonly #run: (args: Arguments, keywords: Keywords) => Value

  constructor(name: string, run: (args: Arguments, keywords: Keywords) => Value, typeName = 'builtin_function_or_method') {
    super()
    this.#name = name
    this.#run = run
    this.typeName = typeName
  }
  override repr(): string {
    return this.typeName === 'type' ? `<class '${this.#name}'>` : `<built-in method ${this.#name}>`
  }
  override call(args: Arguments, keywords: Keywords): Value {
    return this.#run(args, keywords)
  }
  override get isCallable(): boolean {
    return true
  }
}

/** Something that can be gone through once: what `map`, `select`, `batch` … give. */
export class Generator extends PyObject {
  readonly typeName: string
  readonly #iterator: Iterator<Value>

  constructor(iterator: Iterator<Value>, typeName = 'generator') {
    super()
    this.#iterator = iterator
    this.typeName = typeName
  }
  override iterate(): Iterator<Value> {
    return this.#iterator
  }
}

/** The text of a str or Markup, else null. */
export function textOf(value: Value): string | null {
  if (typeof value === 'string') return value
  return value instanceof Markup ? value.text : null
}
