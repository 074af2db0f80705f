// Objects that templates get from the engine: macros, imported templates, blocks.

import type { Context, RenderBlock } from './context.ts'
import { pythonError, typeError } from './jinja-error.ts'
import { deeper } from './limits.ts'
import { Output } from './output.ts'
import { Dict } from './dict.ts'
import { PyObject, Tuple, Undefined, type Arguments, type Keywords, type Value } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'

export interface MacroShape {
  /** Null: the body of a `call` block. */
  readonly name: string | null
  readonly params: readonly string[]
  readonly catchesKeywords: boolean
  readonly catchesArguments: boolean
  readonly usesCaller: boolean
}

export class Macro extends PyObject {
  readonly typeName = 'Macro'
  readonly #shape: MacroShape
  readonly #run: (args: readonly (Value | undefined)[]) => string

  /** `run` takes one value per parameter (JavaScript's undefined: not given), then caller, keywords and more arguments if caught. */
  constructor(shape: MacroShape, run: (args: readonly (Value | undefined)[]) => string) {
    super()
    this.#shape = shape
    this.#run = run
  }

  override get qualifiedName(): string {
    return 'jinja2.runtime.Macro'
  }
  override repr(): string {
    return this.#shape.name === null ? '<Macro anonymous>' : `<Macro ${pythonRepr(this.#shape.name)}>`
  }
  override get isCallable(): boolean {
    return true
  }
  override attribute(name: string): Value | undefined {
    const shape = this.#shape
    if (name === 'name') return shape.name
    if (name === 'arguments') return new Tuple(shape.params)
    if (name === 'catch_kwargs') return shape.catchesKeywords
    if (name === 'catch_varargs') return shape.catchesArguments
    return name === 'caller' ? shape.usesCaller : undefined
  }

  override call(args: Arguments, keywords: Keywords): Value {
    const { params } = this.#shape
    const rest = new Map(keywords)
    const values: (Value | undefined)[] = args.slice(0, params.length)
    let foundCaller = values.length === params.length && params.includes('caller')
    for (const name of params.slice(values.length)) {
      values.push(rest.get(name))
      rest.delete(name)
      if (name === 'caller') foundCaller = true
    }
    if (this.#shape.usesCaller && !foundCaller) {
      values.push(rest.get('caller') ?? new Undefined('No caller defined'))
      rest.delete('caller')
    }
    this.#refuseRest(args.length, rest)
    if (this.#shape.catchesKeywords) values.push(Dict.from(rest))
    if (this.#shape.catchesArguments) values.push(new Tuple(args.slice(params.length)))
    return deeper(() => this.#run(values))
  }

  #refuseRest(given: number, rest: ReadonlyMap<string, Value>): void {
    const { params, name } = this.#shape
    const [unknown] = rest.keys()
    if (!this.#shape.catchesKeywords && unknown !== undefined) {
      if (rest.has('caller')) {
        throw typeError(`macro ${pythonRepr(name)} was invoked with two values for the special caller argument. This is most likely a bug.`)
      }
      throw typeError(`macro ${pythonRepr(name)} takes no keyword argument ${pythonRepr(unknown)}`)
    }
    if (!this.#shape.catchesArguments && given > params.length) {
      throw typeError(`macro ${pythonRepr(name)} takes not more than ${params.length} argument(s)`)
    }
  }
}

/** An imported template: its macros and variables, and as text what it renders. */
export class TemplateModule extends PyObject {
  readonly typeName = 'TemplateModule'
  readonly #name: string | null
  readonly #exports: ReadonlyMap<string, Value>
  readonly body: string

  constructor(name: string | null, exports: ReadonlyMap<string, Value>, body: string) {
    super()
    this.#name = name
    this.#exports = exports
    this.body = body
  }
  override get qualifiedName(): string {
    return 'jinja2.environment.TemplateModule'
  }
  override repr(): string {
    return `<TemplateModule ${this.#name === null ? 'memory' : pythonRepr(this.#name)}>`
  }
  override toText(): string {
    return this.body
  }
  override attribute(name: string): Value | undefined {
    return name === '__name__' ? this.#name : this.#exports.get(name)
  }
}

/** A block, as `super` or `self.name`: called, it renders. */
export class BlockReference extends PyObject {
  readonly typeName = 'BlockReference'
  readonly #name: string
  readonly #context: Context
  readonly #renderers: readonly RenderBlock[]
  readonly #depth: number

  constructor(name: string, context: Context, renderers: readonly RenderBlock[], depth: number) {
    super()
    this.#name = name
    this.#context = context
    this.#renderers = renderers
    this.#depth = depth
  }
  override get qualifiedName(): string {
    return 'jinja2.runtime.BlockReference'
  }
  override attribute(name: string): Value | undefined {
    if (name === 'name') return this.#name
    if (name !== 'super') return undefined
    return blockAt(this.#name, this.#context, this.#renderers, this.#depth + 1)
  }
  override get isCallable(): boolean {
    return true
  }
  override call(args: Arguments, keywords: Keywords): Value {
    const given = args.length + keywords.size
    if (given > 0) throw typeError(`BlockReference.__call__() takes 1 positional argument but ${given + 1} were given`)
    const out = new Output()
    deeper(() => this.#renderers[this.#depth]?.(this.#context, out))
    return out.text
  }
}

function blockAt(name: string, context: Context, renderers: readonly RenderBlock[], depth: number): Value {
  if (depth >= renderers.length) return new Undefined(`there is no parent block called ${pythonRepr(name)}.`)
  return new BlockReference(name, context, renderers, depth)
}

/** `super` within the given renderer of a block. */
export function superBlock(name: string, context: Context, current: RenderBlock): Value {
  const renderers = context.blocks.get(name) ?? []
  const index = renderers.indexOf(current)
  return index < 0 ? new Undefined(`there is no parent block called ${pythonRepr(name)}.`) : blockAt(name, context, renderers, index + 1)
}

/** `self` of a template: its blocks. */
export class TemplateReference extends PyObject {
  readonly typeName = 'TemplateReference'
  readonly #context: Context
  constructor(context: Context) {
    super()
    this.#context = context
  }
  override get qualifiedName(): string {
    return 'jinja2.runtime.TemplateReference'
  }
  override repr(): string {
    return `<TemplateReference ${pythonRepr(this.#context.templateName)}>`
  }
  override attribute(name: string): Value | undefined {
    const renderers = this.#context.blocks.get(name)
    return renderers === undefined ? undefined : new BlockReference(name, this.#context, renderers, 0)
  }
}

/** The first renderer of a block; a required one must have been overridden. */
export function renderBlock(name: string, required: boolean, context: Context, out: Output): void {
  const renderers = context.blocks.get(name) ?? []
  if (required && renderers.length <= 1) throw pythonError('TemplateRuntimeError', `Required block ${pythonRepr(name)} not found`)
  deeper(() => renderers[0]?.(context, out))
}
