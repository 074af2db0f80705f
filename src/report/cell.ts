// Cells of a table: what kind of value each is, and its text. The rules are those of Python's tabulate 0.8.9, which
// Elastic Rally prints with: a text that reads as a number is one.

import { JsonNumber } from '../core/json.ts'
import { generalText, isPythonFloat, pythonText, type PythonNumber } from '../core/python-number.ts'

export type Cell = string | PythonNumber | boolean | null

/** From the most special to the most general; a column is as general as its most general cell. */
const KINDS = ['none', 'bool', 'int', 'float', 'text'] as const
export type CellKind = (typeof KINDS)[number]

const COLORS = /\u001b\[\d+[;\d]*m|\u001b\[\d*;\d*;\d*m/g

export function withoutColors(text: string): string {
  return text.replace(COLORS, '')
}

/** What a column of these cells is taken for; texts are never numbers where `parseNumbers` is false. */
export function columnKind(cells: readonly Cell[], parseNumbers: boolean): CellKind {
  // An empty column is one of booleans there: it is aligned as text.
  const kinds = cells.map((cell) => KINDS.indexOf(kindOf(cell, parseNumbers)))
  return KINDS[Math.max(1, ...kinds)] ?? 'text'
}

function kindOf(cell: Cell, parseNumbers: boolean): CellKind {
  if (cell === null) return 'none'
  if (typeof cell === 'boolean') return 'bool'
  if (typeof cell === 'number' || cell instanceof JsonNumber) return isPythonFloat(cell) ? 'float' : 'int'
  const text = withoutColors(cell)
  if (text === 'True' || text === 'False') return 'bool'
  if (!parseNumbers) return 'text'
  if (isIntText(text)) return 'int'
  return isNumberText(text) ? 'float' : 'text'
}

const INT = /^\s*[+-]?\p{Nd}+(?:_\p{Nd}+)*\s*$/u
const FLOAT = /^\s*[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?\s*$/
const NON_FINITE: ReadonlyMap<string, number> = new Map([
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['nan', Number.NaN]
])

function isIntText(text: string): boolean {
  return INT.test(text)
}

function isNumberText(text: string): boolean {
  if (NON_FINITE.has(text.toLowerCase())) return true
  return FLOAT.test(text) && Number.isFinite(numberIn(text))
}

function numberIn(text: string): number {
  return NON_FINITE.get(text.toLowerCase()) ?? Number(text.replaceAll('_', ''))
}

/** The text of a cell in a column of `kind`; in a column of floats every number is cut to six digits. */
export function cellText(cell: Cell, kind: CellKind): string {
  if (cell === null) return ''
  if (kind !== 'float') return plainText(cell)
  if (typeof cell !== 'string') return generalText(Number(cell))
  const raw = withoutColors(cell)
  return cell.replace(raw, generalText(numberIn(raw)))
}

/** Python's `str()`. */
export function plainText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return cell
  if (typeof cell === 'boolean') return cell ? 'True' : 'False'
  return pythonText(cell).replace('Infinity', 'inf').replace('NaN', 'nan')
}

/** Digits after the decimal point, or after the `e` where there is none; −1 without either. */
export function digitsAfterPoint(text: string): number {
  if (isIntText(text) || !isNumberText(text)) return -1
  const point = text.lastIndexOf('.')
  const at = point >= 0 ? point : text.toLowerCase().lastIndexOf('e')
  return at < 0 ? -1 : text.length - at - 1
}
