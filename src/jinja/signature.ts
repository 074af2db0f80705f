// Binding the arguments of a call to parameters, with Python's words for what does not fit.

import { typeError } from './jinja-error.ts'
import { pythonRepr } from './python-repr.ts'
import type { Arguments, Keywords, Value } from './python-values.ts'

export interface Signature {
  /** As Python's messages call the function. */
  readonly name: string
  readonly required: readonly string[]
  readonly optional: readonly string[]
  readonly defaults: readonly Value[]
  /** Arguments that Jinja passes itself (environment, context): Python counts them in its messages. */
  readonly hidden: number
}

export function signature(name: string, required: string, optional: Readonly<Record<string, Value>> = {}, hidden = 0): Signature {
  const names = required === '' ? [] : required.split(' ')
  return { name, required: names, optional: Object.keys(optional), defaults: Object.values(optional), hidden }
}

/** One value per parameter, required ones first; throws TypeError. */
export function bindArguments(target: Signature, args: Arguments, keywords: Keywords): Value[] {
  const names = [...target.required, ...target.optional]
  const fail = (what: string): never => {
    throw typeError(`${target.name}() ${what}`)
  }
  const bound: (Value | undefined)[] = args.slice(0, names.length)
  while (bound.length < names.length) bound.push(undefined)
  for (const [name, value] of keywords) {
    const index = names.indexOf(name)
    if (index < 0) fail(`got an unexpected keyword argument ${pythonRepr(name)}`)
    if (bound[index] !== undefined) fail(`got multiple values for argument ${pythonRepr(name)}`)
    bound[index] = value
  }
  if (args.length > names.length) fail(tooMany(target, args.length))
  const missing = target.required.filter((_, index) => bound[index] === undefined)
  if (missing.length > 0) fail(`missing ${missing.length} required positional argument${missing.length > 1 ? 's' : ''}: ${listed(missing)}`)
  return bound.map((value, index) => (value === undefined ? target.defaults[index - target.required.length] : value))
}

function tooMany(target: Signature, given: number): string {
  const least = target.required.length + target.hidden
  const most = least + target.optional.length
  const takes = least === most ? `${most} positional argument${most === 1 ? '' : 's'}` : `from ${least} to ${most} positional arguments`
  const all = given + target.hidden
  return `takes ${takes} but ${all} ${all === 1 ? 'was' : 'were'} given`
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => pythonRepr(name))
  if (quoted.length < 3) return quoted.join(' and ')
  return `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`
}
