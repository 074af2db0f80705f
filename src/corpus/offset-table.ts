// `<data file>.offset`: where every 50,000th line of a data file begins, as Elastic Rally writes it (text lines
// `LINE;BYTE`: so many lines end before this byte). Files of fewer lines get one entry, their end, so that their
// count is remembered too; Elastic Rally reads such a table as well.

import { readFileSync, statSync } from 'node:fs'

export const LINES_PER_ENTRY = 50_000

export interface OffsetEntry {
  readonly lines: number
  readonly byte: number
}

const START: OffsetEntry = { lines: 0, byte: 0 }

export function offsetTablePath(dataFile: string): string {
  return `${dataFile}.offset`
}

export function formatOffsetTable(entries: readonly OffsetEntry[]): string {
  return entries.map((entry) => `${entry.lines};${entry.byte}\n`).join('')
}

/**
 * The entries of a data file's table, ascending; null if there is none that can be trusted: it must not be older than
 * the data, have at least one line, only numbers, and stay inside the file.
 */
export function readOffsetTable(dataFile: string): OffsetEntry[] | null {
  const path = offsetTablePath(dataFile)
  const data = statSync(dataFile)
  const table = statSync(path, { throwIfNoEntry: false })
  if (table === undefined || !table.isFile() || table.mtimeMs < data.mtimeMs) return null
  return parseOffsetTable(readFileSync(path, 'latin1'), data.size)
}

export function parseOffsetTable(text: string, sizeBytes: number): OffsetEntry[] | null {
  const entries: OffsetEntry[] = []
  let before = START
  for (const line of text.split('\n')) {
    if (line === '') continue
    const match = /^\s*(\d+);(\d+)\s*$/.exec(line)
    if (match === null) return null
    const entry = { lines: Number(match[1]), byte: Number(match[2]) }
    if (entry.lines < before.lines || entry.byte < before.byte || entry.byte > sizeBytes) return null
    entries.push(entry)
    before = entry
  }
  return entries.length === 0 ? null : entries
}

/** The last entry with at most `lines` lines before it. */
export function closestEntry(entries: readonly OffsetEntry[], lines: number): OffsetEntry {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle] ?? START).lines <= lines) low = middle + 1
    else high = middle
  }
  return entries[low - 1] ?? START
}
