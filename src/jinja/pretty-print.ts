// Python's pprint.pformat: a repr with sorted keys, broken over lines that are longer than 80 characters.

import { isOrdered } from './compare.ts'
import { Dict } from './dict.ts'
import { JinjaError } from './jinja-error.ts'
import { spend } from './limits.ts'
import { isList, Tuple, type Value } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'
import { codePointCount, splitLines } from './python-text.ts'
import { sortValues } from './sort.ts'
import { textRepr } from './text-repr.ts'

const WIDTH = 80

export function prettyPrint(value: Value): string {
  const sorted = withSortedKeys(value, [])
  return print(sorted, { indent: 0, allowance: 0, level: 1 })
}

interface Place {
  /** Column in which the value begins. */
  readonly indent: number
  /** Characters that follow it on its last line. */
  readonly allowance: number
  readonly level: number
}

/** A copy whose dicts are in order of their keys, if they have one. */
function withSortedKeys(value: Value, parents: readonly Value[]): Value {
  spend(1)
  if (parents.includes(value)) return value
  const inner = [...parents, value]
  if (isList(value)) return value.map((item) => withSortedKeys(item, inner))
  if (value instanceof Tuple) return new Tuple(value.items.map((item) => withSortedKeys(item, inner)))
  if (!(value instanceof Dict)) return value
  const entries = [...value.entries()].map(([key, item]): [Value, Value] => [key, withSortedKeys(item, inner)])
  return Dict.from(sortEntries(entries))
}

function sortEntries(entries: [Value, Value][]): [Value, Value][] {
  try {
    const keys = new Map(entries.map((entry) => [entry[0], entry]))
    if (entries.length > 1 && entries[0] !== undefined && entries[1] !== undefined) isOrdered('<', entries[0][0], entries[1][0])
    return sortValues([...keys.keys()], (key) => key, false).map((key) => keys.get(key)!)
  } catch (error) {
    if (error instanceof JinjaError && error.type === 'TypeError') return entries
    throw error
  }
}

function print(value: Value, place: Place): string {
  const repr = pythonRepr(value)
  if (codePointCount(repr) <= WIDTH - place.indent - place.allowance) return repr
  if (typeof value === 'string') return printText(value, place)
  if (isList(value)) return `[${printItems(value, { ...place, allowance: place.allowance + 1 })}]`
  if (value instanceof Tuple) {
    const end = value.items.length === 1 ? ',)' : ')'
    return `(${printItems(value.items, { ...place, allowance: place.allowance + end.length })}${end}`
  }
  return value instanceof Dict ? `{${printEntries(value, { ...place, allowance: place.allowance + 1 })}}` : repr
}

function printItems(items: readonly Value[], place: Place): string {
  const indent = place.indent + 1
  const printed = items.map((item, index) =>
    print(item, { indent, allowance: index === items.length - 1 ? place.allowance : 1, level: place.level + 1 })
  )
  return printed.join(`,\n${' '.repeat(indent)}`)
}

function printEntries(dict: Dict, place: Place): string {
  const indent = place.indent + 1
  const entries = [...dict.entries()].map(([key, value], index) => {
    const name = pythonRepr(key)
    const allowance = index === dict.size - 1 ? place.allowance : 1
    return `${name}: ${print(value, { indent: indent + codePointCount(name) + 2, allowance, level: place.level + 1 })}`
  })
  return entries.join(`,\n${' '.repeat(indent)}`)
}

/** A long text as several literals, broken at white space and after newlines. */
function printText(text: string, place: Place): string {
  const indent = place.level === 1 ? place.indent + 1 : place.indent
  const allowance = place.level === 1 ? place.allowance + 1 : place.allowance
  const lines = splitLines(text, true)
  const chunks = lines.flatMap((line, index) => chunksOf(line, WIDTH - indent, index === lines.length - 1 ? allowance : 0))
  const [only] = chunks
  if (chunks.length === 1 && only !== undefined) return only
  const joined = chunks.join(`\n${' '.repeat(indent)}`)
  return place.level === 1 ? `(${joined})` : joined
}

function chunksOf(line: string, width: number, allowance: number): string[] {
  const whole = textRepr(line)
  if (codePointCount(whole) <= width - allowance) return [whole]
  const parts = (line.match(/\S*\s*/g) ?? []).filter((part) => part !== '')
  const chunks: string[] = []
  let current = ''
  for (const [index, part] of parts.entries()) {
    const limit = index === parts.length - 1 ? width - allowance : width
    if (codePointCount(textRepr(current + part)) > limit) {
      if (current !== '') chunks.push(textRepr(current))
      current = part
    } else current += part
  }
  if (current !== '') chunks.push(textRepr(current))
  return chunks
}
