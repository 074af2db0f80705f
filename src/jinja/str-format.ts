// `str.format`: fields `{name.attr[0]!r:spec}` and Python's format specifications.

import { Dict } from './dict.ts'
import { escapeMarkup, escapeText } from './escape.ts'
import { exponentDigits } from './float-text.ts'
import { integerIn, integerText, numberIn, toDouble, type Integer } from './integers.ts'
import { pythonError, typeError, valueError } from './jinja-error.ts'
import { limitError, MAX_CHARACTERS, spendText } from './limits.ts'
import { floatDigits, integerDigits, layOut } from './number-format.ts'
import { Markup, PyFloat, PyObject, Undefined, textOf, type Arguments, type Value } from './python-values.ts'
import { pythonRepr, pythonText } from './python-repr.ts'
import { codePointCount, sliceText } from './python-text.ts'
import { asciiRepr } from './text-repr.ts'
import { typeName } from './type-name.ts'

/** What a replacement field can name, and how its parts are looked up. */
export interface FormatSource {
  readonly args: Arguments
  /** Throws KeyError for an unknown name. */
  readonly named: (name: string) => Value
  readonly attribute: (value: Value, name: string) => Value
  readonly item: (value: Value, key: Value) => Value
  readonly escapes: boolean
}

/** `template.format(…)`; throws ValueError, KeyError, IndexError as Python does. */
export function formatFields(template: string, source: FormatSource): string {
  return new FieldFormatter(source).format(template, 2)
}

class FieldFormatter {
  readonly #source: FormatSource
  #automatic = 0
  #numbering: 'automatic' | 'manual' | null = null

  constructor(source: FormatSource) {
    this.#source = source
  }

  format(template: string, levels: number): string {
    if (levels === 0) throw valueError('Max string recursion exceeded')
    spendText(template.length)
    let out = ''
    for (let at = 0; at < template.length;) {
      const brace = template.slice(at).search(/[{}]/)
      if (brace < 0) return out + template.slice(at)
      out += template.slice(at, at + brace)
      at += brace
      if (template[at] === template[at + 1]) {
        out += template[at]
        at += 2
        continue
      }
      if (template[at] === '}') throw valueError("Single '}' encountered in format string")
      const end = fieldEnd(template, at + 1)
      out += this.#field(template.slice(at + 1, end), levels)
      at = end + 1
      if (out.length > MAX_CHARACTERS) throw limitError(`a text of more than ${MAX_CHARACTERS} characters`)
    }
    return out
  }

  #field(field: string, levels: number): string {
    const match = /^((?:[^[\]!:]|\[[^\]]*\])*)(?:!([^:]*))?(?::([\s\S]*))?$/.exec(field)
    if (match === null) throw valueError("expected '}' before end of string")
    const [, name = '', conversion, spec = ''] = match
    if (conversion !== undefined && conversion.length !== 1) {
      throw valueError(
        conversion === '' ? 'end of string while looking for conversion specifier' : "expected ':' after conversion specifier"
      )
    }
    let value = this.#lookUp(name)
    if (conversion !== undefined) value = convertField(value, conversion)
    const text = formatValue(value, this.format(spec, levels - 1))
    if (!this.#source.escapes) return text
    return value instanceof Markup ? escapeMarkup(value) : escapeText(text)
  }

  #lookUp(path: string): Value {
    const first = /^[^.[]*/.exec(path)?.[0] ?? ''
    let value = this.#first(first)
    let rest = path.slice(first.length)
    while (rest !== '') {
      const part = /^\.([^.[]+)|^\[([^\]]+)\]/.exec(rest)
      if (part === null)
        throw valueError(
          /^\.|^\[\]/.test(rest) ? 'Empty attribute in format string' : "Only '.' or '[' may follow ']' in format field specifier"
        )
      const [whole, attribute, key = ''] = part
      value =
        attribute === undefined ? this.#source.item(value, /^\d+$/.test(key) ? Number(key) : key) : this.#source.attribute(value, attribute)
      rest = rest.slice(whole.length)
    }
    return value
  }

  #first(name: string): Value {
    if (name !== '' && !/^\d+$/.test(name)) return this.#source.named(name)
    const numbering = name === '' ? 'automatic' : 'manual'
    if (this.#numbering !== null && this.#numbering !== numbering) {
      throw valueError(
        numbering === 'manual'
          ? 'cannot switch from automatic field numbering to manual field specification'
          : 'cannot switch from manual field specification to automatic field numbering'
      )
    }
    this.#numbering = numbering
    const index = name === '' ? this.#automatic++ : Number(name)
    if (index >= this.#source.args.length)
      throw pythonError('IndexError', `Replacement index ${index} out of range for positional args tuple`)
    return this.#source.args[index]
  }
}

function fieldEnd(template: string, begin: number): number {
  let depth = 1
  for (let at = begin; at < template.length; at++) {
    if (template[at] === '{') depth++
    if (template[at] === '}' && --depth === 0) return at
  }
  throw valueError(begin >= template.length ? "Single '{' encountered in format string" : "expected '}' before end of string")
}

function convertField(value: Value, conversion: string): Value {
  if (conversion === 's') return pythonText(value)
  if (conversion === 'r') return pythonRepr(value)
  if (conversion === 'a') return asciiRepr(pythonRepr(value))
  throw valueError(`Unknown conversion specifier '${conversion}'`)
}

interface FormatSpec {
  readonly fill: string
  readonly align: string
  readonly sign: string
  readonly alternate: boolean
  readonly width: number
  readonly grouping: string
  /** -1: none. */
  readonly precision: number
  readonly type: string
}

const SPEC = /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([\s\S])?$/u

function parseSpec(text: string, value: Value): FormatSpec {
  const match = SPEC.exec(text)
  if (match === null) throw valueError(`Invalid format specifier '${text}' for object of type '${typeName(value)}'`)
  const [, fill, align, sign = '', , alternate, zero, width, grouping = '', precision, type = ''] = match
  const spec = {
    fill: fill ?? (zero !== undefined ? '0' : ' '),
    align: align ?? (zero !== undefined && typeof value !== 'string' ? '=' : ''),
    sign,
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping,
    precision: precision === undefined ? -1 : Number(precision),
    type
  }
  if (Math.max(spec.width, spec.precision) > MAX_CHARACTERS) throw limitError(`a text of more than ${MAX_CHARACTERS} characters`)
  return spec
}

/** Python's `format(value, spec)`. */
export function formatValue(value: Value, spec: string): string {
  if (spec === '') return pythonText(value)
  const text = textOf(value)
  if (text !== null) return formatText(text, parseSpec(spec, text))
  const number = numberIn(value)
  if (number === null) {
    const name =
      value instanceof PyObject || value instanceof Undefined ? typeName(value) : value instanceof Dict ? 'dict' : typeName(value)
    throw typeError(`unsupported format string passed to ${name}.__format__`)
  }
  const parsed = parseSpec(spec, value)
  if (number instanceof PyFloat) return formatFloat(number.value, parsed)
  const integer = integerIn(value) ?? 0
  if ('eEfFgG%'.includes(parsed.type) && parsed.type !== '') return formatFloat(toDouble(integer), parsed)
  return formatInteger(integer, parsed)
}

function unknownCode(type: string, name: string): Error {
  return valueError(`Unknown format code '${type}' for object of type '${name}'`)
}

function formatText(text: string, spec: FormatSpec): string {
  if (spec.type !== '' && spec.type !== 's') throw unknownCode(spec.type, 'str')
  if (spec.sign !== '')
    throw valueError(spec.sign === ' ' ? 'Space not allowed in string format specifier' : 'Sign not allowed in string format specifier')
  if (spec.alternate) throw valueError('Alternate form (#) not allowed in string format specifier')
  if (spec.align === '=') throw valueError("'=' alignment not allowed in string format specifier")
  if (spec.grouping !== '') throw valueError(`Cannot specify '${spec.grouping}' with 's'.`)
  return align('', spec.precision >= 0 ? sliceText(text, 0, spec.precision) : text, spec, '<')
}

function formatInteger(value: Integer, spec: FormatSpec): string {
  if (spec.precision >= 0) throw valueError('Precision not allowed in integer format specifier')
  if (spec.type === 'c') {
    if (spec.sign !== '') throw valueError("Sign not allowed with integer format specifier 'c'")
    if (value < 0 || value > 0x10ffff) throw pythonError('OverflowError', '%c arg not in range(0x110000)')
    return align('', String.fromCodePoint(Number(value)), spec, '<')
  }
  const base = ({ b: 2, o: 8, x: 16, X: 16, d: 10, n: 10, '': 10 } as const)[spec.type as 'b']
  if (base === undefined) throw unknownCode(spec.type, 'int')
  if (spec.grouping === ',' && base !== (10 as number)) throw valueError(`Cannot specify ',' with '${spec.type}'.`)
  const digits = (base as number) === 10 ? integerText(value).replace('-', '') : integerDigits(value, base)
  const prefix = spec.alternate && (base as number) !== 10 ? `0${spec.type}` : ''
  const upper = spec.type === 'X' ? digits.toUpperCase() : digits
  return align(signText(value < 0, spec) + prefix, upper, spec, '>', (base as number) === 10 ? 3 : 4)
}

function formatFloat(value: number, spec: FormatSpec): string {
  if (spec.type !== '' && !'eEfFgGn%'.includes(spec.type)) throw unknownCode(spec.type, 'float')
  const magnitude = Math.abs(value)
  const digits = spec.type === '' ? plainFloat(magnitude, spec) : typedFloat(magnitude, spec)
  const upper = 'EFG'.includes(spec.type) && spec.type !== '' ? digits.toUpperCase() : digits
  return align(signText(value < 0 || Object.is(value, -0), spec), upper, spec, '>', 3)
}

function typedFloat(magnitude: number, spec: FormatSpec): string {
  const precision = spec.precision < 0 ? 6 : spec.precision
  if (spec.type === '%') return `${floatDigits(magnitude * 100, 'f', precision, spec.alternate)}%`
  const style = spec.type === 'n' ? 'g' : (spec.type.toLowerCase() as 'f' | 'e' | 'g')
  return floatDigits(magnitude, style, precision, spec.alternate)
}

/** Without a type: repr, or with a precision like `g` but with at least one digit behind the point. */
function plainFloat(magnitude: number, spec: FormatSpec): string {
  if (!Number.isFinite(magnitude)) return floatDigits(magnitude, 'g', 6, false)
  if (spec.precision < 0) return pythonRepr(new PyFloat(magnitude))
  const significant = Math.min(Math.max(1, spec.precision), 1100)
  const [digits, exponent] = exponentDigits(magnitude, significant - 1)
  const text = layOut(digits, exponent, Math.max(1, significant - 1), spec.alternate)
  return /[.e]/.test(text) ? text : `${text}.0`
}

function signText(negative: boolean, spec: FormatSpec): string {
  if (negative) return '-'
  return spec.sign === '-' ? '' : spec.sign
}

/** Thousands and width; zeros that fill up to the width are grouped too. */
function align(sign: string, body: string, spec: FormatSpec, byDefault: '<' | '>', groupSize = 3): string {
  const side = spec.align === '' ? byDefault : spec.align
  let digits = spec.grouping === '' ? body : group(body, spec.grouping, groupSize)
  if (side === '=') {
    const width = spec.width - sign.length
    if (spec.fill === '0' && spec.grouping !== '') {
      const whole = /^[0-9a-fA-F]*/.exec(body)?.[0] ?? ''
      for (let padded = whole; codePointCount(digits) < width; padded = `0${padded}`) {
        digits = group(`0${padded}${body.slice(whole.length)}`, spec.grouping, groupSize)
      }
      return sign + digits
    }
    return sign + spec.fill.repeat(Math.max(0, width - codePointCount(digits))) + digits
  }
  const text = sign + digits
  const missing = Math.max(0, spec.width - codePointCount(text))
  const left = side === '<' ? 0 : side === '>' ? missing : missing >> 1
  return spec.fill.repeat(left) + text + spec.fill.repeat(missing - left)
}

function group(body: string, separator: string, size: number): string {
  const whole = /^[0-9a-fA-F]*/.exec(body)?.[0] ?? ''
  const parts: string[] = []
  for (let end = whole.length; end > 0; end -= size) parts.unshift(whole.slice(Math.max(0, end - size), end))
  return parts.join(separator) + body.slice(whole.length)
}
