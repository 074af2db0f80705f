// An open data file, shared by all clients of a thread that read it: positional reads need one descriptor only.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { systemClock } from '../core/clock.ts'
import { messageOf, RallyError } from '../core/errors.ts'
import { lineLoops, RESERVED, SLACK } from './line-loops.ts'
import { closestEntry, LINES_PER_ENTRY, readOffsetTable, type OffsetEntry } from './offset-table.ts'
import { ReadAhead } from './read-ahead.ts'

/** Bytes read at once: they stay in the processor's cache until they are copied. */
export const BLOCK_BYTES = 256 * 1024

export class DataFile {
  readonly path: string
  readonly sizeBytes: number
  readonly #fd: number
  /** From the offset table, and what was found while skipping; ascending. */
  readonly #entries: OffsetEntry[]
  readonly #ahead: ReadAhead
  users = 0

  constructor(path: string) {
    this.path = path
    let fd: number | null = null
    try {
      fd = openSync(path, 'r')
      this.#fd = fd
      this.#ahead = new ReadAhead(fd)
      this.sizeBytes = fstatSync(this.#fd).size
      this.#entries = readOffsetTable(path) ?? []
    } catch (error) {
      if (fd !== null) closeSync(fd)
      throw unreadable(path, error)
    }
  }

  /** Reads up to `length` bytes into the memory of the line loops; returns how many, 0 only at the file's end. */
  read(to: number, length: number, position: number): number {
    const beganMs = systemClock.monotonicMs()
    try {
      const bytes = readSync(this.#fd, lineLoops().bytes, to, length, position)
      this.#ahead.took(systemClock.monotonicMs() - beganMs)
      return bytes
    } catch (error) {
      throw unreadable(this.path, error)
    }
  }

  /** Byte at which line `line` (from 0) begins, or null if the file has fewer lines. */
  positionOf(line: number): number | null {
    let { lines, byte } = closestEntry(this.#entries, line)
    while (lines < line) {
      const step = Math.min(LINES_PER_ENTRY, line - lines)
      const next = this.#skip(byte, step)
      if (next === null) return null
      lines += step
      byte = next
      if (step === LINES_PER_ENTRY && lines > (this.#entries.at(-1)?.lines ?? 0)) this.#entries.push({ lines, byte })
    }
    return byte
  }

  /** What will be read next; returns at once. */
  expect(position: number, length: number): void {
    this.#ahead.expect(position, length)
  }

  close(): void {
    this.#ahead.close()
  }

  #skip(from: number, lines: number): number | null {
    const loops = lineLoops()
    loops.reserve(RESERVED + BLOCK_BYTES + SLACK)
    let missing = lines
    for (let position = from; ;) {
      const length = this.read(RESERVED, BLOCK_BYTES, position)
      // A last line without its newline is a line too; nothing can follow it.
      if (length === 0) return missing === 1 && position > from ? position : null
      const found = loops.skip(RESERVED, RESERVED + length, missing)
      if (found > 0) return position + found - RESERVED
      missing = -found
      position += length
    }
  }
}

const open = new Map<string, DataFile>()

/** The file, opened unless another reader of this thread has it open; throws RallyError('corpus'). */
export function acquireDataFile(path: string): DataFile {
  const file = open.get(path) ?? new DataFile(path)
  open.set(path, file)
  file.users++
  return file
}

export function releaseDataFile(file: DataFile): void {
  if (--file.users > 0) return
  open.delete(file.path)
  file.close()
}

function unreadable(path: string, cause: unknown): RallyError {
  return new RallyError('corpus', `cannot read data file [${path}]: ${messageOf(cause)}`, { cause })
}
