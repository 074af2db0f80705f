// The part of a track file that bulk operations need → a Track, for tests below the loader. Checks nothing.

import type { Corpus, DocumentSet, Operation, Track } from '../src/track/track.ts'
import type { JsonValue } from '../src/core/json.ts'

interface Written {
  readonly [key: string]: unknown
}

const ARCHIVE = /\.(gz|bz2|zst|zip|tar|tgz|tar\.gz|tar\.bz2)$/

export function trackFromJson(track: Written, root = '/nowhere'): Track {
  const names = (key: string): { name: string; body: object }[] =>
    ((track[key] ?? []) as { name: string }[]).map(({ name }) => ({ name, body: {} }))
  const indices = names('indices') as unknown as Track['indices']
  const dataStreams = names('data-streams')
  const defaults = {
    'target-index': indices.length === 1 ? indices[0]!.name : null,
    'target-data-stream': dataStreams.length === 1 ? dataStreams[0]!.name : null
  }
  return {
    name: 'vec',
    description: '',
    meta: {},
    root,
    hasPlugins: false,
    indices,
    dataStreams,
    templates: [],
    composableTemplates: [],
    componentTemplates: [],
    corpora: ((track['corpora'] ?? []) as Written[]).map((corpus) => corpusFromJson(corpus, defaults)),
    challenges: [],
    dependencies: []
  }
}

function corpusFromJson(corpus: Written, defaults: Written): Corpus {
  const { documents, name, ...rest } = corpus
  return { name: String(name), meta: {}, documents: (documents as Written[]).map((set) => setFromJson({ ...defaults, ...rest, ...set })) }
}

function setFromJson(set: Written): DocumentSet {
  const source = String(set['source-file'])
  const inFile = set['includes-action-and-meta-data'] === true
  const text = (key: string): string | null => (typeof set[key] === 'string' ? set[key] : null)
  const size = (key: string): number | null => (typeof set[key] === 'number' ? set[key] : null)
  return {
    sourceFormat: 'bulk',
    documentFile: source.replace(ARCHIVE, ''),
    documentArchive: ARCHIVE.test(source) ? source : null,
    baseUrl: text('base-url'),
    includesActionAndMetaData: inFile,
    numberOfDocuments: Number(set['document-count']),
    compressedSizeInBytes: size('compressed-bytes'),
    uncompressedSizeInBytes: size('uncompressed-bytes'),
    targetIndex: inFile ? null : text('target-index'),
    targetDataStream: inFile ? null : text('target-data-stream'),
    meta: {}
  }
}

export function bulkOperation(params: Written, name = 'index'): Operation {
  return { name, type: 'bulk', paramSource: null, meta: {}, params: params as Record<string, JsonValue> }
}
