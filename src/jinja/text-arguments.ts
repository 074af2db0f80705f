// Arguments of str's methods.

import { indexIn } from './iterate.ts'
import { typeError } from './jinja-error.ts'
import { textOf, type Value } from './python-values.ts'
import { typeName } from './type-name.ts'

export type Given = Value | undefined

/** A str; TypeError in the words of the method. */
export function requireText(value: Given, message: (type: string) => string): string {
  const text = value === undefined ? null : textOf(value)
  if (text === null) throw typeError(message(typeName(value ?? null)))
  return text
}

/** An int; for undefined arguments of Jinja the TypeError Python gives for an object that is no int. */
export function requireCount(value: Given, fallback: number): number {
  if (value === undefined) return fallback
  const index = indexIn(value)
  if (index === null) throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`)
  return index
}

/** A bound of a slice: an int or None. */
export function sliceBound(value: Given, fallback: number): number {
  if (value === undefined || value === null) return fallback
  const index = indexIn(value)
  if (index === null) throw typeError('slice indices must be integers or None or have an __index__ method')
  return index
}

/** Bounds as Python takes them: negative ones from the end, cut to the length. */
export function clampBounds(length: number, begin: Given, end: Given): [begin: number, end: number] {
  const from = sliceBound(begin, 0)
  const to = sliceBound(end, length)
  return [Math.max(0, from < 0 ? from + length : from), Math.min(length, Math.max(0, to < 0 ? to + length : to))]
}
