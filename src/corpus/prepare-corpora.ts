// Brings the data files of the used corpora onto this machine, whole and checked, before the race begins.

import { lstat, readlink, symlink } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { roomIn } from '../core/disk-room.ts'
import { RallyError, systemCode } from '../core/errors.ts'
import { makeFolder } from '../core/folder.ts'
import type { Corpus } from '../track/track.ts'
import { linesPerDocument } from './bounds.ts'
import { checkLines } from './check-lines.ts'
import { placesOf, type CorpusFolders, type DataFilePlaces } from './corpus-files.ts'
import { decompressFile } from './decompress.ts'
import { downloadFile, type Download, type Patience } from './download.ts'
import { planData, type DataPlan } from './locate-data.ts'
import { isWritable } from './temporary-file.ts'

export type { CorpusFolders } from './corpus-files.ts'
export type { Download, DownloadAnswer } from './download.ts'

export interface PrepareOptions {
  readonly folders: CorpusFolders
  readonly offline: boolean
  readonly testMode: boolean
  readonly download: Download
  readonly signal: AbortSignal
  readonly progress?: (progress: PrepareProgress) => void
  readonly patience?: Patience
}

export interface PrepareProgress {
  readonly corpus: string
  /** Without its folder. */
  readonly file: string
  readonly stage: 'downloading' | 'decompressing' | 'checking'
  readonly doneBytes: number
  readonly totalBytes: number | null
}

export interface PreparedCorpora {
  /** Absolute path by `<corpus>/<file>`. */
  readonly dataPaths: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
}

/**
 * Makes every data file of the corpora readable: beside the track, else in the cache; decompressed, downloaded, sizes and
 * lines checked, with an offset table. Throws RallyError: 'corpus' (all that is missing at once), 'track', 'disk', 'cancelled'.
 */
export async function prepareCorpora(corpora: readonly Corpus[], options: PrepareOptions): Promise<PreparedCorpora> {
  const plans = await planAll(corpora, options)
  await checkRoom(plans)
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const queue = [...plans]
  const prepared: (PreparedFile & { key: string })[] = []
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    for (let plan = queue.shift(); plan !== undefined && !signal.aborted; plan = queue.shift()) {
      try {
        prepared.push({ key: plan.places.key, ...(await prepareFile(plan, { ...options, signal })) })
      } catch (error) {
        failures.push(error)
        stop.abort()
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(plans.length, availableParallelism()) }, work))
  if (options.signal.aborted) throw new RallyError('cancelled', 'cancelled while the corpora were prepared')
  if (failures.length > 0) throw failures[0]
  return {
    dataPaths: Object.fromEntries(prepared.map(({ key, path }) => [key, path])),
    warnings: prepared.flatMap(({ warnings }) => warnings)
  }
}

async function planAll(corpora: readonly Corpus[], options: PrepareOptions): Promise<DataPlan[]> {
  const { offline, folders } = options
  const files = corpora.flatMap((corpus) => corpus.documents.map((set) => placesOf(corpus.name, set, folders)))
  const plans = await Promise.all(files.map((places) => planData(places, { offline, isBundled: folders.isBundled })))
  const problems = plans.filter((plan) => typeof plan === 'string')
  if (problems.length === 0) return plans.filter((plan) => typeof plan !== 'string')
  const hint = problems.some((problem) => problem.endsWith('because of --offline'))
    ? 'run once without --offline, or put the files there yourself'
    : 'check corpora in the track, or put the files there yourself'
  if (problems.length === 1) throw new RallyError('corpus', problems[0] ?? '', { hint })
  throw new RallyError('corpus', `${problems.length} data files are missing or wrong`, { problems, hint })
}

/** Fails before the first byte is written where the sizes in the track show that it cannot end well. */
async function checkRoom(plans: readonly DataPlan[]): Promise<void> {
  const disks = new Map<number, { folder: string; freeBytes: number; neededBytes: number }>()
  for (const plan of plans) {
    const folder = dirname(plan.path)
    const room = await roomIn(folder)
    if (room === null) continue
    const disk = disks.get(room.device) ?? { folder, freeBytes: room.freeBytes, neededBytes: 0 }
    disks.set(room.device, { ...disk, neededBytes: disk.neededBytes + bytesToWrite(plan) })
  }
  for (const { folder, freeBytes, neededBytes } of disks.values()) {
    if (neededBytes <= freeBytes) continue
    throw new RallyError('disk', `the corpora need ${neededBytes} bytes on the disk of [${folder}], but only ${freeBytes} bytes are free`)
  }
}

function bytesToWrite({ download, decompress, places }: DataPlan): number {
  const { compressedSizeInBytes, uncompressedSizeInBytes } = places.set
  if (download === null && decompress === null) return 0
  return (uncompressedSizeInBytes ?? 0) + (download !== null && decompress !== null ? (compressedSizeInBytes ?? 0) : 0)
}

interface PreparedFile {
  readonly path: string
  readonly warnings: readonly string[]
}

async function prepareFile(plan: DataPlan, options: PrepareOptions): Promise<PreparedFile> {
  const { places, path } = plan
  const { set, corpus } = places
  const { signal, download, testMode, patience } = options
  const at =
    (stage: PrepareProgress['stage']) =>
    (doneBytes: number, totalBytes: number | null): void =>
      options.progress?.({ corpus, file: set.documentFile, stage, doneBytes, totalBytes })
  if (plan.download !== null) {
    const expectedBytes = plan.decompress === null ? set.uncompressedSizeInBytes : set.compressedSizeInBytes
    const request = { ...plan.download, expectedBytes, download, signal, testMode, progress: at('downloading') }
    await downloadFile(patience === undefined ? request : { ...request, patience })
  }
  if (plan.decompress !== null) {
    const { archive } = plan.decompress
    await decompressFile({ archive, path, expectedBytes: set.uncompressedSizeInBytes, signal, progress: at('decompressing') })
  }
  const file = (await leavesAlone(path, places, options)) ? await linkInCache(path, places) : path
  const expectedLines = set.numberOfDocuments * linesPerDocument(set.includesActionAndMetaData)
  const writesTable = file !== places.inTrack?.file || !options.folders.isBundled
  const { hasByteOrderMark } = await checkLines({ path: file, expectedLines, writesTable, signal, progress: at('checking') })
  const warnings = hasByteOrderMark ? [`data file [${file}] begins with a byte order mark: the server will refuse its first line`] : []
  return { path: file, warnings }
}

/** Whether a data file stands where nothing can, or shall, be written beside it: with a track that comes with Rally, nothing is. */
async function leavesAlone(path: string, places: DataFilePlaces, options: PrepareOptions): Promise<boolean> {
  return path === places.inTrack?.file && (options.folders.isBundled || !(await isWritable(dirname(path))))
}

/** Such a file gets a link in the cache, which has room for the offset table beside it; where even that fails, its own path. */
async function linkInCache(path: string, places: DataFilePlaces): Promise<string> {
  const link = places.inCache.file
  try {
    await makeFolder(dirname(link))
    await symlink(path, link)
    return link
  } catch (error) {
    const isOurs = systemCode(error) === 'EEXIST' && (await lstat(link)).isSymbolicLink() && (await readlink(link)) === path
    return isOurs ? link : path
  }
}
