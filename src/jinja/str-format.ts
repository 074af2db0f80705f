// `str.format`: fields `{name.attr[0]!r:spec}` in a text.

import { escapeMarkup, escapeText } from './escape.ts'
import { formatValue } from './format-spec.ts'
import { pythonError, valueError } from './jinja-error.ts'
import { limitError, MAX_CHARACTERS, spendText } from './limits.ts'
import { Markup, type Arguments, type Value } from './python-values.ts'
import { pythonRepr, pythonText } from './python-repr.ts'
import { asciiRepr } from './text-repr.ts'

/** What a replacement field can name, and how its parts are looked up. */
export interface FormatSource {
  /** Null: there can be none (`format_map`). */
  readonly args: Arguments | null
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
    if (this.#source.args === null) throw valueError('Format string contains positional fields')
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
  throw valueError(`Unknown conversion specifier ${conversion}`)
}
