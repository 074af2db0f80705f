// What tables of filters and tests are made of.

import type { Builtin, Environment } from './environment.ts'
import { typeError } from './jinja-error.ts'
import type { Value } from './python-values.ts'
import { bindArguments, type Signature } from './signature.ts'

/** A filter or test written in Python. */
export function filter(target: Signature, run: (values: readonly Value[], environment: Environment) => Value): Builtin {
  return (args, keywords, environment) => run(bindArguments(target, args, keywords), environment)
}

/** A function of Python's own with one argument: `len`, `abs`. */
export function builtin(name: string, run: (value: Value) => Value): Builtin {
  return (args, keywords) => {
    if (keywords.size > 0) throw typeError(`${name}() takes no keyword arguments`)
    if (args.length !== 1) throw typeError(`${name}() takes exactly one argument (${args.length} given)`)
    return run(args[0])
  }
}

/** A function of Python's `operator` with two arguments. */
export function operatorFunction(name: string, run: (a: Value, b: Value) => Value): Builtin {
  return (args, keywords) => {
    if (keywords.size > 0) throw typeError(`${name}() takes no keyword arguments`)
    if (args.length !== 2) throw typeError(`${name} expected 2 arguments, got ${args.length}`)
    return run(args[0], args[1])
  }
}
