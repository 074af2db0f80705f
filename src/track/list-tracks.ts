// All tracks one may name: those that come with Rally and those of a repository.

import { join } from 'node:path'
import { messageOf, RallyError } from '../core/errors.ts'
import { mayBeBundled, repositoryOf, trackAtPath, type FoundTrack, type TrackSource } from './find-track.ts'
import { templatingOf } from './load-track.ts'
import { mistakeText } from './mistake.ts'
import { readTrackFiles } from './read-track-files.ts'
import { bundledTracksDir, TRACK_FILE, trackNames } from './track-names.ts'
import type { Track } from './track.ts'

export interface TrackListing {
  /** With default parameters, sorted by name. */
  readonly tracks: readonly Track[]
  /** A repository that cannot be read, a track that cannot be loaded. */
  readonly warnings: readonly string[]
}

/** A broken track does not hide the others. Throws RallyError only if the source names one folder that is no track. */
export async function listTracks(source: TrackSource): Promise<TrackListing> {
  const warnings: string[] = []
  const tracks: Track[] = []
  for (const found of await foundTracks(source, warnings)) {
    const { track, mistakes } = readTrackFiles({ found, templating: templatingOf({}), challenge: null })
    if (track !== null && mistakes.length === 0) tracks.push(track)
    else warnings.push(`track [${found.name}] cannot be loaded: ${mistakes.slice(0, 1).map(mistakeText).join('')}`)
  }
  return { tracks: tracks.sort((a, b) => (a.name < b.name ? -1 : 1)), warnings }
}

async function foundTracks(source: TrackSource, warnings: string[]): Promise<FoundTrack[]> {
  if (source.path !== undefined && source.path !== null) return [trackAtPath(source.path)]
  const bundled = mayBeBundled(source) ? tracksIn(bundledTracksDir(), 'bundled', null) : []
  try {
    const repository = await repositoryOf(source)
    warnings.push(...repository.warnings)
    const names = new Set(bundled.map((track) => track.name))
    return [...bundled, ...tracksIn(repository.dir, 'repository', repository.revision).filter((track) => !names.has(track.name))]
  } catch (error) {
    // Those that come with Rally need no repository.
    if (!(error instanceof RallyError) || bundled.length === 0) throw error
    warnings.push(messageOf(error))
    return bundled
  }
}

function tracksIn(root: string, origin: FoundTrack['origin'], revision: string | null): FoundTrack[] {
  return trackNames(root).map((name) => {
    const dir = join(root, name)
    return { name, dir, file: join(dir, TRACK_FILE), origin, revision, warnings: [] }
  })
}
