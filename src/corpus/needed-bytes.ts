// Which bytes of a data file must be there so that some of its lines can be read.

import { closestEntry, readOffsetTable, type OffsetEntry } from './offset-table.ts'

export interface LineRange {
  /** Lines before it. */
  readonly offsetLines: number
  readonly lines: number
}

export interface NeededBytes {
  readonly ranges: readonly (readonly [from: number, to: number])[]
  /** Entries of the offset table by which a reader finds the lines without a look at other bytes. */
  readonly table: readonly OffsetEntry[]
}

/** Whole lines, from one entry of the offset table to another; the whole file where there is none. */
export function bytesOfLines(dataFile: string, sizeBytes: number, lines: readonly LineRange[]): NeededBytes {
  const entries = readOffsetTable(dataFile)
  if (entries === null) return { ranges: [[0, sizeBytes]], table: [] }
  const ranges = merged(lines).map((range) => rangeOf(entries, range, sizeBytes))
  const table = entries.filter(({ byte }) => ranges.some(([from, to]) => byte >= from && byte <= to))
  return { ranges, table }
}

/** Ascending, none touches another: the slices of neighbours are one. */
function merged(lines: readonly LineRange[]): LineRange[] {
  const ranges: { offsetLines: number; lines: number }[] = []
  for (const { offsetLines, lines: count } of lines.filter((range) => range.lines > 0).sort((a, b) => a.offsetLines - b.offsetLines)) {
    const last = ranges.at(-1)
    const end = last === undefined ? -1 : last.offsetLines + last.lines
    if (last === undefined || offsetLines > end) ranges.push({ offsetLines, lines: count })
    else last.lines = Math.max(end, offsetLines + count) - last.offsetLines
  }
  return ranges
}

function rangeOf(entries: readonly OffsetEntry[], { offsetLines, lines }: LineRange, sizeBytes: number): readonly [number, number] {
  const end = entries.find((entry) => entry.lines >= offsetLines + lines)
  return [closestEntry(entries, offsetLines).byte, end?.byte ?? sizeBytes]
}
