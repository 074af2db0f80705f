// str() and repr() of any value.

import { Dict, DictView } from './dict.ts'
import { floatRepr } from './float-text.ts'
import { integerText } from './integers.ts'
import { limitError, MAX_CHARACTERS, spend, spendText } from './limits.ts'
import { Markup, PyFloat, PyObject, Range, Tuple, Undefined, type Value, isList } from './python-values.ts'
import { textRepr } from './text-repr.ts'

/** Python's `str(value)`: what `{{ value }}` prints. */
export function pythonText(value: Value): string {
  if (typeof value === 'string') return value
  if (value instanceof Markup) return value.text
  if (value instanceof Undefined) return ''
  return value instanceof PyObject && !(value instanceof DictView) ? value.toText() : pythonRepr(value)
}

/** Python's `repr(value)`: texts in quotes. */
export function pythonRepr(value: Value): string {
  spend(1)
  if (typeof value === 'string') return textRepr(value)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number' || typeof value === 'bigint') return integerText(value)
  if (value instanceof PyFloat) return floatRepr(value.value)
  if (value instanceof Markup) return `Markup(${textRepr(value.text)})`
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof Range) return rangeRepr(value)
  if (value instanceof PyObject && !(value instanceof DictView)) return value.repr()
  return containerRepr(value)
}

/** Containers whose repr is being made: one that holds itself is cut short. */
const open = new Set<Value>()

function containerRepr(value: Value): string {
  if (open.has(value)) return value instanceof Dict ? '{...}' : isList(value) ? '[...]' : '(...)'
  open.add(value)
  try {
    if (isList(value)) return `[${joined(value, pythonRepr)}]`
    if (value instanceof Tuple) return `(${joined(value.items, pythonRepr)}${value.items.length === 1 ? ',' : ''})`
    if (value instanceof Dict) return `{${joined(value.entries(), ([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`)}}`
    if (value instanceof DictView) return `${value.typeName}([${joined(value.dict.entries(), (entry) => pythonRepr(value.pick(entry)))}])`
  } finally {
    open.delete(value)
  }
  throw new Error(`not a value of a template: ${typeof value}`)
}

function joined<T>(items: Iterable<T>, repr: (item: T) => string): string {
  let text = ''
  for (const item of items) {
    text += text === '' ? repr(item) : `, ${repr(item)}`
    if (text.length > MAX_CHARACTERS) throw limitError(`a text of more than ${MAX_CHARACTERS} characters`)
  }
  spendText(text.length)
  return text
}

function rangeRepr(range: Range): string {
  return range.step === 1 ? `range(${range.start}, ${range.stop})` : `range(${range.start}, ${range.stop}, ${range.step})`
}
