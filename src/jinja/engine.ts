// From what a caller hands over to an environment that can load and compile templates.

import { compileTemplate, type CompiledTemplate } from './compile-template.ts'
import { Environment, type Builtin } from './environment.ts'
import { JINJA_FILTERS } from './filters.ts'
import { JINJA_GLOBALS } from './globals.ts'
import { located } from './jinja-error.ts'
import { parseTemplate } from './parse-template.ts'
import type { Value } from './python-values.ts'
import { JINJA_TESTS } from './tests.ts'

export interface EngineParts {
  readonly globals: ReadonlyMap<string, Value>
  readonly filters: ReadonlyMap<string, Builtin>
  readonly tests: ReadonlyMap<string, Builtin>
  readonly load: ((name: string) => string | null) | null
}

/** Jinja's globals, filters and tests, and the caller's, which win. */
export function createEnvironment(parts: EngineParts): Environment {
  const { load } = parts
  const environment: Environment = new Environment({
    globals: new Map([...JINJA_GLOBALS, ...parts.globals]),
    filters: new Map([...JINJA_FILTERS, ...parts.filters]),
    tests: new Map([...JINJA_TESTS, ...parts.tests]),
    load: load === null ? null : (name) => loadTemplate(load(name), name, environment)
  })
  return environment
}

function loadTemplate(source: string | null, name: string, environment: Environment): CompiledTemplate | null {
  return source === null ? null : compileSource(source, name, environment)
}

/** Throws JinjaError. */
export function compileSource(source: string, name: string | null, environment: Environment): CompiledTemplate {
  try {
    return compileTemplate(parseTemplate(source, name), name, environment)
  } catch (error) {
    throw located(error, name, 1)
  }
}
