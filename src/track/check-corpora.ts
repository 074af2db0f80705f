// Data files that can come from nowhere: not in any folder where they are looked for, and with no address to fetch them from.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Mistake } from './mistake.ts'
import type { Corpus, DocumentSet, Track } from './track.ts'

export interface CorporaCheck {
  /** The data files a race needs; by default all of the track. */
  readonly used?: readonly Corpus[]
  /** Folders in which a corpus's files are looked for, absolute: with --track-path the track's own, then the cache's. */
  readonly dirsOf: (corpus: string) => readonly string[]
  /** Then an address is of no help. */
  readonly offline: boolean
}

/** A mistake for each data file that neither is there (plain or as archive) nor can be fetched. */
export function missingDataFiles(track: Track, check: CorporaCheck): Mistake[] {
  return (check.used ?? track.corpora).flatMap((corpus) =>
    corpus.documents.flatMap((set) => {
      const dirs = check.dirsOf(corpus.name)
      if (
        dirs.some((dir) => isFile(join(dir, set.documentFile)) || (set.documentArchive !== null && isFile(join(dir, set.documentArchive))))
      )
        return []
      const file = set.documentArchive ?? set.documentFile
      const where = `data file [${file}] of corpus [${corpus.name}] is in none of [${dirs.join(', ')}]`
      if (set.baseUrl === null) return [mistake(track, corpus, set, `${where}, and there is no [base-url] to fetch it from`)]
      return check.offline ? [mistake(track, corpus, set, `${where}, and --offline forbids to fetch it`)] : []
    })
  )
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function mistake(track: Track, corpus: Corpus, set: DocumentSet, message: string): Mistake {
  const i = track.corpora.findIndex((known) => known.name === corpus.name)
  const j =
    track.corpora[i]?.documents.findIndex(
      (known) => known.documentFile === set.documentFile && known.documentArchive === set.documentArchive
    ) ?? -1
  const path = i < 0 ? [] : j < 0 ? ['corpora', i] : ['corpora', i, 'documents', j, 'source-file']
  return { kind: 'corpus', file: null, line: null, path, message }
}
