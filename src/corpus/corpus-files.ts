// Where the data files of a corpus are, and where they may be put.

import { join, relative, sep } from 'node:path'
import { RallyError } from '../core/errors.ts'
import type { DocumentSet } from '../track/track.ts'

export interface CorpusFolders {
  /** The track's own folder, absolute, which is searched first: for --track-path and for tracks that come with Rally. null: only the cache. */
  readonly trackRoot: string | null
  /** The track comes with Rally: nothing is written beside it. */
  readonly isBundled: boolean
  /** `local.dataset.cache`, absolute. */
  readonly cache: string
}

/** One data file of a corpus, and the places where it may be. */
export interface DataFilePlaces {
  readonly corpus: string
  readonly set: DocumentSet
  /** `<corpus>/<file>`: the key of `PreparedCorpora.dataPaths`. */
  readonly key: string
  readonly inTrack: { readonly file: string; readonly archive: string | null } | null
  readonly inCache: { readonly file: string; readonly archive: string | null }
}

/** Throws RallyError('track') for names that lead out of their folder. */
export function placesOf(corpus: string, set: DocumentSet, folders: CorpusFolders): DataFilePlaces {
  const cache = inside(folders.cache, corpus, `corpus [${corpus}]`)
  return {
    corpus,
    set,
    key: dataKey(corpus, set.documentFile),
    inTrack: folders.trackRoot === null ? null : filesIn(folders.trackRoot, set),
    inCache: filesIn(cache, set)
  }
}

export function dataKey(corpus: string, file: string): string {
  return `${corpus}/${file}`
}

function filesIn(folder: string, set: DocumentSet): { file: string; archive: string | null } {
  const place = (name: string): string => inside(folder, name, `source-file [${name}]`)
  return { file: place(set.documentFile), archive: set.documentArchive === null ? null : place(set.documentArchive) }
}

function inside(folder: string, name: string, place: string): string {
  const path = join(folder, name)
  const from = relative(folder, path)
  if (from === '' || from === '..' || from.startsWith(`..${sep}`) || name.includes('\0')) {
    throw new RallyError('track', `${place} leads out of its folder`)
  }
  return path
}
