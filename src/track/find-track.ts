// Where a track is: in a folder one names, among those that come with Rally, or in a git repository.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { didYouMean } from '../core/close-match.ts'
import { RallyError, systemCode } from '../core/errors.ts'
import { bundledTracksDir, HINT_REACH, TRACK_FILE, trackNames } from './track-names.ts'
import { openRepository } from './track-repository.ts'

export interface TrackSource {
  /** `--track-path`: a folder with a track.json, or a JSON file; excludes the others. */
  readonly path?: string | null
  /** `--track`; with slashes for a folder in a folder. */
  readonly name?: string | null
  /** `--track-repository`; null: `default`, before which the tracks that come with Rally are looked at. */
  readonly repository?: string | null
  /** `--track-revision` */
  readonly revision?: string | null
  /** Of the cluster; chooses the branch. */
  readonly distributionVersion?: string | null
  readonly offline?: boolean
  /** `<root.dir>/tracks` */
  readonly repositoriesDir: string
  /** `<repository>.url` of section `[tracks]`. */
  readonly repositoryUrls: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface FoundTrack {
  readonly name: string
  /** The track's folder. Absolute. */
  readonly dir: string
  /** Its track file. Absolute. */
  readonly file: string
  readonly origin: 'path' | 'bundled' | 'repository'
  /** The commit, if it came from a repository. */
  readonly revision: string | null
  readonly warnings: readonly string[]
}

const DEFAULT_REPOSITORY = 'default'
/** Throws RallyError('track' or 'usage'). */
export async function findTrack(source: TrackSource): Promise<FoundTrack> {
  if (source.path !== undefined && source.path !== null) return trackAtPath(source.path)
  const name = source.name ?? null
  if (name === null || name === '') throw new RallyError('usage', 'no track is named', { hint: 'give --track=NAME or --track-path=DIR' })
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new RallyError('usage', `[${name}] is no name of a track`, {
      hint: 'see `rally list tracks`; a folder is given with --track-path'
    })
  }
  if (mayBeBundled(source)) {
    const dir = join(bundledTracksDir(), name)
    if (existsSync(join(dir, TRACK_FILE)))
      return { name, dir, file: join(dir, TRACK_FILE), origin: 'bundled', revision: null, warnings: [] }
  }
  return trackInRepository(name, source)
}

/** `--track-path`: Elastic Rally's rules. Throws RallyError('track'). */
export function trackAtPath(path: string): FoundTrack {
  const absolute = resolve(path)
  const found = { origin: 'path', revision: null, warnings: [] } as const
  const kind = kindOf(absolute)
  if (kind === 'missing') throw new RallyError('track', `track path [${path}] does not exist`, { hint: nearestSibling(absolute) })
  if (kind === 'file') {
    if (!absolute.endsWith('.json'))
      throw new RallyError('track', `[${path}] has to be a JSON file`, { hint: 'give the folder of a track, or its JSON file' })
    return { name: basename(absolute, '.json'), dir: dirname(absolute), file: absolute, ...found }
  }
  if (kind !== 'folder') throw new RallyError('track', `[${path}] is neither a file nor a folder`)
  const file = join(absolute, TRACK_FILE)
  const fileKind = kindOf(file)
  if (fileKind === 'missing') throw new RallyError('track', `could not find track.json in [${path}]`, { hint: tracksBelow(absolute) })
  if (fileKind === 'folder') throw new RallyError('track', `[${join(path, TRACK_FILE)}] is a folder, not a file`)
  return { name: basename(absolute), dir: absolute, file, ...found }
}

type Kind = 'missing' | 'file' | 'folder' | 'other'

function kindOf(path: string): Kind {
  try {
    const stat = statSync(path)
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other'
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing'
    throw new RallyError('track', `[${path}] cannot be read (${code ?? String(error)})`, { hint: 'check the permissions of the track' })
  }
}

function nearestSibling(path: string): string {
  const hint = didYouMean(basename(path), namesIn(dirname(path)))
  return hint === '' ? 'give the folder of a track, or its JSON file' : hint.slice(2)
}

function tracksBelow(dir: string): string {
  const names = trackNames(dir, HINT_REACH)
  return names.length === 0 ? 'give the folder of a track, or its JSON file' : `there are tracks below it: ${names.slice(0, 20).join(', ')}`
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

export function mayBeBundled(source: TrackSource): boolean {
  return (source.repository ?? DEFAULT_REPOSITORY) === DEFAULT_REPOSITORY && (source.revision ?? null) === null
}

/** The working copy of the repository that a source means. Throws RallyError('track'). */
export function repositoryOf(source: TrackSource): ReturnType<typeof openRepository> {
  const name = source.repository ?? DEFAULT_REPOSITORY
  if (name === '' || name.split(/[/\\]/).some((part) => part === '.' || part === '..')) {
    throw new RallyError('usage', `[${name}] is no name of a track repository`)
  }
  return openRepository({
    name,
    repositoriesDir: source.repositoriesDir,
    // The keys of an ini file have no capitals.
    url: source.repositoryUrls[name] ?? source.repositoryUrls[name.toLowerCase()] ?? null,
    revision: source.revision ?? null,
    distributionVersion: source.distributionVersion ?? null,
    offline: source.offline ?? false,
    ...(source.signal === undefined ? {} : { signal: source.signal })
  })
}

async function trackInRepository(name: string, source: TrackSource): Promise<FoundTrack> {
  const bundled = mayBeBundled(source) ? trackNames(bundledTracksDir()) : []
  const {
    dir: root,
    revision,
    warnings
  } = await repositoryOf(source).catch((error: unknown) => {
    throw bundled.length > 0 && error instanceof RallyError ? withBundled(error, name, bundled) : error
  })
  const dir = join(root, name)
  if (existsSync(join(dir, TRACK_FILE))) return { name, dir, file: join(dir, TRACK_FILE), origin: 'repository', revision, warnings }
  const known = didYouMean(name, [...bundled, ...trackNames(root)])
  throw new RallyError('track', `there is no track [${name}] in track repository [${source.repository ?? DEFAULT_REPOSITORY}]${known}`, {
    hint: 'see `rally list tracks`'
  })
}

/** Without a repository, the tracks that come with Rally are all there is: they are named. */
function withBundled(error: RallyError, name: string, bundled: readonly string[]): RallyError {
  const message = `there is no track [${name}] among those that come with Rally ([${bundled.join(', ')}])${didYouMean(name, bundled)}`
  return new RallyError(error.kind, `${message}; ${error.message}`, { hint: error.hint, cause: error })
}
