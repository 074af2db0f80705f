// What the nodes of a race need of its files: their clients' part of the corpora, the track's own files; and who sends it to them.

import { join, posix } from 'node:path'
import { allocate } from '../allocation/allocation.ts'
import { dataDir } from '../config/directories.ts'
import { RallyError } from '../core/errors.ts'
import { bytesOfLines, type LineRange } from '../corpus/needed-bytes.ts'
import { prepareCorpora } from '../corpus/prepare-corpora.ts'
import { usedCorpora } from '../corpus/used-corpora.ts'
import { whyNotSent } from '../files/check-supply.ts'
import { hashFile, type HashedFile } from '../files/hash-file.ts'
import { piecesOf } from '../files/pieces.ts'
import { FileServer } from '../files/serve-files.ts'
import type { Supply, SuppliedData, SuppliedFile } from '../protocol/transfer-messages.ts'
import { httpDownload } from '../target/download.ts'
import { challengeToRun } from '../track/track.ts'
import type { EngagedNode } from './fleet.ts'
import { FileService } from './file-service.ts'
import { neededLines } from './needed-lines.ts'
import type { RaceRequest } from './race-request.ts'
import { trackFiles, type TrackFile } from './track-files.ts'

/** For nodes of this machine's own process: they read what is here. */
export const NO_SUPPLY: Supply = { track: [], data: null }

export interface RaceSupply {
  /** By node. */
  readonly supplies: ReadonlyMap<string, Supply>
  readonly service: FileService
}

export interface SupplyOptions {
  readonly signal: AbortSignal
  /** What the race waits for. */
  readonly tell: (what: string) => void
  readonly warn: (line: string) => void
}

/** null: no node of the race needs anything. Throws RallyError for corpora that cannot be brought, or files that cannot be read. */
export async function supplyRace(request: RaceRequest, nodes: readonly EngagedNode[], options: SupplyOptions): Promise<RaceSupply | null> {
  const remote = nodes.filter(({ node }) => node.openFiles !== null)
  if (remote.length === 0) return null
  const server = new FileServer()
  const track = request.trackFolder.isBundled ? [] : offerTrack(server, await trackFiles(request.track, options.signal))
  const data = request.distributesCorpora ? await corporaFiles(request, options) : null
  const supplies = new Map<string, Supply>()
  for (const { node, prepare } of remote) {
    const lines = data === null ? null : linesFor(request, prepare.clients)
    supplies.set(node.name, { track, data: lines === null || data === null ? null : offerData(server, data, lines) })
  }
  const isEmpty = [...supplies.values()].every((supply) => supply.track.length === 0 && (supply.data ?? []).length === 0)
  return { supplies, service: new FileService(isEmpty ? [] : remote.map(({ node }) => node), server, options.warn) }
}

function linesFor(request: RaceRequest, clients: readonly number[]): ReadonlyMap<string, readonly LineRange[]> {
  return neededLines(request.track, allocate(challengeToRun(request.track)?.schedule ?? []).steps, clients)
}

/** All that the race reads, whole and checked on this machine. */
async function corporaFiles(request: RaceRequest, { signal, tell, warn }: SupplyOptions): Promise<ReadonlyMap<string, HashedFile>> {
  const cache = dataDir(request.config)
  const { trackFolder, offline, testMode } = request
  const { dataPaths, warnings } = await prepareCorpora(usedCorpora(request.track), {
    folders: { trackRoot: trackFolder.root, isBundled: trackFolder.isBundled, cache },
    offline,
    testMode,
    download: httpDownload,
    signal,
    progress: ({ corpus, file, stage, doneBytes, totalBytes }) => tell(`${stage} ${file} of corpus ${corpus}${shareText(doneBytes, totalBytes)}`)
  }).catch((error: unknown) => {
    throw withAdvice(error)
  })
  warnings.forEach(warn)
  const files = new Map<string, HashedFile>()
  for (const [key, path] of Object.entries(dataPaths)) {
    const progress = (done: number, total: number): void => tell(`reading ${key} for the load drivers${shareText(done, total)}`)
    files.set(key, await hashFile(path, { memory: join(cache, '.checksums'), signal, progress }))
  }
  return files
}

/** A coordinator need not have what its load drivers have. */
function withAdvice(error: unknown): unknown {
  if (!(error instanceof RallyError) || (error.kind !== 'corpus' && error.kind !== 'disk')) return error
  const { kind, message, problems, cause, hint } = error
  return new RallyError(kind, message, { problems, cause, hint: `${hint}; where the load drivers have the corpora already: --no-distribute-corpora` })
}

function shareText(doneBytes: number, totalBytes: number | null): string {
  return totalBytes === null || totalBytes === 0 ? '' : ` ${Math.floor((doneBytes / totalBytes) * 100)} %`
}

function offerTrack(server: FileServer, files: readonly TrackFile[]): SuppliedFile[] {
  return files.map(({ path, file }) => supplied(server, path, file, [[0, file.bytes]]))
}

function offerData(server: FileServer, files: ReadonlyMap<string, HashedFile>, lines: ReadonlyMap<string, readonly LineRange[]>): SuppliedData[] {
  return [...lines].map(([key, wanted]) => {
    const file = files.get(key)
    if (file === undefined) throw new RallyError('corpus', `data file [${key}] is read by a task, but was not prepared`)
    const { ranges, table } = bytesOfLines(file.at, file.bytes, wanted)
    return { ...supplied(server, posix.normalize(key), file, ranges), table: table.map((entry) => [entry.lines, entry.byte] as const) }
  })
}

/** Throws RallyError('corpus') for a name that no node would take. */
function supplied(server: FileServer, path: string, file: HashedFile, ranges: Parameters<typeof piecesOf>[0]): SuppliedFile {
  const why = whyNotSent(path)
  if (why !== null) {
    const hint = 'rename it, or give the load drivers copies of their own and race with --no-distribute-corpora'
    throw new RallyError('corpus', `file [${path}] cannot be sent to load drivers: its name ${why}`, { hint })
  }
  const { bytes, id, pieceBytes, hashes } = file
  const pieces = piecesOf(ranges, file)
  server.offer(file, path, pieces)
  return { path, bytes, id, pieceBytes, pieces: pieces.map((piece) => [piece, hashes[piece] ?? ''] as const) }
}
