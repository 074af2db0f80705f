// The functions every template has: range, dict, namespace, cycler, joiner, lipsum.

import { integerIn } from './integers.ts'
import { pythonError, typeError, valueError } from './jinja-error.ts'
import { Dict } from './dict.ts'
import { limitError } from './limits.ts'
import { fromKeys, makeDict, updateDict } from './methods-dict.ts'
import { bindArguments, signature } from './signature.ts'
import { PyFunction, PyObject, Range, Tuple, type Arguments, type Keywords, type Value } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'
import { typeName } from './type-name.ts'

function makeRange(args: Arguments, keywords: Keywords): Range {
  if (keywords.size > 0) throw typeError('range() takes no keyword arguments')
  if (args.length === 0) throw typeError('range expected at least 1 argument, got 0')
  if (args.length > 3) throw typeError(`range expected at most 3 arguments, got ${args.length}`)
  const bounds = args.map((arg) => {
    const value = integerIn(arg)
    if (value === null) throw typeError(`'${typeName(arg)}' object cannot be interpreted as an integer`)
    if (typeof value === 'bigint') throw limitError(`a bound of ${value} in a range`)
    return value
  })
  const [first = 0, second, step = 1] = bounds
  if (step === 0) throw valueError('range() arg 3 must not be zero')
  return second === undefined ? new Range(0, first, 1) : new Range(first, second, step)
}

class TypeObject extends PyFunction {
  readonly #attributes: ReadonlyMap<string, Value>
  constructor(name: string, make: (args: Arguments, keywords: Keywords) => Value, attributes: ReadonlyMap<string, Value> = new Map()) {
    super(name, make, 'type')
    this.#attributes = attributes
  }
  override attribute(name: string): Value | undefined {
    return this.#attributes.get(name)
  }
}

/** Variables that can be set from within a loop: `{% set ns.x = 1 %}`. */
export class Namespace extends PyObject {
  readonly typeName = 'Namespace'
  readonly #attributes: Dict
  constructor(attributes: Dict) {
    super()
    this.#attributes = attributes
  }
  override get qualifiedName(): string {
    return 'jinja2.utils.Namespace'
  }
  override repr(): string {
    return `<Namespace ${pythonRepr(this.#attributes)}>`
  }
  override attribute(name: string): Value | undefined {
    return this.#attributes.get(name)
  }
  assign(name: string, value: Value): void {
    this.#attributes.set(name, value)
  }
}

function makeNamespace(args: Arguments, keywords: Keywords): Namespace {
  const attributes = new Dict()
  updateDict('dict', attributes, args, keywords)
  return new Namespace(attributes)
}

class Cycler extends PyObject {
  readonly typeName = 'Cycler'
  readonly #items: Arguments
  #position = 0
  constructor(items: Arguments) {
    super()
    if (items.length === 0) throw pythonError('RuntimeError', 'at least one item has to be provided')
    this.#items = items
  }
  override get qualifiedName(): string {
    return 'jinja2.utils.Cycler'
  }
  override attribute(name: string): Value | undefined {
    if (name === 'items') return new Tuple(this.#items)
    if (name === 'pos') return this.#position
    if (name === 'current') return this.#items[this.#position]
    if (name === 'next') return new PyFunction('next', () => this.#next(), 'method')
    return name === 'reset' ? new PyFunction('reset', () => this.#reset(), 'method') : undefined
  }
  #next(): Value {
    const item = this.#items[this.#position]
    this.#position = (this.#position + 1) % this.#items.length
    return item
  }
  #reset(): null {
    this.#position = 0
    return null
  }
}

const JOINER = signature('Joiner.__init__', '', { sep: ', ' }, 1)

/** Called, it gives nothing the first time and its separator from then on. */
class Joiner extends PyObject {
  readonly typeName = 'Joiner'
  readonly #separator: Value
  #used = false
  constructor(separator: Value) {
    super()
    this.#separator = separator
  }
  override get qualifiedName(): string {
    return 'jinja2.utils.Joiner'
  }
  override attribute(name: string): Value | undefined {
    if (name === 'sep') return this.#separator
    return name === 'used' ? this.#used : undefined
  }
  override get isCallable(): boolean {
    return true
  }
  override call(): Value {
    if (this.#used) return this.#separator
    this.#used = true
    return ''
  }
}

function noKeywords(name: string, keywords: Keywords): void {
  const [first] = keywords.keys()
  if (first !== undefined) throw typeError(`${name}.__init__() got an unexpected keyword argument '${first}'`)
}

/** Jinja's own globals, by name. */
export const JINJA_GLOBALS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['range', new TypeObject('range', makeRange)],
  [
    'dict',
    new TypeObject('dict', makeDict, new Map([['fromkeys', new PyFunction('fromkeys', (args) => fromKeys(args[0], args[1] ?? null))]]))
  ],
  ['namespace', new TypeObject('jinja2.utils.Namespace', makeNamespace)],
  [
    'cycler',
    new TypeObject('jinja2.utils.Cycler', (args, keywords) => {
      noKeywords('Cycler', keywords)
      return new Cycler(args)
    })
  ],
  ['joiner', new TypeObject('jinja2.utils.Joiner', (args, keywords) => new Joiner(bindArguments(JOINER, args, keywords)[0]))],
  [
    'lipsum',
    new PyFunction('lipsum', () => {
      throw pythonError('TemplateRuntimeError', 'lipsum() is not available: its text is random')
    })
  ]
])
