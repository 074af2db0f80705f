// All files of a track → the model and everything that is wrong, in one go: a stage's mistakes do not hide a later one's.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type JsonValue } from '../core/json.ts'
import { BodyReader } from './body-reader.ts'
import { checkSchema, type Violation } from './check-schema.ts'
import { DocumentPositions, pathText, type DocumentPath } from './document-path.ts'
import { FileProblem, TrackFolder } from './file-text.ts'
import type { FoundTrack } from './find-track.ts'
import { isFailure, loadDocument, type LoadedDocument } from './load-document.ts'
import { mistakeText, shown, TrackError, type Mistake } from './mistake.ts'
import { readTrack } from './read-track.ts'
import { Findings, type Finding } from './reading.ts'
import type { Templating } from './templating.ts'
import { TRACK_RULE } from './track-schema.ts'
import { versionProblem } from './track-version.ts'
import type { Track } from './track.ts'

/** Sections of the document that name body files: where they are ill-formed, some bodies may not have been looked at. */
const NAMES_BODIES: ReadonlySet<string | number> = new Set(['indices', 'templates', 'composable-templates', 'component-templates'])

export interface ReadTrack {
  /** What could be read of it; sound only without mistakes. Null: not even its document. */
  readonly track: Track | null
  /** The rendered text; null if it could not be rendered. */
  readonly text: string | null
  readonly document: JsonValue
  /** Rendered bodies by file name as the track writes it. */
  readonly bodies: ReadonlyMap<string, JsonValue>
  /** Names that the templates take from outside, as far as they could be read. */
  readonly declared: ReadonlySet<string>
  readonly isDeclaredWhole: boolean
  /** Texts of the files that the track file includes, by name. */
  readonly included: ReadonlyMap<string, string>
  readonly mistakes: readonly Mistake[]
  readonly warnings: readonly string[]
  /** Of a value of the document. */
  readonly placeOf: (path: DocumentPath) => Pick<Mistake, 'file' | 'line'>
}

export interface ReadRequest {
  readonly found: FoundTrack
  readonly templating: Templating
  /** `--challenge` */
  readonly challenge: string | null
}

export function readTrackFiles(request: ReadRequest): ReadTrack {
  const { found, templating } = request
  const placeOf = (): Pick<Mistake, 'file' | 'line'> => ({ file: null, line: null })
  const nothing = {
    track: null,
    text: null,
    document: null,
    bodies: new Map<string, JsonValue>(),
    declared: new Set<string>(),
    isDeclaredWhole: false,
    included: new Map<string, string>(),
    placeOf
  }
  const folder = trackFolder(found)
  const document = loadDocument({ folder, file: found.file, kind: 'track', templating })
  if (isFailure(document)) return { ...nothing, mistakes: [document.mistake], warnings: document.warnings }
  return readDocument(request, folder, document)
}

/** Throws TrackError if the folder cannot be read. */
export function trackFolder(found: FoundTrack): TrackFolder {
  try {
    return new TrackFolder(found.dir)
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error
    throw new TrackError(found.name, [{ kind: 'setup', file: null, line: null, path: [], message: error.message }])
  }
}

function readDocument(request: ReadRequest, folder: TrackFolder, document: LoadedDocument): ReadTrack {
  const { found, templating, challenge } = request
  const trackFile = folder.nameOf(found.file)
  const bodies = new BodyReader(folder, templating)
  const offsetOf = offsets(document.text)
  const placeOf = (path: DocumentPath): Pick<Mistake, 'file' | 'line'> =>
    document.placeOf(offsetOf(path)) ?? { file: trackFile, line: null }
  const place = ({ path, message }: Finding, kind: Mistake['kind']): Mistake => ({ kind, ...placeOf(path), path, message })
  const read = { text: document.text, document: document.value, bodies: bodies.values, included: document.included, placeOf }
  const version = isObject(document.value) ? versionProblem(document.value) : null
  if (!isObject(document.value) || version !== null) {
    const finding =
      version === null
        ? { path: [], message: `a track must be an object but is ${shown(document.value)}` }
        : { path: ['version'], message: version }
    return {
      ...read,
      track: null,
      declared: document.declared,
      isDeclaredWhole: false,
      mistakes: [place(finding, version === null ? 'track' : 'version')],
      warnings: document.warnings
    }
  }
  const { violations, suspects } = checkSchema(document.value, TRACK_RULE)
  const findings = new Findings()
  const hasPlugins = existsSync(join(found.dir, 'track.py'))
  const track = readTrack(
    document.value,
    {
      name: found.name,
      root: found.dir,
      hasPlugins,
      challenge,
      readBody: (file, path) => bodies.read(file, (message) => findings.mistake(path, message))
    },
    findings
  )
  for (const { path, key, nearest } of suspects) findings.warn(path, `[${key}] has no meaning here, did you mean [${nearest}]?`)
  const ofDocument = [
    ...violations.map((violation) => ({ ...place(violation, 'schema'), schemaPath: violation.schemaPath })),
    ...withoutRepeats(findings.mistakes, violations).map((finding) => place(finding, 'track'))
  ]
  return {
    ...read,
    track,
    declared: new Set([...document.declared, ...bodies.declared]),
    isDeclaredWhole: bodies.isWhole && !violations.some(({ path }) => NAMES_BODIES.has(path[0] ?? '')),
    mistakes: [...inDocumentOrder(ofDocument, offsetOf), ...bodies.mistakes],
    warnings: [
      ...document.warnings,
      ...bodies.warnings,
      ...inDocumentOrder(findings.warnings, offsetOf).map((finding) => mistakeText(place(finding, 'track')))
    ]
  }
}

/** Offsets of values, found when the first one is asked for: a sound track needs none. */
function offsets(text: string): (path: DocumentPath) => number {
  let positions: DocumentPositions | null = null
  return (path) => (positions ??= new DocumentPositions(text)).offsetOf(path)
}

function inDocumentOrder<T extends Finding>(findings: readonly T[], offsetOf: (path: DocumentPath) => number): T[] {
  const withOffsets = findings.map((finding) => ({ finding, offset: offsetOf(finding.path) }))
  return withOffsets.sort((a, b) => a.offset - b.offset).map(({ finding }) => finding)
}

/** Of equal items of a list the schema tells already: that their names are equal too is no second mistake. */
function withoutRepeats(findings: readonly Finding[], violations: readonly Violation[]): Finding[] {
  const repeated = new Set(violations.filter(({ schemaPath }) => schemaPath.at(-1) === 'uniqueItems').map(({ path }) => pathText(path)))
  return findings.filter(
    ({ path }) => !(typeof path.at(-1) === 'string' && typeof path.at(-2) === 'number' && repeated.has(pathText(path.slice(0, -2))))
  )
}
