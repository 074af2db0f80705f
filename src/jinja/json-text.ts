// `tojson`: Python's json.dumps with sorted keys, made safe for HTML.

import { Dict } from './dict.ts'
import { isOrdered } from './compare.ts'
import { floatRepr } from './float-text.ts'
import { integerText } from './integers.ts'
import { typeError, valueError } from './jinja-error.ts'
import { limitError, MAX_CHARACTERS, spend, spendText } from './limits.ts'
import { PyFloat, Tuple, textOf, type Value, isList } from './python-values.ts'
import { sortValues } from './sort.ts'
import { typeName } from './type-name.ts'

/** JSON of a value with `<`, `>`, `&` and `'` as escapes; `indent` is what each level is indented by, null for one line. */
export function jsonText(value: Value, indent: string | null): string {
  const writer = new JsonWriter(indent)
  writer.write(value, indent === null ? '' : '\n')
  spendText(writer.text.length)
  return writer.text.replace(/[<>&']/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

class JsonWriter {
  text = ''
  readonly #indent: string | null
  readonly #parents = new Set<Value>()

  constructor(indent: string | null) {
    this.#indent = indent
  }

  write(value: Value, newline: string): void {
    spend(1)
    if (this.text.length > MAX_CHARACTERS) throw limitError(`a text of more than ${MAX_CHARACTERS} characters`)
    const scalar = scalarText(value)
    if (scalar !== null) this.text += scalar
    else if (isList(value)) this.#list(value, value, newline)
    else if (value instanceof Tuple) this.#list(value, value.items, newline)
    else if (value instanceof Dict) this.#dict(value, newline)
    else throw typeError(`Object of type ${typeName(value)} is not JSON serializable`)
  }

  #within(container: Value, write: () => void): void {
    if (this.#parents.has(container)) throw valueError('Circular reference detected')
    this.#parents.add(container)
    write()
    this.#parents.delete(container)
  }

  #list(container: Value, items: readonly Value[], newline: string): void {
    this.#members(
      '[]',
      container,
      newline,
      items.map((item) => (inner) => this.write(item, inner))
    )
  }

  #dict(dict: Dict, newline: string): void {
    const members = sortEntries([...dict.entries()]).map(([key, value]) => (inner: string): void => {
      this.text += `${keyText(key)}: `
      this.write(value, inner)
    })
    this.#members('{}', dict, newline, members)
  }

  /** The members of a list or dict, each written by its function, which is told how the lines within it begin. */
  #members(brackets: '[]' | '{}', container: Value, newline: string, members: readonly ((inner: string) => void)[]): void {
    if (members.length === 0) {
      this.text += brackets
      return
    }
    const inner = this.#indent === null ? '' : newline + this.#indent
    const comma = this.#indent === null ? ', ' : ','
    this.#within(container, () => {
      for (const [index, write] of members.entries()) {
        this.text += (index === 0 ? brackets.charAt(0) : comma) + inner
        write(inner)
      }
    })
    this.text += newline + brackets.charAt(1)
  }
}

function sortEntries(entries: [Value, Value][]): [Value, Value][] {
  const byKey = new Map(entries.map((entry) => [entry[0], entry] as const))
  if (entries.every(([key]) => typeof key === 'string')) {
    return (entries as [string, Value][]).sort(([a], [b]) => (a === b ? 0 : isOrdered('<', a, b) ? -1 : 1))
  }
  return sortValues([...byKey.keys()], (key) => key, false).map((key) => byKey.get(key)!)
}

function scalarText(value: Value): string | null {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number' || typeof value === 'bigint') return integerText(value)
  if (value instanceof PyFloat) return floatText(value.value)
  const text = textOf(value)
  return text === null ? null : quoted(text)
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? floatRepr(value) : value > 0 ? 'Infinity' : '-Infinity'
}

function keyText(key: Value): string {
  const text = textOf(key)
  if (text !== null) return quoted(text)
  if (key instanceof Tuple || scalarText(key) === null) {
    throw typeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`)
  }
  return `"${scalarText(key)}"`
}

/** A string literal in ASCII. */
function quoted(text: string): string {
  spendText(text.length)
  return JSON.stringify(text).replace(/[^\x00-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
