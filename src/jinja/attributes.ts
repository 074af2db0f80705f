// `value.name`, `value[key]` and slices: only what is listed in the tables of methods can be reached.

import { Dict } from './dict.ts'
import { lengthOf, indexIn } from './iterate.ts'
import { pythonError, typeError, valueError } from './jinja-error.ts'
import { isInteger } from './integers.ts'
import { spendItems } from './limits.ts'
import { boundMethod, freeMethod, method, type Method } from './method.ts'
import { DICT_METHODS } from './methods-dict.ts'
import { LIST_METHODS, RANGE_METHODS, TUPLE_METHODS } from './methods-list.ts'
import { markupMethod } from './methods-markup.ts'
import { numberAttribute } from './methods-number.ts'
import { TEXT_METHODS } from './methods-text.ts'
import { Markup, PyFloat, PyObject, Range, Tuple, Undefined, textOf, type Value, isList } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'
import { codePoints, isWide, sliceText } from './python-text.ts'
import { formatFields } from './str-format.ts'
import { sliceBound } from './text-arguments.ts'
import { describeType, typeName } from './type-name.ts'

/** Python's getattr: the attribute, or JavaScript's undefined when there is none. */
export function attributeOf(value: Value, name: string): Value | undefined {
  if (value instanceof Undefined) value.fail()
  if (value instanceof PyObject) return value.attribute(name)
  if (value instanceof Dict) return methodOf(value, name, DICT_METHODS.get(name))
  if (typeof value === 'string') return methodOf(value, name, TEXT_METHODS.get(name) ?? FORMAT_METHODS.get(name))
  if (isList(value)) return methodOf(value, name, LIST_METHODS.get(name))
  if (value instanceof Tuple) return value.attribute(name) ?? methodOf(value, name, TUPLE_METHODS.get(name))
  if (value instanceof Markup) return methodOf(value, name, markupMethod(name) ?? MARKUP_FORMAT_METHODS.get(name))
  if (value instanceof Range) {
    if (name === 'start' || name === 'stop' || name === 'step') return value[name]
    return methodOf(value, name, RANGE_METHODS.get(name))
  }
  if (isInteger(value) || typeof value === 'boolean' || value instanceof PyFloat) return numberAttribute(value, name)
  return undefined
}

function methodOf<Self extends Value>(self: Self, name: string, found: Method<Self> | null | undefined): Value | undefined {
  return found === undefined || found === null ? undefined : boundMethod(typeName(self), name, self, found)
}

/** Python's `value[key]`, or JavaScript's undefined where Python raises LookupError or TypeError. */
export function itemOf(value: Value, key: Value): Value | undefined {
  if (value instanceof Undefined) value.fail()
  if (value instanceof Dict) return isList(key) || key instanceof Dict ? undefined : value.get(key)
  const length = value instanceof PyObject ? null : lengthOf(value)
  const index = indexIn(key)
  if (length === null || index === null) return undefined
  const at = index < 0 ? index + length : index
  if (at < 0 || at >= length) return undefined
  if (isList(value)) return value[at]
  if (value instanceof Tuple) return value.items[at]
  if (value instanceof Range) return value.at(at)
  const text = textOf(value)
  if (text === null) return undefined
  const char = isWide(text) ? codePoints(text)[at] : text[at]
  return value instanceof Markup ? new Markup(char ?? '') : char
}

/** Jinja's `value.name`: the attribute, else the item, else an undefined value. */
export function lookUpAttribute(value: Value, name: string): Value {
  const attribute = attributeOf(value, name)
  if (attribute !== undefined) return attribute
  const item = itemOf(value, name)
  return item === undefined ? noSuch(value, name) : item
}

/** Jinja's `value[key]`: the item, else the attribute of that name, else an undefined value. */
export function lookUpItem(value: Value, key: Value): Value {
  const item = itemOf(value, key)
  if (item !== undefined) return item
  const name = textOf(key)
  const attribute = name === null ? undefined : attributeOf(value, name)
  return attribute === undefined ? noSuch(value, key) : attribute
}

export function noSuch(value: Value, key: Value): Undefined {
  const type = describeType(value)
  const name = textOf(key)
  return new Undefined(
    name === null ? `${type} has no element ${pythonRepr(key)}` : `${pythonRepr(type)} has no attribute ${pythonRepr(name)}`
  )
}

/** Python's `value[start:stop:step]`; throws TypeError for what cannot be sliced. */
export function sliceOf(value: Value, start: Value, stop: Value, step: Value): Value {
  if (value instanceof Undefined) value.fail()
  if (value instanceof Dict) throw typeError("unhashable type: 'slice'")
  const text = textOf(value)
  const length = text === null && (value instanceof PyObject || value === null) ? null : lengthOf(value)
  if (length === null) throw typeError(`'${typeName(value)}' object is not subscriptable`)
  const [from, to, stride] = sliceIndices(length, start, stop, step)
  if (value instanceof Range) return new Range(value.at(from), value.start + to * value.step, value.step * stride)
  if (text === null) return sliceItems(value, from, to, stride)
  const cut = stride === 1 ? sliceText(text, from, Math.max(from, to)) : pick(codePoints(text), from, to, stride).join('')
  return value instanceof Markup ? new Markup(cut) : cut
}

function sliceItems(value: Value, from: number, to: number, stride: number): Value {
  if (value instanceof Tuple) return new Tuple(pick(value.items, from, to, stride))
  return isList(value) ? pick(value, from, to, stride) : null
}

function pick<T>(items: readonly T[], from: number, to: number, stride: number): T[] {
  const picked: T[] = []
  for (let i = from; stride > 0 ? i < to : i > to; i += stride) picked.push(items[i]!)
  spendItems(picked.length)
  return picked
}

/** Python's `slice.indices(length)`. */
function sliceIndices(length: number, start: Value, stop: Value, step: Value): [from: number, to: number, stride: number] {
  const stride = sliceBound(step, 1)
  if (stride === 0) throw valueError('slice step cannot be zero')
  const [low, high] = stride > 0 ? [0, length] : [-1, length - 1]
  const bound = (value: Value, fallback: number): number => {
    const index = sliceBound(value, fallback)
    if (value === null) return fallback
    return Math.min(high, Math.max(low, index < 0 ? index + length : index))
  }
  return [bound(start, stride > 0 ? low : high), bound(stop, stride > 0 ? high : low), stride]
}

function strictAttribute(value: Value, name: string): Value {
  const found = attributeOf(value, name)
  if (found === undefined) throw pythonError('AttributeError', `'${typeName(value)}' object has no attribute '${name}'`)
  return found
}

function strictItem(value: Value, key: Value): Value {
  const found = itemOf(value, key)
  if (found !== undefined) return found
  if (value instanceof Dict) throw pythonError('KeyError', pythonRepr(key))
  if (lengthOf(value) === null || value instanceof PyObject) throw typeError(`'${typeName(value)}' object is not subscriptable`)
  if (indexIn(key) === null && textOf(value) !== null) throw typeError(`string indices must be integers, not '${typeName(key)}'`)
  if (indexIn(key) === null) throw typeError(`${typeName(value)} indices must be integers or slices, not ${typeName(key)}`)
  throw pythonError('IndexError', `${typeName(value)} index out of range`)
}

function formatWith(template: string, escapes: boolean, args: readonly Value[] | null, named: (name: string) => Value): Value {
  const text = formatFields(template, { args, named, attribute: strictAttribute, item: strictItem, escapes })
  return escapes ? new Markup(text) : text
}

function keyError(name: string): never {
  throw pythonError('KeyError', pythonRepr(name))
}

function formatMethods<Self>(textIn: (self: Self) => string, escapes: boolean): ReadonlyMap<string, Method<Self>> {
  return new Map<string, Method<Self>>([
    [
      'format',
      freeMethod((self, args, keywords) =>
        formatWith(textIn(self), escapes, args, (name) => (keywords.has(name) ? keywords.get(name) : keyError(name)))
      )
    ],
    ['format_map', method(1, 1, (self, [mapping]) => formatWith(textIn(self), escapes, null, (name) => strictItem(mapping, name)))]
  ])
}

const FORMAT_METHODS = formatMethods((self: string) => self, false)
const MARKUP_FORMAT_METHODS = formatMethods((self: Markup) => self.text, true)
