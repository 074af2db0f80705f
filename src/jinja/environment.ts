// What all templates of one rendering share.

import type { Context, RenderBlock } from './context.ts'
import { merged, Context as TemplateContext } from './context.ts'
import { JinjaError, pythonError } from './jinja-error.ts'
import { deeper } from './limits.ts'
import { Output } from './output.ts'
import { isTrue } from './truth.ts'
import { itemsOf } from './iterate.ts'
import { pythonText } from './python-repr.ts'
import { Undefined, textOf, type Arguments, type Keywords, type Value } from './python-values.ts'
import { TemplateModule } from './template-objects.ts'

/** A filter or test: the piped value is the first argument. */
export type Builtin = (args: Arguments, keywords: Keywords, environment: Environment) => Value

export interface Template {
  readonly name: string | null
  readonly renderRoot: (context: Context, out: Output) => void
  readonly blocks: ReadonlyMap<string, RenderBlock>
}

export class Environment {
  readonly globals: ReadonlyMap<string, Value>
  readonly filters: ReadonlyMap<string, Builtin>
  readonly tests: ReadonlyMap<string, Builtin>
  readonly #load: ((name: string) => Template | null) | null
  readonly #templates = new Map<string, Template>()
  readonly #modules = new Map<Template, TemplateModule>()

  constructor(parts: {
    readonly globals: ReadonlyMap<string, Value>
    readonly filters: ReadonlyMap<string, Builtin>
    readonly tests: ReadonlyMap<string, Builtin>
    /** A compiled template, or null: there is none of that name. */
    readonly load: ((name: string) => Template | null) | null
  }) {
    this.globals = parts.globals
    this.filters = parts.filters
    this.tests = parts.tests
    this.#load = parts.load
  }

  /** The template of that name; throws TemplateNotFound. */
  template(name: Value): Template {
    if (name instanceof Undefined) name.fail()
    if (this.#load === null) throw pythonError('TypeError', 'no loader for this environment specified')
    const text = textOf(name) ?? pythonText(name)
    const known = this.#templates.get(text)
    if (known !== undefined) return known
    const template = this.#load(text)
    if (template === null) throw new JinjaError('not-found', text)
    this.#templates.set(text, template)
    return template
  }

  /** The first of several templates that exists. */
  firstTemplate(names: Value): Template {
    if (names instanceof Undefined) names.fail()
    if (!isTrue(names)) throw notFound('Tried to select from an empty list of templates.')
    const tried: string[] = []
    for (const name of itemsOf(names)) {
      if (name instanceof Undefined) {
        tried.push(name.message)
        continue
      }
      try {
        return this.template(name)
      } catch (error) {
        if (!(error instanceof JinjaError) || error.kind !== 'not-found') throw error
        tried.push(pythonText(name))
      }
    }
    throw notFound(`none of the templates given were found: ${tried.join(', ')}`)
  }

  /** One name or several. */
  templateFor(names: Value): Template {
    return textOf(names) !== null || names instanceof Undefined ? this.template(names) : this.firstTemplate(names)
  }

  /** A context of its own, that sees only globals. */
  newContext(template: Template): Context {
    return new TemplateContext(template.name, this.globals, template.blocks)
  }

  /** A context that sees what the including template sees. */
  sharedContext(template: Template, all: ReadonlyMap<string, Value>, locals: ReadonlyMap<string, Value | undefined>): Context {
    return new TemplateContext(template.name, merged(all, locals), template.blocks)
  }

  /** The template as imported without context: run once, however often it is imported. */
  module(template: Template): TemplateModule {
    let module = this.#modules.get(template)
    if (module === undefined) {
      module = this.runModule(template, this.newContext(template))
      this.#modules.set(template, module)
    }
    return module
  }

  runModule(template: Template, context: Context): TemplateModule {
    const out = new Output()
    deeper(() => template.renderRoot(context, out))
    const exports = new Map<string, Value>()
    for (const name of context.exported) {
      const value = context.vars.get(name)
      if (value !== undefined) exports.set(name, value)
    }
    return new TemplateModule(template.name, exports, out.text)
  }
}

function notFound(message: string): JinjaError {
  return new JinjaError('not-found', message, { type: 'TemplatesNotFound' })
}
