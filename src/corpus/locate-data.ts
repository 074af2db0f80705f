// What each data file needs before it can be read: nothing, decompressing, downloading. Looks, changes nothing.

import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DataFilePlaces } from './corpus-files.ts'
import { whyUnsupported } from './decompressors.ts'
import { isWritable } from './temporary-file.ts'

/** The steps to a data file, in this order; `path` is where it is in the end. */
export interface DataPlan {
  readonly places: DataFilePlaces
  readonly path: string
  readonly download: { readonly url: string; readonly path: string } | null
  readonly decompress: { readonly archive: string } | null
}

export interface LocateOptions {
  readonly isBundled: boolean
  readonly offline: boolean
}

/** The plan for a data file, or what stands in its way, in words. */
export async function planData(places: DataFilePlaces, options: LocateOptions): Promise<DataPlan | string> {
  return (await planInTrack(places, options)) ?? (await planInCache(places, options))
}

/** Beside the track, sizes must be right: nothing there is ever replaced. */
async function planInTrack(places: DataFilePlaces, options: LocateOptions): Promise<DataPlan | string | null> {
  const { inTrack, inCache, set } = places
  if (inTrack === null) return null
  const file = await lookAt(inTrack.file)
  if (file !== null) return wrongSize(inTrack.file, file, set.uncompressedSizeInBytes) ?? ready(places, inTrack.file)
  if (inTrack.archive === null) return null
  const archive = await lookAt(inTrack.archive)
  if (archive === null) return null
  const problem = wrongSize(inTrack.archive, archive, set.compressedSizeInBytes) ?? whyUnsupported(inTrack.archive)
  if (problem !== null) return problem
  const besideTrack = !options.isBundled && (await isWritable(dirname(inTrack.file)))
  if (!besideTrack && (await isFresh(inCache.file, archive, set.uncompressedSizeInBytes))) return ready(places, inCache.file)
  return { places, path: besideTrack ? inTrack.file : inCache.file, download: null, decompress: { archive: inTrack.archive } }
}

async function planInCache(places: DataFilePlaces, options: LocateOptions): Promise<DataPlan | string> {
  const { inCache, set } = places
  const file = await lookAt(inCache.file)
  const fileProblem = file === null ? null : wrongSize(inCache.file, file, set.uncompressedSizeInBytes)
  if (file !== null && fileProblem === null) return ready(places, inCache.file)
  const archive = inCache.archive === null ? null : await lookAt(inCache.archive)
  const archiveProblem =
    archive === null || inCache.archive === null ? null : wrongSize(inCache.archive, archive, set.compressedSizeInBytes)
  const unsupported = inCache.archive === null ? null : whyUnsupported(inCache.archive)
  if (unsupported !== null) return unsupported
  const decompress = inCache.archive === null ? null : { archive: inCache.archive }
  if (archive !== null && archiveProblem === null) return { places, path: inCache.file, download: null, decompress }
  const url = downloadUrl(places, options)
  if (typeof url !== 'string') return `${archiveProblem ?? fileProblem ?? missing(places)}, and ${url.problem}`
  return { places, path: inCache.file, download: { url, path: inCache.archive ?? inCache.file }, decompress }
}

function ready(places: DataFilePlaces, path: string): DataPlan {
  return { places, path, download: null, decompress: null }
}

function downloadUrl(places: DataFilePlaces, options: LocateOptions): string | { problem: string } {
  const { set, corpus } = places
  if (set.baseUrl === null) return { problem: `it cannot be downloaded because corpus [${corpus}] has no base-url` }
  const url = `${set.baseUrl.replace(/\/$/, '')}/${set.documentArchive ?? set.documentFile}`
  if (!URL.canParse(url)) return { problem: `it cannot be downloaded because [${url}] is no URL` }
  if (!/^https?:/i.test(url)) return { problem: `it cannot be downloaded from [${url}]: only http and https are supported yet` }
  if (options.offline) return { problem: 'it cannot be downloaded because of --offline' }
  return url
}

function missing({ set, inTrack, inCache }: DataFilePlaces): string {
  const folders = [...(inTrack === null ? [] : [dirname(inTrack.file)]), dirname(inCache.file)]
  return `cannot find [${set.documentArchive ?? set.documentFile}] in [${folders.join('] or [')}]`
}

interface Seen {
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly isFile: boolean
}

/** null: not there. */
async function lookAt(path: string): Promise<Seen | null> {
  try {
    const seen = await stat(path)
    return { sizeBytes: seen.size, modifiedMs: seen.mtimeMs, isFile: seen.isFile() }
  } catch {
    return null
  }
}

function wrongSize(path: string, seen: Seen, expectedBytes: number | null): string | null {
  if (!seen.isFile) return `[${path}] is no file`
  if (expectedBytes === null || seen.sizeBytes === expectedBytes) return null
  return `[${path}] is present but does not have the expected size of [${expectedBytes}] bytes: it has [${seen.sizeBytes}]`
}

/** Whether a data file in the cache was made from this archive, as far as one can see. */
async function isFresh(path: string, archive: Seen, expectedBytes: number | null): Promise<boolean> {
  const file = await lookAt(path)
  if (file === null || wrongSize(path, file, expectedBytes) !== null) return false
  return file.modifiedMs >= archive.modifiedMs
}
