// A text that is put together from several files, and which place of which file each of its lines came from.

export interface SourceSegment {
  readonly text: string
  readonly file: string
  /** Line of `file` on which the segment begins, from 1. */
  readonly firstLine: number
}

export interface SourcePlace {
  readonly file: string
  readonly line: number
}

export class SourceText {
  readonly text: string
  readonly #segments: readonly SourceSegment[]

  constructor(segments: readonly SourceSegment[]) {
    this.#segments = segments
    this.text = segments.map((segment) => segment.text).join('')
  }

  /** Offsets at which a piece of a file ends. */
  get segmentEnds(): number[] {
    let end = 0
    return this.#segments.map((segment) => (end += segment.text.length))
  }

  /** Where a line (from 1) of the whole text came from: the file of its first letter that is not a space. Null: there is no such line. */
  placeOfLine(line: number): SourcePlace | null {
    let begin = 0
    for (let i = 1; i < line; i++) {
      begin = this.text.indexOf('\n', begin) + 1
      if (begin === 0) return null
    }
    const end = this.text.indexOf('\n', begin)
    const content = this.text.slice(begin, end === -1 ? undefined : end).search(/\S/)
    return this.placeOfOffset(begin + Math.max(0, content))
  }

  /** Where a letter came from. Null: beyond the end of an empty text. */
  placeOfOffset(offset: number): SourcePlace | null {
    let begin = 0
    let last: SourcePlace | null = null
    for (const segment of this.#segments) {
      const inside = Math.min(offset - begin, segment.text.length)
      last = { file: segment.file, line: segment.firstLine + segment.text.slice(0, inside).split('\n').length - 1 }
      begin += segment.text.length
      if (offset < begin) return last
    }
    return last
  }
}
