// Which variables a template takes from outside.

import { createEnvironment, compileSource } from './engine.ts'
import type { Builtin } from './environment.ts'
import { metered } from './limits.ts'
import { JINJA_GLOBALS } from './globals.ts'

export interface KnownNames {
  /** Globals besides Jinja's own (`range`, `namespace` …): never counted. */
  readonly globals?: Iterable<string>
  /** Filters and tests besides Jinja's own, which the template may use. */
  readonly filters?: Iterable<string>
  readonly tests?: Iterable<string>
}

/** Jinja's `meta.find_undeclared_variables`: a name first set within an `if` counts too; throws JinjaError for a broken template. */
export function declaredVariables(source: string, known: KnownNames = {}): Set<string> {
  const environment = createEnvironment({
    globals: new Map(),
    filters: named(known.filters),
    tests: named(known.tests),
    load: null
  })
  const { undeclared } = metered(() => compileSource(source, null, environment))
  const globals = new Set([...JINJA_GLOBALS.keys(), ...(known.globals ?? [])])
  return new Set([...undeclared].filter((name) => !globals.has(name)))
}

function named(names: Iterable<string> = []): Map<string, Builtin> {
  return new Map([...names].map((name) => [name, () => null]))
}
