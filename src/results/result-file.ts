// The files that a node leaves of a race, chunks and snapshots alike: one line of JSON that says what it is, and the payload.
// They are written once, whole; a checksum of the payload in the header tells a damaged one.

import { open, readFile } from 'node:fs/promises'
import { sha256Of } from '../core/checksum.ts'
import { messageOf, RallyError } from '../core/errors.ts'

interface FileFacts {
  readonly version: 1
  readonly race: string
  readonly node: string
  /** Of the node's session: a restarted one counts anew. */
  readonly epoch: string
  /** Counts the files of this kind of a session. */
  readonly seq: number
  readonly step: number
  /** The step's start by the node's own wall clock: for stamps only. */
  readonly 'started-at-ms': number
  /** Rows of a chunk, events of a snapshot file. */
  readonly count: number
  readonly codec: string
  /** Of the payload. */
  readonly bytes: number
  readonly sha256: string
}

export interface ChunkHeader extends FileFacts {
  readonly rally: 'chunk'
  /** Names by the number in the column `task`. */
  readonly tasks: readonly string[]
  readonly errors: readonly string[]
  readonly units: readonly string[]
  /** Finish of the first and the last row, ns after the step's start. */
  readonly 'first-ns': number
  readonly 'last-ns': number
  readonly planes: readonly number[]
}

export interface SnapshotHeader extends FileFacts {
  readonly rally: 'snapshots'
  /** Holds all that the step measured in the end. */
  readonly joined: boolean
}

export type FileHeader = ChunkHeader | SnapshotHeader

/** A task table of 10,000 long names fits; a file without any newline is not read whole. */
const MAX_HEADER_BYTES = 2 << 20
const FIRST_READ_BYTES = 8192
const NEWLINE = 10

type Unsealed<T> = T extends FileHeader ? Omit<T, 'bytes' | 'sha256'> : never

/** The file's bytes. */
export function fileOf(facts: Unsealed<FileHeader>, payload: Uint8Array): Buffer {
  const header = { ...facts, bytes: payload.length, sha256: sha256Of(payload) }
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), payload])
}

/** Reads no more than the first line; throws RallyError('disk') that names the file. */
export async function readHeader(path: string): Promise<FileHeader> {
  const file = await open(path, 'r').catch((error: unknown) => fail(path, messageOf(error)))
  try {
    for (let size = FIRST_READ_BYTES; ; size *= 16) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0)
      const end = buffer.subarray(0, bytesRead).indexOf(NEWLINE)
      if (end !== -1) return parseHeader(path, buffer.subarray(0, end))
      if (bytesRead < size || size > MAX_HEADER_BYTES) fail(path, 'it has no header line')
    }
  } finally {
    await file.close()
  }
}

export interface ResultFile {
  readonly header: FileHeader
  readonly payload: Buffer
}

/** The whole file, its payload checked; throws RallyError('disk') that names the file. */
export async function readResultFile(path: string): Promise<ResultFile> {
  const bytes = await readFile(path).catch((error: unknown) => fail(path, messageOf(error)))
  return parseResultFile(path, bytes)
}

/** The same for bytes at hand; `name` is for messages. */
export function parseResultFile(name: string, bytes: Buffer): ResultFile {
  const end = bytes.indexOf(NEWLINE)
  if (end === -1) fail(name, 'it has no header line')
  const header = parseHeader(name, bytes.subarray(0, end))
  const payload = bytes.subarray(end + 1)
  if (payload.length !== header.bytes) fail(name, `it holds ${payload.length} bytes instead of ${header.bytes}`)
  if (sha256Of(payload) !== header.sha256) fail(name, 'its checksum is wrong')
  return { header, payload }
}

function parseHeader(name: string, line: Buffer): FileHeader {
  let header: Partial<FileHeader> | null
  try {
    header = JSON.parse(line.toString()) as Partial<FileHeader> | null
  } catch {
    return fail(name, 'its header is no JSON')
  }
  if (header === null || typeof header !== 'object') return fail(name, 'its header is no object')
  if (header.rally !== 'chunk' && header.rally !== 'snapshots') fail(name, 'it is no file of results')
  if (header.version !== 1) fail(name, `its version is ${String(header.version)}, this program reads 1`)
  const texts = ['race', 'node', 'epoch', 'codec', 'sha256'] as const
  const counts = ['seq', 'step', 'count', 'bytes'] as const
  const isStarted = Number.isFinite(header['started-at-ms'])
  const isWhole = isStarted && texts.every((key) => typeof header[key] === 'string') && counts.every((key) => isCount(header[key])) && (header.rally === 'snapshots' || isChunk(header as Partial<ChunkHeader>))
  if (!isWhole) fail(name, 'its header is incomplete')
  return header as FileHeader
}

function isChunk(header: Partial<ChunkHeader>): boolean {
  const labels = [header.tasks, header.errors, header.units].every((list) => Array.isArray(list) && list.every((label) => typeof label === 'string'))
  const times = [header['first-ns'], header['last-ns']].every((time) => Number.isFinite(time))
  return labels && times && Array.isArray(header.planes) && header.planes.every((width) => isCount(width) && width <= 8)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function fail(name: string, fact: string): never {
  throw new RallyError('disk', `${name} is damaged: ${fact}`, { hint: 'what the other files hold is whole; remove this one, or pull it again' })
}
