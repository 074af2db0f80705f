// Stage one of templating: `{{ rally.collect(parts="ops/*.json") }}` is replaced by the texts of the files, before any Jinja.

import { dirname } from 'node:path'
import { FileProblem, joinPath, type TrackFolder } from './file-text.ts'
import { glob } from './glob.ts'
import { SourceText } from './source-text.ts'

/** Elastic Rally's own expression: double quotes, at least one space on both sides, nothing else. Anything else is left to the macro. */
const COLLECT = /\{\{ +?rally\.collect\(parts="([^\n]+?(?="))"\) +?\}\}/g

const MAX_CHARACTERS = 64 * 1024 * 1024

/** What could not be assembled, with its place. */
export class AssemblyError extends Error {
  readonly file: string
  readonly line: number
  constructor(file: string, line: number, message: string) {
    super(message)
    this.name = 'AssemblyError'
    this.file = file
    this.line = line
  }
}

export interface Assembled {
  readonly source: SourceText
  /** `collect` expressions that match no file: allowed, but most likely a slip. */
  readonly empty: readonly { readonly file: string; readonly line: number; readonly pattern: string }[]
}

/**
 * The text of a file with everything it collects. Patterns are relative to the folder `base`; those in collected files to the folder
 * part of the pattern that found them. Throws FileProblem for the file itself, AssemblyError for what it collects.
 */
export function assemble(folder: TrackFolder, file: string, base: string): Assembled {
  const assembler = new Assembler(folder)
  assembler.add(file, base, [])
  return { source: new SourceText(assembler.segments), empty: assembler.empty }
}

interface Segment {
  readonly text: string
  readonly file: string
  readonly firstLine: number
}

class Assembler {
  readonly segments: Segment[] = []
  readonly empty: { file: string; line: number; pattern: string }[] = []
  readonly #folder: TrackFolder
  #characters = 0

  constructor(folder: TrackFolder) {
    this.#folder = folder
  }

  /** `chain`: the files that are being collected right now. */
  add(path: string, base: string, chain: readonly string[]): void {
    const text = this.#folder.read(path)
    const file = this.#folder.nameOf(path)
    let from = 0
    let line = 1
    const copyUpTo = (end: number): void => {
      const part = text.slice(from, end)
      this.#push({ text: part, file, firstLine: line })
      line += part.split('\n').length - 1
      from = end
    }
    for (const match of text.matchAll(COLLECT)) {
      copyUpTo(match.index)
      this.#collect(match[1] ?? '', base, { file, line, chain: [...chain, file] })
      from += match[0].length
    }
    copyUpTo(text.length)
  }

  #collect(pattern: string, base: string, at: { file: string; line: number; chain: readonly string[] }): void {
    const fullPattern = joinPath(base, pattern)
    try {
      const paths = glob(this.#folder, fullPattern)
      if (paths.length === 0) this.empty.push({ file: at.file, line: at.line, pattern })
      for (const [i, path] of paths.entries()) {
        const name = this.#folder.nameOf(path)
        if (at.chain.includes(name))
          throw new AssemblyError(at.file, at.line, `[${name}] collects itself: ${[...at.chain, name].join(' → ')}`)
        if (i > 0) this.#push({ text: ',\n', file: at.file, firstLine: at.line })
        this.add(path, dirname(fullPattern), at.chain)
      }
    } catch (error) {
      if (error instanceof FileProblem) throw new AssemblyError(at.file, at.line, `cannot collect [${pattern}]: ${error.message}`)
      throw error
    }
  }

  #push(segment: Segment): void {
    this.#characters += segment.text.length
    if (this.#characters > MAX_CHARACTERS)
      throw new AssemblyError(segment.file, segment.firstLine, `collects more than ${MAX_CHARACTERS} characters`)
    if (segment.text !== '') this.segments.push(segment)
  }
}
