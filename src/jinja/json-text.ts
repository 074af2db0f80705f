// `tojson`: Python's json.dumps with sorted keys, made safe for HTML.

import { Dict } from './dict.ts'
import { isOrdered } from './compare.ts'
import { floatRepr } from './float-text.ts'
import { integerText } from './integers.ts'
import { typeError, valueError } from './jinja-error.ts'
import { limitError, MAX_CHARACTERS, spend, spendText } from './limits.ts'
import { PyFloat, Tuple, textOf, type Value } from './python-values.ts'
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
    else if (Array.isArray(value)) this.#list(value, value, newline)
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
    this.#members('[', ']', newline, container, items.length, (index, inner) => this.write(items[index], inner))
  }

  #dict(dict: Dict, newline: string): void {
    const entries = sortEntries([...dict.entries()])
    this.#members('{', '}', newline, dict, entries.length, (index, inner) => {
      const [key, value] = entries[index]!
      this.text += `${keyText(key)}: `
      this.write(value, inner)
    })
  }

  #members(
    open: string,
    close: string,
    newline: string,
    container: Value,
    count: number,
    member: (index: number, inner: string) => void
  ): void {
    if (count === 0) {
      this.text += open + close
      return
    }
    const inner = this.#indent === null ? '' : newline + this.#indent
    this.#within(container, () => {
      for (let index = 0; index < count; index++) {
        this.text += (index === 0 ? open : this.#indent === null ? ', ' : ',') + inner
        member(index, inner)
      }
    })
    this.text += newline + close
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
