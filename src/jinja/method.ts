// Methods of Python's built-in types: what a table of them holds, and how one is bound to its value.

import { typeError } from './jinja-error.ts'
import { PyFunction, type Arguments, type Keywords, type Value } from './python-values.ts'

export interface Method<Self> {
  readonly least: number
  readonly most: number
  /** Names of arguments that may be given by name, in order. */
  readonly names: readonly string[]
  readonly run: (self: Self, args: readonly (Value | undefined)[], keywords: Keywords) => Value
}

/** Any number of arguments by position and name. */
const ANY = Number.POSITIVE_INFINITY

export function method<Self>(least: number, most: number, run: Method<Self>['run'], names = ''): Method<Self> {
  return { least, most, run, names: names === '' ? [] : names.split(' ') }
}

export function freeMethod<Self>(run: Method<Self>['run']): Method<Self> {
  return { least: 0, most: ANY, run, names: [] }
}

/** The method as a callable value; `type` is Python's name of the value's type. */
export function boundMethod<Self>(type: string, name: string, self: Self, target: Method<Self>): PyFunction {
  return new PyFunction(`${name} of ${type} object`, (args, keywords) => {
    if (target.most === ANY) return target.run(self, args, keywords)
    return target.run(self, bound(`${type}.${name}`, target, args, keywords), keywords)
  })
}

function bound<Self>(name: string, target: Method<Self>, args: Arguments, keywords: Keywords): readonly (Value | undefined)[] {
  const all: (Value | undefined)[] = [...args]
  for (const [keyword, value] of keywords) {
    if (target.names.length === 0) throw typeError(`${name}() takes no keyword arguments`)
    const index = target.names.indexOf(keyword)
    const short = name.slice(name.indexOf('.') + 1)
    if (index < 0) throw typeError(`'${keyword}' is an invalid keyword argument for ${short}()`)
    if (index < args.length) throw typeError(`argument for ${short}() given by name ('${keyword}') and position (${index + 1})`)
    all[index] = value
  }
  if (args.length < target.least && keywords.size === 0) throw arity(name, target, args.length)
  if (args.length > target.most) throw arity(name, target, args.length)
  return all
}

function arity<Self>(name: string, target: Method<Self>, given: number): Error {
  if (target.most === 0) return typeError(`${name}() takes no arguments (${given} given)`)
  if (target.least === 1 && target.most === 1) return typeError(`${name}() takes exactly one argument (${given} given)`)
  const [side, count] = given < target.least ? ['least', target.least] : ['most', target.most]
  const short = name.slice(name.indexOf('.') + 1)
  return typeError(`${short} expected at ${side} ${count} argument${count === 1 ? '' : 's'}, got ${given}`)
}
