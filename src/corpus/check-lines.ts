// Whether a data file has as many lines as the track says; on the way, its offset table.

import { open, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { RallyError, systemCode } from '../core/errors.ts'
import { LineLoops, RESERVED, SLACK } from './line-loops.ts'
import { formatOffsetTable, LINES_PER_ENTRY, offsetTablePath, readOffsetTable, type OffsetEntry } from './offset-table.ts'
import { writeWhole } from './temporary-file.ts'

export interface CheckRequest {
  readonly path: string
  readonly expectedLines: number
  /** False: the folder is to stay as it is. */
  readonly writesTable: boolean
  readonly signal: AbortSignal
  readonly progress: (doneBytes: number, totalBytes: number) => void
}

export interface CheckedLines {
  /** The file begins with a byte order mark, which no server takes for JSON. */
  readonly hasByteOrderMark: boolean
}

interface Scan {
  readonly entries: readonly OffsetEntry[]
  readonly lines: number
}

const READ_BYTES = 1024 * 1024

/**
 * Counts the lines behind the last entry of a table that can be trusted, else all of them, and leaves a table behind.
 * Throws RallyError('corpus') if the number is not the expected one.
 */
export async function checkLines(request: CheckRequest): Promise<CheckedLines> {
  const { path, expectedLines, writesTable } = request
  const file = await open(path, 'r')
  try {
    const hasByteOrderMark = await beginsWithMark(file)
    const known = readOffsetTable(path)
    const last = known?.at(-1)
    if (last !== undefined && last.lines <= expectedLines && (await scan(request, file, last)).lines === expectedLines) {
      return { hasByteOrderMark }
    }
    const found = await scan(request, file, { lines: 0, byte: 0 })
    if (found.lines === expectedLines) {
      if (writesTable) await writeTable(path, found.entries)
      return { hasByteOrderMark }
    }
    if (writesTable) await rm(offsetTablePath(path), { force: true }).catch(() => {})
    throw new RallyError(
      'corpus',
      `data file [${path}] is not the one that the track describes: Expected [${expectedLines}] lines but got [${found.lines}]`,
      {
        hint: 'delete it so that it is fetched anew, or correct document-count in the track'
      }
    )
  } finally {
    await file.close()
  }
}

async function beginsWithMark(file: FileHandle): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(3), 0, 3, 0)
  return buffer.equals(Buffer.from([0xef, 0xbb, 0xbf]))
}

/** Lines up to the end of the file, on from an entry; a last line without its newline counts. */
async function scan(request: CheckRequest, file: FileHandle, from: OffsetEntry): Promise<Scan> {
  const loops = new LineLoops()
  loops.reserve(RESERVED + READ_BYTES + SLACK)
  const { size } = await file.stat()
  const entries: OffsetEntry[] = []
  let { lines, byte } = from
  let toNext = LINES_PER_ENTRY - (lines % LINES_PER_ENTRY)
  let endsOpen = false
  for (;;) {
    request.signal.throwIfAborted()
    const { bytesRead } = await file.read(loops.bytes, RESERVED, READ_BYTES, byte)
    if (bytesRead === 0) break
    const end = RESERVED + bytesRead
    for (let at = RESERVED; at < end;) {
      const found = loops.skip(at, end, toNext)
      lines += found > 0 ? toNext : toNext + found
      toNext = found > 0 ? LINES_PER_ENTRY : -found
      if (found > 0) entries.push({ lines, byte: byte + found - RESERVED })
      at = found > 0 ? found : end
    }
    endsOpen = loops.bytes[end - 1] !== 10
    byte += bytesRead
    request.progress(byte, size)
  }
  if (endsOpen) lines++
  if (entries.length === 0 && lines > 0) entries.push({ lines, byte: size })
  return { entries, lines }
}

/** Where nothing can be written, readers look for their lines themselves. */
async function writeTable(path: string, entries: readonly OffsetEntry[]): Promise<void> {
  try {
    await writeWhole(offsetTablePath(path), null, (table) => writeFile(table, formatOffsetTable(entries)))
  } catch (error) {
    const code = error instanceof RallyError ? systemCode(error.cause) : null
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw error
  }
}
