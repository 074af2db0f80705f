// The checksums of a file's pieces. Of a large one they are remembered, for as long as the file is not touched.

import { open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../core/atomic-file.ts'
import { sha256Of } from '../core/checksum.ts'
import { messageOf, RallyError } from '../core/errors.ts'
import { isSame, stampOf, type FileStamp } from './file-stamp.ts'
import { fileId, pieceBytesOf, spanOf, pieceCount } from './pieces.ts'

export interface HashedFile {
  /** Absolute. */
  readonly at: string
  readonly bytes: number
  readonly pieceBytes: number
  readonly hashes: readonly string[]
  readonly id: string
  readonly stamp: FileStamp
}

export interface HashOptions {
  /** Where checksums are remembered; null: they are not. */
  readonly memory: string | null
  readonly signal: AbortSignal
  readonly progress?: (doneBytes: number, totalBytes: number) => void
}

/** Below this, looking up is not quicker than counting again. */
const WORTH_REMEMBERING_BYTES = 1024 * 1024

/** Throws RallyError('corpus') if it cannot be read, or changes meanwhile; 'cancelled'. */
export async function hashFile(at: string, options: HashOptions): Promise<HashedFile> {
  const file = await open(at, 'r').catch((error: unknown) => {
    throw unreadable(at, error)
  })
  try {
    const stamp = await stampOf(file)
    const sized = { bytes: stamp.bytes, pieceBytes: pieceBytesOf(stamp.bytes) }
    const memory = options.memory === null || stamp.bytes < WORTH_REMEMBERING_BYTES ? null : join(options.memory, `${sha256Of(at)}.json`)
    const known = memory === null ? null : await remembered(memory, stamp, pieceCount(sized))
    const hashes = known ?? (await hashPieces(file, sized, options))
    if (!isSame(stamp, await stampOf(file))) throw new RallyError('corpus', `${at} changes while it is read`, { hint: 'run the race again when it is complete' })
    // It only saves time: a disk without room for it is no reason to end.
    if (memory !== null && known === null) await writeFileAtomically(memory, JSON.stringify({ at, stamp, hashes })).catch(() => undefined)
    return { at, ...sized, hashes, id: fileId(hashes), stamp }
  } finally {
    await file.close()
  }
}

async function hashPieces(file: FileHandle, sized: { bytes: number; pieceBytes: number }, { signal, progress }: HashOptions): Promise<string[]> {
  const hashes: string[] = []
  const buffer = Buffer.allocUnsafe(Math.min(sized.bytes, sized.pieceBytes))
  for (let piece = 0; piece < pieceCount(sized); piece++) {
    if (signal.aborted) throw new RallyError('cancelled', 'cancelled while files were read')
    const [from, to] = spanOf(piece, sized)
    const read = await readFully(file, buffer.subarray(0, to - from), from)
    hashes.push(sha256Of(read))
    progress?.(to, sized.bytes)
  }
  return hashes
}

/** As much of `buffer` as the file has from `position` on. */
export async function readFully(file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}

async function remembered(memory: string, stamp: FileStamp, pieces: number): Promise<string[] | null> {
  try {
    const known = JSON.parse(await readFile(memory, 'utf8')) as { stamp?: FileStamp; hashes?: unknown }
    if (known.stamp === undefined || !isSame(known.stamp, stamp) || !Array.isArray(known.hashes)) return null
    const hashes = known.hashes.filter((hash): hash is string => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash))
    return hashes.length === pieces ? hashes : null
  } catch {
    return null
  }
}

function unreadable(at: string, error: unknown): RallyError {
  return new RallyError('corpus', `${at} cannot be read: ${messageOf(error)}`, { cause: error })
}
