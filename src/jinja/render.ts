// The one seam of the template engine: Jinja2's language with Python's values.

import { compileSource, createEnvironment } from './engine.ts'
import type { Builtin } from './environment.ts'
import { located } from './jinja-error.ts'
import { metered } from './limits.ts'
import { Output } from './output.ts'
import { adopt, toTemplateValue, type Value } from './value.ts'

export { JinjaError, type JinjaErrorKind } from './jinja-error.ts'

/** What a template may see and do; nothing else is reachable from it. */
export interface RenderOptions {
  /** Names visible in every template, imported and included ones too. JSON values or Jinja values. */
  readonly globals: Readonly<Record<string, unknown>>
  /** Source of an imported or included template, or null: Jinja's TemplateNotFound. Absent: none can be loaded. */
  readonly load?: (name: string) => string | null
  /** Filters and tests besides Jinja's own, by name. */
  readonly filters?: Readonly<Record<string, JinjaFunction>>
  readonly tests?: Readonly<Record<string, JinjaFunction>>
}

/** Positional arguments (the piped value first) and keyword arguments, as Jinja values. */
export type JinjaFunction = (args: readonly Value[], keywords: ReadonlyMap<string, Value>) => unknown

/** The rendered text; throws JinjaError with template and line. `name` is what errors call the template. */
export function render(source: string, options: RenderOptions & { readonly name?: string }): string {
  const name = options.name ?? null
  return metered(() => {
    const environment = createEnvironment({
      globals: new Map(Object.entries(options.globals).map(([global, value]) => [global, toTemplateValue(value)])),
      filters: builtins(options.filters),
      tests: builtins(options.tests),
      load: options.load ?? null
    })
    const template = compileSource(source, name, environment)
    const out = new Output()
    try {
      template.renderRoot(environment.newContext(template), out)
    } catch (error) {
      throw located(error, name, 1)
    }
    return out.text
  })
}

function builtins(functions: Readonly<Record<string, JinjaFunction>> = {}): Map<string, Builtin> {
  return new Map(Object.entries(functions).map(([name, run]) => [name, (args, keywords) => adopt(run(args, keywords))]))
}
