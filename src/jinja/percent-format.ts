// `text % values`: Python's printf-style formatting.

import { Dict } from './dict.ts'
import { escapeMarkup, escapeText } from './escape.ts'
import { integerIn, integerText, numberIn, toDouble, truncate, type Integer } from './integers.ts'
import { pythonError, typeError, valueError } from './jinja-error.ts'
import { limitError, MAX_CHARACTERS, spendText } from './limits.ts'
import { floatDigits, integerDigits } from './number-format.ts'
import { Markup, PyFloat, Range, Tuple, Undefined, textOf, type Value, isList } from './python-values.ts'
import { pythonRepr, pythonText } from './python-repr.ts'
import { codePointCount, sliceText } from './python-text.ts'
import { asciiRepr } from './text-repr.ts'
import { typeName } from './type-name.ts'

interface Spec {
  readonly flags: string
  readonly width: number
  /** -1: none. */
  readonly precision: number
  readonly conversion: string
}

/** `template % values`, of a str or a Markup (which escapes the values). */
export function formatPercent(template: Value, values: Value): Value {
  const formatter = new PercentFormatter(textOf(template) ?? '', values, template instanceof Markup)
  const text = formatter.run()
  return template instanceof Markup ? new Markup(text) : text
}

class PercentFormatter {
  readonly #template: string
  readonly #values: Value
  readonly #escapes: boolean
  #at = 0
  #used = 0
  #out = ''

  constructor(template: string, values: Value, escapes: boolean) {
    this.#template = template
    this.#values = values
    this.#escapes = escapes
  }

  run(): string {
    spendText(this.#template.length)
    for (;;) {
      const next = this.#template.indexOf('%', this.#at)
      this.#out += this.#template.slice(this.#at, next < 0 ? undefined : next)
      if (next < 0) break
      this.#at = next + 1
      if (this.#template[this.#at] === '%') {
        this.#out += '%'
        this.#at++
      } else this.#directive()
      if (this.#out.length > MAX_CHARACTERS) throw limitError(`a text of more than ${MAX_CHARACTERS} characters`)
    }
    const given = this.#values instanceof Tuple ? this.#values.items.length : isMapping(this.#values) ? 0 : 1
    if (this.#used < given) throw typeError('not all arguments converted during string formatting')
    spendText(this.#out.length)
    return this.#out
  }

  #directive(): void {
    const keyed = this.#template[this.#at] === '(' ? { value: this.#keyed() } : null
    const flags = this.#take(/[-+ #0]*/y)
    let width = this.#count()
    const leftByStar = width < 0
    width = Math.abs(width)
    let precision = -1
    if (this.#template[this.#at] === '.') {
      this.#at++
      precision = Math.max(0, this.#count())
    }
    this.#take(/[hlL]?/y)
    const conversion = String.fromCodePoint(this.#template.codePointAt(this.#at) ?? 0)
    if (this.#at >= this.#template.length) throw valueError('incomplete format')
    const offset = codePointCount(this.#template.slice(0, this.#at))
    this.#at += conversion.length
    if (Math.max(width, precision) > MAX_CHARACTERS) throw limitError(`a text of more than ${MAX_CHARACTERS} characters`)
    const value = keyed === null ? this.#next() : keyed.value
    if (!'sradiuoxXeEfFgGc'.includes(conversion)) {
      const code = (conversion.codePointAt(0) ?? 0).toString(16)
      throw valueError(`unsupported format character '${conversion}' (0x${code}) at index ${offset}`)
    }
    this.#out += convert(value, { flags: flags + (leftByStar ? '-' : ''), width, precision, conversion }, this.#escapes)
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#template)?.[0] ?? ''
    this.#at += text.length
    return text
  }

  /** A width or precision: digits, or `*` for the next value. */
  #count(): number {
    if (this.#template[this.#at] !== '*') return Number(this.#take(/\d*/y))
    this.#at++
    const value = integerIn(this.#next())
    if (value === null) throw typeError('* wants int')
    return Number(value)
  }

  #next(): Value {
    if (this.#values instanceof Tuple) {
      if (this.#used >= this.#values.items.length) throw typeError('not enough arguments for format string')
      return this.#values.items[this.#used++]
    }
    if (this.#used++ > 0) throw typeError('not enough arguments for format string')
    return this.#values
  }

  #keyed(): Value {
    if (!isMapping(this.#values)) throw typeError('format requires a mapping')
    let depth = 1
    const begin = this.#at + 1
    let end = begin
    for (; end < this.#template.length && depth > 0; end++) {
      if (this.#template[end] === '(') depth++
      if (this.#template[end] === ')') depth--
    }
    if (depth > 0) throw valueError('incomplete format key')
    this.#at = end
    const key = this.#template.slice(begin, end - 1)
    const mapping = this.#values
    if (mapping instanceof Undefined) mapping.fail()
    if (!(mapping instanceof Dict)) throw typeError(`${typeName(mapping)} indices must be integers or slices, not str`)
    const value = mapping.get(key)
    if (value === undefined) throw pythonError('KeyError', pythonRepr(key))
    return value
  }
}

/** What CPython's PyMapping_Check takes for one here. */
function isMapping(value: Value): boolean {
  return value instanceof Dict || isList(value) || value instanceof Range || value instanceof Undefined
}

function convert(value: Value, spec: Spec, escapes: boolean): string {
  if ('sra'.includes(spec.conversion)) {
    const text = convertText(value, spec.conversion, escapes)
    return pad('', spec.precision >= 0 ? sliceText(text, 0, spec.precision) : text, { ...spec, flags: spec.flags.replaceAll('0', '') })
  }
  if (spec.conversion === 'c') return pad('', character(value), { ...spec, flags: spec.flags.replaceAll('0', '') })
  return 'diuoxX'.includes(spec.conversion) ? convertInteger(value, spec) : convertFloat(value, spec)
}

function convertText(value: Value, conversion: string, escapes: boolean): string {
  if (conversion === 's') return escapes ? escapeMarkup(value) : pythonText(value)
  const repr = conversion === 'a' ? asciiRepr(pythonRepr(value)) : pythonRepr(value)
  return escapes ? escapeText(repr) : repr
}

function character(value: Value): string {
  const text = textOf(value)
  if (text !== null && codePointCount(text) === 1) return text
  const code = integerIn(value)
  if (code === null) throw typeError('%c requires int or char')
  if (code < 0 || code > 0x10ffff) throw pythonError('OverflowError', '%c arg not in range(0x110000)')
  return String.fromCodePoint(Number(code))
}

function convertInteger(value: Value, spec: Spec): string {
  const integer = integerFor(value, spec.conversion)
  const base = spec.conversion === 'o' ? 8 : spec.conversion === 'x' || spec.conversion === 'X' ? 16 : 10
  let digits = base === 10 ? integerText(integer).replace('-', '') : integerDigits(integer, base)
  digits = digits.padStart(Math.max(0, spec.precision), '0')
  let prefix = spec.flags.includes('#') && base !== 10 ? (base === 8 ? '0o' : '0x') : ''
  if (spec.conversion === 'X') {
    digits = digits.toUpperCase()
    prefix = prefix.toUpperCase()
  }
  return pad(signOf(integer < 0, spec) + prefix, digits, spec)
}

function integerFor(value: Value, conversion: string): Integer {
  const integer = integerIn(value)
  if (integer !== null) return integer
  if (value instanceof Undefined && 'diu'.includes(conversion)) value.fail()
  if (value instanceof PyFloat && 'diu'.includes(conversion)) return truncate(value.value)
  const wanted = 'diu'.includes(conversion) ? 'a real number' : 'an integer'
  throw typeError(`%${conversion} format: ${wanted} is required, not ${typeName(value)}`)
}

function convertFloat(value: Value, spec: Spec): string {
  if (value instanceof Undefined) value.fail()
  const number = numberIn(value)
  if (number === null) throw typeError(`must be real number, not ${typeName(value)}`)
  const double = toDouble(number)
  const style = spec.conversion.toLowerCase() as 'f' | 'e' | 'g'
  const digits = floatDigits(Math.abs(double), style, spec.precision < 0 ? 6 : spec.precision, spec.flags.includes('#'))
  const upper = spec.conversion !== style
  return pad(signOf(double < 0 || Object.is(double, -0), spec), upper ? digits.toUpperCase() : digits, spec)
}

function signOf(negative: boolean, spec: Spec): string {
  if (negative) return '-'
  if (spec.flags.includes('+')) return '+'
  return spec.flags.includes(' ') ? ' ' : ''
}

function pad(sign: string, body: string, spec: Spec): string {
  const missing = Math.max(0, spec.width - codePointCount(sign + body))
  if (spec.flags.includes('-')) return sign + body + ' '.repeat(missing)
  return spec.flags.includes('0') ? sign + '0'.repeat(missing) + body : ' '.repeat(missing) + sign + body
}
