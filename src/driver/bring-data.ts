// The data of a race onto this node: its part of the coordinator's, or a copy of its own.

import { utimes, stat, writeFile } from 'node:fs/promises'
import { basename, join, posix } from 'node:path'
import { diskError } from '../core/atomic-file.ts'
import { RallyError, systemCode } from '../core/errors.ts'
import { programRoot } from '../core/version.ts'
import { placesOf, type CorpusFolders } from '../corpus/corpus-files.ts'
import { formatOffsetTable, offsetTablePath } from '../corpus/offset-table.ts'
import { prepareCorpora } from '../corpus/prepare-corpora.ts'
import { usedCorpora } from '../corpus/used-corpora.ts'
import { checkSupply } from '../files/check-supply.ts'
import type { PieceFetcher } from '../files/fetch-pieces.ts'
import { KeptFiles } from '../files/kept-files.ts'
import { trackTree } from '../files/track-tree.ts'
import type { Prepare } from '../protocol/messages.ts'
import type { SuppliedData } from '../protocol/transfer-messages.ts'
import { httpDownload } from '../target/download.ts'
import type { Track } from '../track/track.ts'
import { Telling } from './telling.ts'

export interface DataSurroundings {
  readonly node: string
  /** In the coordinator's own process. */
  readonly isLocal: boolean
  readonly signal: AbortSignal
  /** Asks the coordinator for what this machine lacks. */
  readonly fetcher: PieceFetcher
  /** What the race waits for. */
  readonly tell: (what: string) => void
  readonly warn: (message: string) => void
  /** `dataCacheDir`: `local.dataset.cache`, absolute. */
  readonly settings: { readonly dataCacheDir: string }
}

/** Absolute path of every data file that this node's clients read, by `<corpus>/<file>`; throws RallyError. */
export async function bringData(track: Track, prepare: Prepare, around: DataSurroundings): Promise<Readonly<Record<string, string>>> {
  try {
    return await bring(track, prepare, around)
  } catch (error) {
    throw systemCode(error) === null ? error : diskError(`node ${around.node}: ${around.settings.dataCacheDir}`, error)
  }
}

async function bring(track: Track, prepare: Prepare, around: DataSurroundings): Promise<Readonly<Record<string, string>>> {
  const { supply } = prepare
  checkSupply(supply)
  const folder = join(around.settings.dataCacheDir, '.from-coordinators', around.node)
  const telling = new Telling(around.tell)
  const { node, fetcher, signal } = around
  const kept = new KeptFiles({ folder, node, fetcher, signal, tell: (what, howFar) => telling.tell(what, howFar) })
  const own = ownTrack(prepare, around.isLocal)
  const trackRoot = own ?? (supply.track.length === 0 ? null : await trackTree(supply.track, kept, folder))
  const folders = { trackRoot, isBundled: prepare.trackFolder.isBundled, cache: around.settings.dataCacheDir }
  const dataPaths = supply.data === null ? await ownCopies(track, prepare, { around, folders, telling }) : await suppliedData(track, supply.data, { kept, folders })
  if (supply.track.length > 0 || supply.data !== null) await kept.tidy()
  return dataPaths
}

interface OwnParts {
  readonly around: DataSurroundings
  readonly folders: CorpusFolders
  readonly telling: Telling
}

async function ownCopies(track: Track, prepare: Prepare, { around, folders, telling }: OwnParts): Promise<Readonly<Record<string, string>>> {
  const prepared = await prepareCorpora(usedCorpora(track), {
    folders,
    offline: prepare.offline,
    testMode: prepare.testMode,
    download: httpDownload,
    signal: around.signal,
    progress: ({ corpus, file, stage, doneBytes, totalBytes }) => {
      const share = totalBytes === null || totalBytes === 0 ? '' : ` ${Math.floor((doneBytes / totalBytes) * 100)} %`
      telling.tell(`${stage} ${file} of corpus ${corpus}`, share)
    }
  })
  for (const warning of prepared.warnings) around.warn(warning)
  return prepared.dataPaths
}

async function suppliedData(track: Track, data: readonly SuppliedData[], { kept, folders }: { kept: KeptFiles; folders: CorpusFolders }): Promise<Readonly<Record<string, string>>> {
  const places = new Map(track.corpora.flatMap(({ name, documents }) => documents.map((set) => placesOf(name, set, folders))).map((place) => [posix.normalize(place.key), place]))
  const paths: Record<string, string> = {}
  for (const file of data) {
    const place = places.get(file.path)
    if (place === undefined) throw new RallyError('protocol', `the coordinator announces data file [${file.path}], which is not of the track`)
    const path = await kept.bring(file, [...(place.inTrack === null ? [] : [place.inTrack.file]), place.inCache.file])
    await writeTable(path, file.table)
    paths[place.key] = path
  }
  return paths
}

/** A reader that had to look for its lines would look into holes. */
async function writeTable(path: string, table: SuppliedData['table']): Promise<void> {
  const tablePath = offsetTablePath(path)
  await writeFile(tablePath, formatOffsetTable(table.map(([lines, byte]) => ({ lines, byte }))), { mode: 0o600 })
  // Never older than the data, whatever clock the disk has.
  const { mtimeMs } = await stat(path)
  await utimes(tablePath, mtimeMs / 1000 + 1, mtimeMs / 1000 + 1)
}

/** The coordinator's paths mean nothing on another machine: there, what comes with Rally stands in its own folder. */
function ownTrack({ trackFolder: { root, isBundled } }: Prepare, isLocal: boolean): string | null {
  if (isLocal) return root
  return isBundled && root !== null ? join(programRoot(), 'tracks', basename(root)) : null
}
