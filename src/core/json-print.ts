// JsonValue → text, numbers as they were written.

import { JsonNumber } from './json.ts'

export interface PrintOptions {
  /** Spaces per level; 0 (default): one line without white space. */
  readonly indent?: number
  /** Default false: keys stay in their order. */
  readonly sortKeys?: boolean
}

/** Prints plain data; `undefined` members are left out, as JSON.stringify does; NaN and infinities become null. */
export function printJson(value: unknown, options: PrintOptions = {}): string {
  return print(value, options.indent ?? 0, options.sortKeys ?? false, '\n')
}

function print(value: unknown, indent: number, sortKeys: boolean, newline: string): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof JsonNumber) return /NaN|Infinity/.test(value.text) ? 'null' : value.text
  if (typeof value !== 'object') return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
  const inner = indent > 0 ? newline + ' '.repeat(indent) : ''
  const outer = indent > 0 ? newline : ''
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    const items = value.map((item) => print(item, indent, sortKeys, inner))
    return `[${inner}${items.join(`,${inner}`)}${outer}]`
  }
  const keys = Object.keys(value).filter((key) => (value as Record<string, unknown>)[key] !== undefined)
  if (keys.length === 0) return '{}'
  if (sortKeys) keys.sort()
  const colon = indent > 0 ? ': ' : ':'
  const members = keys.map((key) => {
    const member = (value as Record<string, unknown>)[key]
    return `${JSON.stringify(key)}${colon}${print(member, indent, sortKeys, inner)}`
  })
  return `{${inner}${members.join(`,${inner}`)}${outer}}`
}
