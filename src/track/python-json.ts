// JSON as Python's json.dumps prints it: ASCII only, floats in Python's digits.

import { isObject, JsonNumber, type JsonValue } from '../core/json.ts'
import { pythonText } from '../core/python-number.ts'

export function pythonJson(value: JsonValue, indent: number): string {
  return print(value, indent, '\n')
}

function print(value: JsonValue, indent: number, outer: string): string {
  if (typeof value === 'string') return quoted(value)
  // Python knows no negative zero among its integers.
  if (value instanceof JsonNumber) return value.text === '-0' ? '0' : pythonText(value)
  if (typeof value === 'number') return pythonText(value)
  const inner = outer + ' '.repeat(indent)
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map((item) => print(item, indent, inner))
    return items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}${outer}]`
  }
  if (isObject(value)) {
    const members = Object.entries(value).map(([key, member]) => `${quoted(key)}: ${print(member, indent, inner)}`)
    return members.length === 0 ? '{}' : `{${inner}${members.join(`,${inner}`)}${outer}}`
  }
  if (value === null) return 'null'
  return value === true ? 'true' : 'false'
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
