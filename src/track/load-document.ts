// From the files of a track to its rendered document: assemble, render, parse. Each stage tells its mistakes with file and line.

import { JsonSyntaxError, type JsonValue } from '../core/json.ts'
import { parseJson } from '../core/json-parse.ts'
import { assemble, AssemblyError, type Assembled } from './assemble.ts'
import { FileProblem, type TrackFolder } from './file-text.ts'
import type { Mistake } from './mistake.ts'
import { Marks, NO_SOURCE_MAP, sourceMap, type SourceMap } from './source-map.ts'
import { declaredIn, renderSource, TemplateProblem, type TemplateKind, type Templating } from './templating.ts'

export interface LoadedDocument {
  /** As rendered, before parsing. */
  readonly text: string
  readonly value: JsonValue
  /** Names that the templates take from outside. */
  readonly declared: ReadonlySet<string>
  /** Texts of the files that were included, by name: what they take does not count as declared. */
  readonly included: ReadonlyMap<string, string>
  readonly warnings: readonly string[]
  /** File and line that made the letter at an offset of `text`; made when first asked for. */
  readonly placeOf: SourceMap['placeOf']
}

export interface DocumentFailure {
  readonly mistake: Mistake
  readonly warnings: readonly string[]
}

export interface DocumentRequest {
  readonly folder: TrackFolder
  /** Relative to the folder, or absolute. */
  readonly file: string
  readonly kind: TemplateKind
  readonly templating: Templating
}

/** The document of a file, or its first mistake: later stages need the earlier ones. */
export function loadDocument(request: DocumentRequest): LoadedDocument | DocumentFailure {
  const { folder, file, kind, templating } = request
  const fail = (problem: Partial<Mistake> & { message: string }, warnings: readonly string[] = []): DocumentFailure => ({
    mistake: { kind: kind === 'track' ? 'template' : 'body', file: folder.nameOf(file), line: null, path: [], ...problem },
    warnings
  })
  let assembled: Assembled
  try {
    assembled = assemble(folder, file, folder.path)
  } catch (error) {
    if (error instanceof FileProblem) return fail({ kind: 'setup', message: error.message })
    if (error instanceof AssemblyError) return fail({ file: error.file, line: error.line, message: error.message })
    throw error
  }
  const warnings = assembled.empty.map(({ file: from, line, pattern }) => `${from}:${line}: rally.collect: no file matches [${pattern}]`)
  try {
    const declared = declaredIn(assembled.source.text)
    const included = new Map<string, string>()
    const note = (name: string, source: string): string => {
      included.set(name, source)
      return source
    }
    const text = renderSource(assembled.source.text, { kind, folder, templating, changeIncluded: note })
    const placeOf = lazyPlaces(request, assembled, text)
    try {
      return { text, value: parseJson(text, { allowNonFinite: true }), declared, included, warnings, placeOf }
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error
      const line = placeOf(error.offset)
      return fail({ ...(kind === 'track' ? { kind: 'json' } : {}), ...line, message: jsonMessage(error, text) }, warnings)
    }
  } catch (error) {
    if (error instanceof TemplateProblem) return fail({ ...templatePlace(error, assembled, folder), message: error.message }, warnings)
    throw error
  }
}

export function isFailure(loaded: LoadedDocument | DocumentFailure): loaded is DocumentFailure {
  return 'mistake' in loaded
}

function templatePlace(problem: TemplateProblem, assembled: Assembled, folder: TrackFolder): Partial<Mistake> {
  if (problem.template !== null) return { file: folder.nameOf(problem.template), line: problem.line }
  return problem.line === null ? {} : (assembled.source.placeOfLine(problem.line) ?? {})
}

const CONTEXT_LINES = 3

/** Python's words, and the lines around with a caret below the place, as Elastic Rally prints them. */
function jsonMessage(error: JsonSyntaxError, text: string): string {
  const lines = text.split('\n')
  const at = error.line - 1
  const from = Math.max(0, at - CONTEXT_LINES)
  const around = lines.slice(from, Math.min(at + CONTEXT_LINES, lines.length))
  around.splice(at - from + 1, 0, `${'-'.repeat(error.column - 1)}^ Error is here`)
  return `the rendered text is no JSON: ${error.message}. Lines containing the error:\n\n${around.join('\n')}\n`
}

/** Renders once more with marks at the line ends, but only if somebody asks where something came from. */
function lazyPlaces(request: DocumentRequest, assembled: Assembled, text: string): SourceMap['placeOf'] {
  let map: SourceMap | null = null
  return (offset) => {
    map ??= mapWithMarks(request, assembled, text)
    return map.placeOf(offset)
  }
}

function mapWithMarks({ folder, kind, templating }: DocumentRequest, assembled: Assembled, text: string): SourceMap {
  const { source } = assembled
  const marks = new Marks()
  const marked = marks.mark(source.text, (offset) => source.placeOfOffset(offset), source.segmentEnds)
  const markIncluded = (name: string, included: string): string =>
    marks.mark(included, (offset) => ({ file: name, line: included.slice(0, offset).split('\n').length }))
  try {
    return sourceMap(text, renderSource(marked, { kind, folder, templating, changeIncluded: markIncluded }), marks.places)
  } catch (error) {
    // With marks in them, texts may not be what the template goes on with: then nothing is known.
    if (error instanceof TemplateProblem) return NO_SOURCE_MAP
    throw error
  }
}
