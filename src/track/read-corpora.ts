// `corpora`: which data files there are and where their documents go.

import { didYouMean } from '../core/close-match.ts'
import type { JsonObject } from '../core/json.ts'
import { splitExtension, isArchive } from './archive-name.ts'
import type { DocumentPath } from './document-path.ts'
import { looseText, member, numberAt, objectAt, objectsAt, textAt, type Findings } from './reading.ts'
import type { Corpus, DataStream, DocumentSet, Index } from './track.ts'

/** What the track declares besides: decides which targets may and must be given. */
export interface Declared {
  readonly indices: readonly Pick<Index, 'name'>[]
  readonly dataStreams: readonly DataStream[]
  /** The one document type of the one index, if both are so: a default of old tracks. */
  readonly soleType: string | null
  /** False: some could not be read, so nothing can be said of what is missing. */
  readonly isWhole: boolean
}

export function readCorpora(document: JsonObject, declared: Declared, findings: Findings): Corpus[] {
  const corpora: Corpus[] = []
  for (const [i, spec] of objectsAt(document, 'corpora')) {
    const path = ['corpora', i]
    const name = textAt(spec, 'name')
    if (name === null) continue
    if (corpora.some((corpus) => corpus.name === name)) findings.mistake([...path, 'name'], `there is a corpus [${name}] already`)
    const documents = objectsAt(spec, 'documents').flatMap(([j, documentSpec]) => {
      const set = readDocuments(documentSpec, spec, declared, { corpus: name, path: [...path, 'documents', j], findings })
      return set === null ? [] : [set]
    })
    corpora.push({ name, meta: objectAt(spec, 'meta'), documents })
  }
  return corpora
}

interface Place {
  readonly corpus: string
  readonly path: DocumentPath
  readonly findings: Findings
}

function readDocuments(spec: JsonObject, corpus: JsonObject, declared: Declared, place: Place): DocumentSet | null {
  const inherited = (key: string): JsonObject => (Object.hasOwn(spec, key) ? spec : corpus)
  const sourceFormat = textAt(inherited('source-format'), 'source-format') ?? 'bulk'
  if (sourceFormat !== 'bulk') {
    const where = Object.hasOwn(spec, 'source-format') ? [...place.path, 'source-format'] : [...place.path.slice(0, 2), 'source-format']
    place.findings.mistake(
      where,
      `source format [${sourceFormat}] of corpus [${place.corpus}] is unknown, only [bulk] is${didYouMean(sourceFormat, ['bulk'])}`
    )
    return null
  }
  const sourceFile = textAt(spec, 'source-file')
  if (!Object.hasOwn(spec, 'document-count')) place.findings.mistake(place.path, `[document-count] is missing for [${sourceFile ?? '?'}]`)
  if (sourceFile === null) return null
  const includesActionAndMetaData = member(inherited('includes-action-and-meta-data'), 'includes-action-and-meta-data') === true
  const targets = includesActionAndMetaData ? NO_TARGETS : readTargets(spec, corpus, declared, { ...place, file: sourceFile })
  return {
    sourceFormat: 'bulk',
    documentFile: isArchive(sourceFile) ? splitExtension(sourceFile)[0] : sourceFile,
    documentArchive: isArchive(sourceFile) ? sourceFile : null,
    baseUrl: textAt(inherited('base-url'), 'base-url'),
    includesActionAndMetaData,
    numberOfDocuments: numberAt(spec, 'document-count') ?? 0,
    compressedSizeInBytes: numberAt(spec, 'compressed-bytes'),
    uncompressedSizeInBytes: numberAt(spec, 'uncompressed-bytes'),
    ...targets,
    meta: objectAt(spec, 'meta')
  }
}

interface Targets {
  readonly targetIndex: string | null
  readonly targetDataStream: string | null
}

const NO_TARGETS: Targets = { targetIndex: null, targetDataStream: null }

/** Elastic Rally's rules: what the corpus says counts only if the track declares such targets at all; a sole one is the default. */
function readTargets(spec: JsonObject, corpus: JsonObject, declared: Declared, place: Place & { readonly file: string }): Targets {
  const { indices, dataStreams } = declared
  const { path, findings, file } = place
  const given = (key: string, fallback: string | null): string | null =>
    Object.hasOwn(spec, key) ? looseText(member(spec, key)) : fallback
  const ofCorpus = (key: string, all: readonly { readonly name: string }[]): string | null => {
    if (all.length === 0) return null
    if (Object.hasOwn(corpus, key)) return textAt(corpus, key)
    return all.length === 1 ? (all[0]?.name ?? null) : null
  }
  const targetIndex = given('target-index', ofCorpus('target-index', indices))
  const targetDataStream = given('target-data-stream', ofCorpus('target-data-stream', dataStreams))
  if (targetDataStream !== null && targetDataStream !== '' && indices.length > 0) {
    findings.mistake([...path, 'target-data-stream'], `[${targetDataStream}] cannot be used, because the track declares indices`)
  } else if (targetDataStream !== null && targetDataStream !== '' && targetTypeOf(spec, corpus, declared) !== null) {
    findings.mistake([...path, 'target-type'], `[${targetTypeOf(spec, corpus, declared)}] cannot be used with a data stream`)
  }
  if (targetIndex !== null && targetIndex !== '' && dataStreams.length > 0) {
    findings.mistake([...path, 'target-index'], `[${targetIndex}] cannot be used, because the track declares data streams`)
  }
  if (targetIndex === null && targetDataStream === null && declared.isWhole) {
    if (indices.length > 0)
      findings.mistake(path, `a [target-index] is required for [${file}]: the track declares ${indices.length} indices`)
    else if (dataStreams.length > 0)
      findings.mistake(path, `a [target-data-stream] is required for [${file}]: the track declares ${dataStreams.length} data streams`)
    else
      findings.mistake(
        path,
        `a [target-index] or [target-data-stream] is required for [${file}]: the track declares neither indices nor data streams`
      )
  }
  return { targetIndex, targetDataStream }
}

/** The document type of tracks for old servers: only read to refuse it together with data streams. */
function targetTypeOf(spec: JsonObject, corpus: JsonObject, declared: Declared): string | null {
  const ofCorpus = declared.indices.length === 0 ? null : (textAt(corpus, 'target-type') ?? declared.soleType)
  const type = Object.hasOwn(spec, 'target-type') ? textAt(spec, 'target-type') : ofCorpus
  return type === '' ? null : type
}
