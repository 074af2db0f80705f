// One client's slice of one data file, read as bulk bodies. Synchronous: the file is in the page cache, where it was or
// where `read-ahead` brings it while the bulk before is under way, and a body is made faster than a promise is settled.

import { RallyError } from '../core/errors.ts'
import type { ConflictingLines } from './action-lines.ts'
import { acquireDataFile, BLOCK_BYTES, releaseDataFile, type DataFile } from './data-file.ts'
import { lineLoops, RESERVED, SLACK } from './line-loops.ts'
import type { FileSlice } from './read-order.ts'
import { withConflictingLines } from './conflicting-body.ts'

/** What stands before each document: nothing (the file has it), one line, or lines with ids. */
export type Actions =
  | { readonly kind: 'in-file' }
  | { readonly kind: 'constant'; readonly line: Buffer }
  | { readonly kind: 'ids'; readonly lines: ConflictingLines }

export interface SliceReaderOptions {
  readonly path: string
  readonly slice: FileSlice
  readonly actions: Actions
  /** What to do with a file that has fewer lines than the track says: Elastic Rally just stops. */
  readonly shortFile: 'error' | 'stop'
  /** Whether a last line without a newline gets one: the server insists on it. */
  readonly finalNewline: boolean
  /** Where a body of so many bytes is put; default: new memory each time. */
  readonly memory?: (bytes: number) => Buffer
  /** By default what no server takes any more: 2 GiB. */
  readonly maxBodyBytes?: number
}

export interface Body {
  readonly body: Buffer
  readonly documents: number
}

const NEWLINE = Buffer.from('\n')
const MAX_BODY_BYTES = 2 ** 31 - 1
/** Until the first bulk has shown how long the lines are. */
const FIRST_GUESS_BYTES_PER_LINE = 512
const SPARE_BYTES = 1024

export class SliceReader {
  readonly #options: SliceReaderOptions
  readonly #file: DataFile
  readonly #linesEach: number
  #position: number
  #linesRead = 0
  #bytesPerLine = FIRST_GUESS_BYTES_PER_LINE
  /** The file ended inside a line. */
  #endsOpen = false

  /** Opens the file at the slice's first line; throws RallyError('corpus'). */
  constructor(options: SliceReaderOptions) {
    this.#options = options
    this.#file = acquireDataFile(options.path)
    this.#linesEach = options.slice.set.includesActionAndMetaData ? 2 : 1
    try {
      const position = this.#file.positionOf(options.slice.offsetLines)
      if (position === null && options.shortFile === 'error') throw this.#endsEarly()
      this.#position = position ?? this.#file.sizeBytes
    } catch (error) {
      releaseDataFile(this.#file)
      throw error
    }
  }

  /** The next documents as one body, fewer than `documents` at the end of the slice; null: none left. Throws RallyError('corpus'). */
  next(documents: number): Body | null {
    const { slice, actions, shortFile } = this.#options
    const wanted = Math.min(documents * this.#linesEach, slice.lines - this.#linesRead)
    if (wanted <= 0) return null
    const before = this.#position
    const prefix = actions.kind === 'constant' ? actions.line : null
    const { body, lines } = this.#copyLines(wanted, prefix)
    this.#linesRead += lines
    if (lines > 0) this.#bytesPerLine = (this.#position - before) / lines
    if (this.#linesRead < slice.lines) this.#file.expect(this.#position, Math.ceil(wanted * this.#bytesPerLine * 1.1))
    if (lines < wanted && shortFile === 'error') throw this.#endsEarly()
    if (lines === 0) return null
    const made = actions.kind === 'ids' ? withConflictingLines(body, actions.lines) : body
    return {
      body: this.#endsOpen && this.#options.finalNewline ? Buffer.concat([made, NEWLINE]) : made,
      documents: Math.floor(lines / this.#linesEach)
    }
  }

  close(): void {
    releaseDataFile(this.#file)
  }

  /** Up to `wanted` lines, each behind the prefix, in memory of their own. */
  #copyLines(wanted: number, prefix: Buffer | null): { body: Buffer; lines: number } {
    const loops = lineLoops()
    const prefixLength = prefix?.length ?? 0
    const inputAt = RESERVED + prefixLength + SLACK
    const outputAt = inputAt + BLOCK_BYTES + SLACK
    loops.reserve(outputAt)
    if (prefix !== null) loops.bytes.set(prefix, RESERVED)
    let missing = wanted
    let to = outputAt
    let insideLine = false
    for (let reads = 0; missing > 0; reads++) {
      const length = this.#file.read(inputAt, this.#guess(missing, reads), this.#position)
      if (length === 0) break
      if (to - outputAt > (this.#options.maxBodyBytes ?? MAX_BODY_BYTES)) throw this.#tooLarge(wanted)
      // Every line of the block may need its prefix.
      loops.reserve(to + length + Math.min(length + 1, missing) * prefixLength + 2 * SLACK)
      const request = { from: inputAt, end: inputAt + length, to, prefixAt: RESERVED, prefixLength, lines: missing, insideLine }
      const copied = loops.interleave(request)
      this.#position += copied.readTo - inputAt
      to = copied.writtenTo
      missing = copied.missing
      insideLine = copied.insideLine
    }
    this.#endsOpen = insideLine
    const { memory = newMemory } = this.#options
    const body = memory(to - outputAt)
    loops.bytes.copy(body, 0, outputAt, to)
    return { body, lines: wanted - missing + (insideLine ? 1 : 0) }
  }

  /** Bytes to read for so many lines: a little too many cost less than a second read; far longer lines are met in few steps. */
  #guess(lines: number, readsBefore: number): number {
    const guess = Math.ceil(lines * this.#bytesPerLine * 1.02) + SPARE_BYTES
    return Math.min(BLOCK_BYTES, guess * 2 ** Math.min(readsBefore, 20))
  }

  #tooLarge(lines: number): RallyError {
    const { path, slice } = this.#options
    const line = slice.offsetLines + this.#linesRead
    return new RallyError(
      'corpus',
      `a bulk of ${lines / this.#linesEach} documents of data file [${path}], from line ${line + 1} on, is larger than any server takes`,
      {
        hint: 'use a smaller bulk-size, and check that the file has one document a line'
      }
    )
  }

  #endsEarly(): RallyError {
    const { slice, path } = this.#options
    const expected = slice.set.numberOfDocuments * this.#linesEach
    return new RallyError(
      'corpus',
      `data file [${path}] ends before line ${slice.offsetLines + slice.lines}: expected [${expected}] lines`,
      {
        hint: `the track says that it holds ${slice.set.numberOfDocuments} documents; delete it so that it is fetched anew, or correct document-count`
      }
    )
  }
}

export function newMemory(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(bytes)
}
