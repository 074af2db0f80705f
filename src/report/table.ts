// Rows → text: markdown and plain tables as Python's tabulate 0.8.9 draws them, CSV as Python's csv module writes it.

import { cellText, columnKind, digitsAfterPoint, plainText, withoutColors, type Cell } from './cell.ts'

export type { Cell } from './cell.ts'

export type NumbersAlign = 'right' | 'center' | 'left' | 'decimal'

export interface TableOptions {
  /** `pipe`: markdown; `simple`: columns under dashes. */
  readonly format: 'pipe' | 'simple'
  readonly numbersAlign: NumbersAlign
  readonly textAlign: 'left' | 'right'
  /** Default true: texts that read as numbers are numbers. A list of ids and hashes says false. */
  readonly parseNumbers?: boolean
}

/** Elastic Rally's markdown table, ending with a newline. */
export function markdownTable(headers: readonly string[], rows: readonly (readonly Cell[])[], numbersAlign: NumbersAlign): string {
  return `${drawTable(headers, rows, { format: 'pipe', numbersAlign, textAlign: 'right' })}\n`
}

/** RFC 4180 with CRLF; null is an empty field, floats keep all digits. */
export function csvTable(headers: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [headers, ...rows].map((row) => `${csvRow(row.map(csvField))}\r\n`).join('')
}

// A lone empty field is quoted: an empty line would be no row at all.
function csvRow(fields: readonly string[]): string {
  return fields.length === 1 && fields[0] === '' ? '""' : fields.join(',')
}

function csvField(cell: Cell): string {
  const text = plainText(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Without a newline at its end. Wide characters count as one column. */
export function drawTable(headers: readonly string[], rows: readonly (readonly Cell[])[], options: TableOptions): string {
  const columnCount = Math.max(0, ...rows.map((row) => row.length))
  const columns = Array.from({ length: columnCount }, (_, at) =>
    drawColumn(
      headers[at] ?? '',
      rows.map((row) => row[at] ?? null),
      options
    )
  )
  // Without rows there are no columns to align by: only headers.
  const drawn = columnCount > 0 ? columns : headers.map((name) => emptyColumn(name, options))
  const lines = options.format === 'pipe' ? pipeLines(drawn, rows.length) : simpleLines(drawn, rows.length)
  return lines.join('\n')
}

interface Column {
  readonly header: string
  readonly width: number
  /** null: of no known kind. */
  readonly align: NumbersAlign | null
  /** Lines of each cell, all of the column's width. */
  readonly cells: readonly (readonly string[])[]
}

/** A header keeps this much room beside it. */
const MIN_PADDING = 2

function emptyColumn(name: string, options: TableOptions): Column {
  const width = textWidth(name) + MIN_PADDING
  return { header: pad(name, width, options.textAlign), width, align: null, cells: [] }
}

function drawColumn(name: string, cells: readonly Cell[], options: TableOptions): Column {
  const kind = columnKind(cells, options.parseNumbers ?? true)
  const align = kind === 'int' || kind === 'float' ? options.numbersAlign : options.textAlign
  const texts = aligned(
    cells.map((cell) => cellText(cell, kind)),
    align
  )
  const width = Math.max(textWidth(name) + MIN_PADDING, ...texts.map(textWidth))
  return {
    header: pad(name, width, align),
    width,
    align,
    cells: texts.map((text) => linesOf(text).map((line) => pad(line, width, align)))
  }
}

/** For decimal alignment, spaces after each number bring the points below each other. */
function aligned(texts: readonly string[], align: NumbersAlign): readonly string[] {
  if (align !== 'decimal') return texts.map((text) => text.trim())
  const digits = texts.map((text) => digitsAfterPoint(withoutColors(text)))
  const most = Math.max(...digits)
  return texts.map((text, at) => text + ' '.repeat(most - (digits[at] ?? most)))
}

const LINE_END = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/

function linesOf(text: string): readonly string[] {
  if (!/[\r\n]/.test(text)) return [text]
  const lines = text.split(LINE_END)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function textWidth(text: string): number {
  return Math.max(...text.split(/[\r\n]/).map(lineWidth))
}

function lineWidth(line: string): number {
  return [...withoutColors(line)].length
}

function pad(line: string, width: number, align: NumbersAlign): string {
  const missing = Math.max(width - lineWidth(line), 0)
  if (align === 'left') return line + ' '.repeat(missing)
  if (align === 'center') return ' '.repeat(missing >> 1) + line + ' '.repeat(missing - (missing >> 1))
  return ' '.repeat(missing) + line
}

function pipeLines(columns: readonly Column[], rowCount: number): readonly string[] {
  const row = (cells: readonly string[]): string => `|${cells.map((cell) => ` ${cell} `).join('|')}|`
  const rule = `|${columns.map((column) => pipeRule(column)).join('|')}|`
  return [row(columns.map((column) => column.header)), rule, ...rowLines(columns, rowCount, row)]
}

function pipeRule({ width, align }: Column): string {
  const dashes = (count: number): string => '-'.repeat(count)
  if (align === null) return dashes(width + 2)
  if (align === 'left') return `:${dashes(width + 1)}`
  return align === 'center' ? `:${dashes(width)}:` : `${dashes(width + 1)}:`
}

function simpleLines(columns: readonly Column[], rowCount: number): readonly string[] {
  const row = (cells: readonly string[]): string => cells.join('  ').trimEnd()
  const rule = columns.map((column) => '-'.repeat(column.width)).join('  ')
  return [row(columns.map((column) => column.header)), rule, ...rowLines(columns, rowCount, row)]
}

/** A row is as high as its highest cell; the others get blank lines below. */
function rowLines(columns: readonly Column[], rowCount: number, row: (cells: readonly string[]) => string): readonly string[] {
  return Array.from({ length: rowCount }, (_, at) => at).flatMap((at) => {
    const height = Math.max(...columns.map((column) => column.cells[at]?.length ?? 0))
    return Array.from({ length: height }, (_, line) => row(columns.map((column) => column.cells[at]?.[line] ?? ' '.repeat(column.width))))
  })
}
