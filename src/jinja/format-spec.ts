// Python's format specifications: `format(value, '>10.2f')`.

import { exponentDigits, floatRepr } from './float-text.ts'
import { integerIn, integerText, numberIn, toDouble, type Integer } from './integers.ts'
import { pythonError, typeError, valueError } from './jinja-error.ts'
import { limitError, MAX_CHARACTERS } from './limits.ts'
import { floatDigits, integerDigits, layOut } from './number-format.ts'
import { PyFloat, textOf, type Value } from './python-values.ts'
import { pythonText } from './python-repr.ts'
import { codePointCount, sliceText } from './python-text.ts'
import { typeName } from './type-name.ts'

interface FormatSpec {
  readonly fill: string
  /** `<`, `>`, `^`, `=` (between sign and digits), or empty: the type's own. */
  readonly align: string
  readonly sign: string
  readonly noNegativeZero: boolean
  readonly alternate: boolean
  readonly width: number
  readonly grouping: string
  /** -1: none. */
  readonly precision: number
  readonly type: string
}

const SPEC = /^(?:([^])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([^.])?$/u

const GROUPED = 'deEfFgG%'

function parseSpec(text: string, value: Value): FormatSpec {
  const match = SPEC.exec(text)
  if (match === null) {
    if (/\.(?!\d)/.test(text)) throw valueError('Format specifier missing precision')
    throw valueError(`Invalid format specifier '${text}' for object of type '${typeName(value)}'`)
  }
  const [, fill, side, sign = '', noNegativeZero, alternate, zero, width = '0', grouping = '', precision = '-1', type = ''] = match
  const spec: FormatSpec = {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: side ?? (zero !== undefined && typeof value !== 'string' ? '=' : ''),
    sign,
    noNegativeZero: noNegativeZero !== undefined,
    alternate: alternate !== undefined,
    width: Number(width),
    grouping,
    precision: Number(precision),
    type
  }
  if (grouping !== '' && !(grouping === ',' ? GROUPED : `${GROUPED}boxX`).includes(type)) {
    throw valueError(`Cannot specify '${grouping}' with '${type}'.`)
  }
  if (Math.max(spec.width, spec.precision) > MAX_CHARACTERS) throw limitError(`a text of more than ${MAX_CHARACTERS} characters`)
  return spec
}

/** Python's `format(value, spec)`; throws ValueError, or TypeError for values without formats of their own. */
export function formatValue(value: Value, spec: string): string {
  if (spec === '') return pythonText(value)
  const text = textOf(value)
  if (text !== null) return formatText(text, parseSpec(spec, text))
  const number = numberIn(value)
  if (number === null) throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`)
  const parsed = parseSpec(spec, value)
  if (number instanceof PyFloat) return formatFloat(number.value, parsed)
  const integer = integerIn(value) ?? 0
  return isOf(parsed.type, 'eEfFgG%') ? formatFloat(toDouble(integer), parsed) : formatInteger(integer, parsed, typeName(value))
}

function isOf(type: string, types: string): boolean {
  return type !== '' && types.includes(type)
}

function unknownCode(type: string, name: string): Error {
  return valueError(`Unknown format code '${type}' for object of type '${name}'`)
}

function formatText(text: string, spec: FormatSpec): string {
  if (spec.type !== '' && spec.type !== 's') throw unknownCode(spec.type, 'str')
  if (spec.sign !== '') throw valueError(`${spec.sign === ' ' ? 'Space' : 'Sign'} not allowed in string format specifier`)
  if (spec.alternate) throw valueError('Alternate form (#) not allowed in string format specifier')
  if (spec.align === '=') throw valueError("'=' alignment not allowed in string format specifier")
  if (spec.grouping !== '') throw valueError(`Cannot specify '${spec.grouping}' with 's'.`)
  if (spec.noNegativeZero) throw valueError('Negative zero coercion (z) not allowed in string format specifier')
  return pad({ sign: '', body: spec.precision >= 0 ? sliceText(text, 0, spec.precision) : text, side: '<' }, spec)
}

const BASES: Readonly<Record<string, 2 | 8 | 10 | 16>> = { b: 2, o: 8, x: 16, X: 16, d: 10, n: 10, '': 10 }

function formatInteger(value: Integer, spec: FormatSpec, name: string): string {
  if (spec.noNegativeZero) throw valueError('Negative zero coercion (z) not allowed in integer format specifier')
  if (spec.precision >= 0) throw valueError('Precision not allowed in integer format specifier')
  if (spec.type === 'c') return formatCharacter(value, spec)
  const base = BASES[spec.type]
  if (base === undefined) throw unknownCode(spec.type, name)
  const digits = base === 10 ? integerText(value).replace('-', '') : integerDigits(value, base)
  const prefix = spec.alternate && base !== 10 ? `0${spec.type}` : ''
  const body = spec.type === 'X' ? digits.toUpperCase() : digits
  return pad({ sign: signText(value < 0, spec) + prefix, body, side: '>', groupSize: base === 10 ? 3 : 4 }, spec)
}

function formatCharacter(value: Integer, spec: FormatSpec): string {
  if (spec.sign !== '') throw valueError("Sign not allowed with integer format specifier 'c'")
  if (value < 0 || value > 0x10ffff) throw pythonError('OverflowError', '%c arg not in range(0x110000)')
  return pad({ sign: '', body: String.fromCodePoint(Number(value)), side: '<' }, spec)
}

function formatFloat(value: number, spec: FormatSpec): string {
  if (spec.type !== '' && !isOf(spec.type, 'eEfFgGn%')) throw unknownCode(spec.type, 'float')
  const magnitude = Math.abs(value)
  const digits = spec.type === '' ? plainFloat(magnitude, spec) : typedFloat(magnitude, spec)
  const body = isOf(spec.type, 'EFG') ? digits.toUpperCase() : digits
  const negative = value < 0 || Object.is(value, -0)
  const hidden = spec.noNegativeZero && !/[1-9ina]/i.test(digits)
  return pad({ sign: signText(negative && !hidden, spec), body, side: '>' }, spec)
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
  if (spec.precision < 0) return floatRepr(magnitude)
  const significant = Math.min(Math.max(1, spec.precision), 1100)
  const [digits, exponent] = exponentDigits(magnitude, significant - 1)
  const text = layOut(digits, exponent, spec.precision === 0 ? 1 : spec.precision - 1, spec.alternate)
  return /[.e]/.test(text) ? text : `${text}.0`
}

function signText(negative: boolean, spec: FormatSpec): string {
  if (negative) return '-'
  return spec.sign === '-' ? '' : spec.sign
}

interface Unpadded {
  readonly sign: string
  readonly body: string
  /** Where it stands if the specification does not say. */
  readonly side: '<' | '>'
  readonly groupSize?: number
}

/** Thousands and width; zeros that fill up to the width are grouped too. */
function pad({ sign, body, side, groupSize = 3 }: Unpadded, spec: FormatSpec): string {
  const digits = spec.grouping === '' ? body : group(body, spec.grouping, groupSize)
  const missing = Math.max(0, spec.width - codePointCount(sign + digits))
  const where = spec.align === '' ? side : spec.align
  if (where === '=') {
    if (spec.fill === '0' && spec.grouping !== '') return sign + groupedZeros(body, spec.width - sign.length, spec.grouping, groupSize)
    return sign + spec.fill.repeat(missing) + digits
  }
  const left = where === '<' ? 0 : where === '>' ? missing : missing >> 1
  return spec.fill.repeat(left) + sign + digits + spec.fill.repeat(missing - left)
}

function groupedZeros(body: string, width: number, separator: string, size: number): string {
  const rest = body.length - wholePart(body).length
  const wanted = Math.max(0, width - rest)
  // So many digits that, with a separator after each `size`, they are at least as wide as wanted.
  const digits = wanted - Math.floor(wanted / (size + 1))
  return group('0'.repeat(Math.max(0, digits - wholePart(body).length)) + body, separator, size)
}

function wholePart(body: string): string {
  return /^[0-9a-fA-F]*/.exec(body)?.[0] ?? ''
}

function group(body: string, separator: string, size: number): string {
  const whole = wholePart(body)
  const parts: string[] = []
  const first = whole.length % size
  if (first > 0) parts.push(whole.slice(0, first))
  for (let begin = first; begin < whole.length; begin += size) parts.push(whole.slice(begin, begin + size))
  return parts.join(separator) + body.slice(whole.length)
}
