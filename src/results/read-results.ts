// What lies in a race's folder, and what is in it. Every damaged file is named, and the others are read all the same.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import { messageOf, RallyError } from '../core/errors.ts'
import { eventChecker } from '../protocol/event-checker.ts'
import type { Columns } from '../sample/columns.ts'
import { CHUNK_CODEC, decodeColumns } from './chunk-codec.ts'
import { readHeader, readResultFile, type ChunkHeader, type ResultFile, type SnapshotHeader } from './result-file.ts'
import { isResultName } from './result-id.ts'
import { SNAPSHOT_CODEC } from './snapshot-writer.ts'
import { checkedEvent, type StoredEvent } from './stored-events.ts'

/** Of a minute's snapshots, inflated: a small file must not become all memory. */
const MAX_TEXT_BYTES = 256 << 20

export interface FoundFile<Header> {
  readonly path: string
  readonly header: Header
  /** Of the whole file. */
  readonly sizeBytes: number
}

export interface FoundResults {
  /** By node, epoch and number. */
  readonly chunks: readonly FoundFile<ChunkHeader>[]
  readonly snapshots: readonly FoundFile<SnapshotHeader>[]
  /** A line for each file that cannot be read. */
  readonly problems: readonly string[]
}

/** The result files below the given race folders (of this node, or pulled from others), by their headers alone. */
export async function findResults(folders: readonly string[]): Promise<FoundResults> {
  const problems: string[] = []
  const found = await Promise.all(folders.flatMap((folder) => ['chunks', 'snapshots'].map((kind) => findFiles(join(folder, kind), problems))))
  const files = found.flat().sort((a, b) => compare(a.header.node, b.header.node) || compare(a.header.epoch, b.header.epoch) || a.header.seq - b.header.seq)
  return { chunks: files.filter(isChunk), snapshots: files.filter(isSnapshots), problems }
}

async function findFiles(folder: string, problems: string[]): Promise<FoundFile<ChunkHeader | SnapshotHeader>[]> {
  // A race that never began, or of which only the other kind is here.
  const names = await readdir(folder).catch(() => [])
  const files: FoundFile<ChunkHeader | SnapshotHeader>[] = []
  for (const name of names.filter(isResultName)) {
    const path = join(folder, name)
    try {
      files.push({ path, header: await readHeader(path), sizeBytes: (await stat(path)).size })
    } catch (error) {
      problems.push(messageOf(error))
    }
  }
  return files
}

export interface Chunk {
  readonly header: ChunkHeader
  readonly columns: Columns
}

/** A chunk's samples, checked; throws RallyError('disk') that names it. */
export async function readChunk(path: string): Promise<Chunk> {
  const { header, payload } = await readResultFile(path)
  return decodeChunk(path, { header, payload })
}

/** The events of a snapshot file in the order they were told; throws RallyError('disk') that names it. */
export async function readEvents(path: string): Promise<StoredEvent[]> {
  return decodeEvents(path, await readResultFile(path))
}

async function decodeChunk(name: string, { header, payload }: ResultFile): Promise<Chunk> {
  if (header.rally !== 'chunk' || header.codec !== CHUNK_CODEC) throw damaged(name, `it is no chunk of codec ${CHUNK_CODEC}`)
  try {
    return { header, columns: await decodeColumns(payload, { rows: header.count, planes: header.planes, firstNs: header['first-ns'] }) }
  } catch (error) {
    throw damaged(name, messageOf(error))
  }
}

async function decodeEvents(name: string, { header, payload }: ResultFile): Promise<StoredEvent[]> {
  if (header.rally !== 'snapshots' || header.codec !== SNAPSHOT_CODEC) throw damaged(name, `it holds no snapshots of codec ${SNAPSHOT_CODEC}`)
  try {
    const text = (await promisify(inflateRaw)(payload, { maxOutputLength: MAX_TEXT_BYTES })).toString()
    const checker = await eventChecker()
    return text.trimEnd().split('\n').map((line) => checkedEvent(line, checker))
  } catch (error) {
    throw damaged(name, messageOf(error))
  }
}

function damaged(name: string, fact: string): RallyError {
  return new RallyError('disk', `${name} is damaged: ${fact}`, { hint: 'what the other files hold is whole' })
}

function isChunk(file: FoundFile<ChunkHeader | SnapshotHeader>): file is FoundFile<ChunkHeader> {
  return file.header.rally === 'chunk'
}

function isSnapshots(file: FoundFile<ChunkHeader | SnapshotHeader>): file is FoundFile<SnapshotHeader> {
  return file.header.rally === 'snapshots'
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
