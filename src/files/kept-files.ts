// What a node has from coordinators, by content: a folder for each file, with its bytes, as far as they were needed (the rest is a
// hole), and a record of which pieces are there and right. What is here already is never fetched, not even by another name.
//
//   <folder>/<id>/data          the file, as long as at the coordinator; or a link to this machine's own copy
//   <folder>/<id>/record.json   what is there; also the mark without which nothing is ever removed

import { constants } from 'node:fs'
import { lstat, open, rm, symlink, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isFull, syncFolder } from '../core/atomic-file.ts'
import { sha256Of } from '../core/checksum.ts'
import { roomIn } from '../core/disk-room.ts'
import { messageOf, RallyError } from '../core/errors.ts'
import { makeFolder } from '../core/folder.ts'
import { sizeText } from '../core/units.ts'
import type { SuppliedFile } from '../protocol/transfer-messages.ts'
import type { PieceFetcher, WantedPiece } from './fetch-pieces.ts'
import { readRecord, writeRecord } from './file-record.ts'
import { isSame, stampAt, type FileStamp } from './file-stamp.ts'
import { readFully } from './hash-file.ts'
import { spanOf } from './pieces.ts'
import { removeOldFiles } from './remove-old-files.ts'

export interface KeptFilesOptions {
  /** Its owner's alone: no other node uses it. */
  readonly folder: string
  readonly node: string
  readonly fetcher: PieceFetcher
  readonly signal: AbortSignal
  /** Told how far it has come: `fetching documents.json`, `34 of 120 MB`. */
  readonly tell: (what: string, howFar: string) => void
}

/** A file, and what this race needs of it. */
type Needed = ReadonlyMap<number, string>

export class KeptFiles {
  readonly #options: KeptFilesOptions
  readonly #used = new Set<string>()

  constructor(options: KeptFilesOptions) {
    this.#options = options
  }

  /**
   * Path of the file with all that is needed of it. `here`: where this machine may have a copy of its own.
   * Throws RallyError: 'disk', 'corpus', 'node', 'cancelled'.
   */
  async bring(file: SuppliedFile, here: readonly string[]): Promise<string> {
    const folder = join(this.#options.folder, file.id)
    const path = join(folder, 'data')
    const needed: Needed = new Map(file.pieces)
    this.#used.add(file.id)
    try {
      await makeFolder(folder, 0o700)
      const kept = await this.#kept(file, path, needed)
      const has = kept ?? (await this.#link(file, { path, here, needed }))
      if (has !== null && holds(has, needed)) {
        await this.#record(file, path, has)
        return path
      }
      await this.#fetch(file, path, { needed, has: has ?? new Set() })
    } catch (error) {
      throw await this.#explained(file, error)
    }
    return path
  }

  /** Lets go what has not been used for long. */
  async tidy(): Promise<void> {
    await removeOldFiles(this.#options.folder, this.#used)
  }

  /** Pieces that are there and right, of an own file or of one that is linked to; null: there is nothing. */
  async #kept(file: SuppliedFile, path: string, needed: Needed): Promise<Set<number> | null> {
    const record = await readRecord(dirname(path))
    const stamp = await stampAt(path)
    if (stamp === null || stamp.bytes !== file.bytes) {
      await rm(path, { force: true })
      return null
    }
    const isLink = (await lstat(path)).isSymbolicLink()
    // Without a record (its process was killed) each piece is looked at.
    if (record !== null && isSame(record.stamp, stamp)) {
      const has = new Set(record.pieces)
      if (!isLink || holds(has, needed)) return has
    }
    const has = await this.#right(file, path, needed)
    if (!isLink || holds(has, needed)) return has
    await rm(path)
    return null
  }

  /** Links to a copy of this machine's own that has all that is needed; null: there is none. */
  async #link(file: SuppliedFile, { path, here, needed }: { path: string; here: readonly string[]; needed: Needed }): Promise<Set<number> | null> {
    for (const own of here) {
      if ((await stampAt(own))?.bytes !== file.bytes) continue
      const has = await this.#right(file, own, needed)
      if (!holds(has, needed)) continue
      await symlink(own, path)
      return has
    }
    return null
  }

  /** Those needed pieces whose checksum is right. */
  async #right(file: SuppliedFile, path: string, needed: Needed): Promise<Set<number>> {
    const right = new Set<number>()
    const source = await open(path, 'r')
    const buffer = Buffer.allocUnsafe(Math.min(file.bytes, file.pieceBytes))
    try {
      for (const [piece, sha256] of needed) {
        this.#options.signal.throwIfAborted()
        const [from, to] = spanOf(piece, file)
        if (sha256Of(await readFully(source, buffer.subarray(0, to - from), from)) === sha256) right.add(piece)
        this.#options.tell(`checking ${file.path}`, `, ${sizeText(to)} of ${sizeText(file.bytes)}`)
      }
    } finally {
      await source.close()
    }
    return right
  }

  async #fetch(file: SuppliedFile, path: string, { needed, has }: { needed: Needed; has: Set<number> }): Promise<void> {
    const lacking = [...needed].filter(([piece]) => !has.has(piece))
    await this.#makeRoom(file, lacking)
    const target = await openOwn(path, file.bytes)
    try {
      await this.#record(file, path, has)
      await this.#bring(file, { target, lacking, has })
      await target.datasync()
    } catch (error) {
      await target.close()
      // What has come is kept for the next time.
      await this.#record(file, path, has).catch(() => undefined)
      throw error
    }
    await target.close()
    await this.#record(file, path, has)
    await syncFolder(dirname(path))
  }

  async #bring(file: SuppliedFile, { target, lacking, has }: { target: FileHandle; lacking: readonly (readonly [number, string])[]; has: Set<number> }): Promise<void> {
    const { fetcher, signal, tell } = this.#options
    const numbers = new Map<string, number[]>()
    for (const [piece, sha256] of lacking) numbers.set(sha256, [...(numbers.get(sha256) ?? []), piece])
    const pieces = lacking.map(([piece, sha256]): WantedPiece => ({ sha256, bytes: lengthOf(piece, file) }))
    const totalBytes = sizeOf(lacking, file)
    const what = `fetching ${file.path}`
    const of = ` of ${sizeText(totalBytes)}`
    tell(what, `, 0B${of}`)
    await fetcher.fetch({
      name: file.path,
      pieces,
      signal,
      progress: (receivedBytes, silentSeconds) => {
        const silence = silentSeconds === 0 ? '' : `, nothing from the coordinator for ${silentSeconds} s`
        tell(what, `, ${sizeText(receivedBytes)}${of}${silence}`)
      },
      take: async ({ sha256 }, content) => {
        for (const piece of numbers.get(sha256) ?? []) {
          await writeFully(target, content, spanOf(piece, file)[0])
          has.add(piece)
        }
      }
    })
  }

  async #makeRoom(file: SuppliedFile, lacking: readonly (readonly [number, string])[]): Promise<void> {
    const { folder } = this.#options
    const neededBytes = sizeOf(lacking, file)
    const isThere = async (): Promise<boolean> => ((await roomIn(folder))?.freeBytes ?? Number.POSITIVE_INFINITY) > neededBytes
    while (!(await isThere())) {
      const removed = await removeOldFiles(folder, this.#used, { atLeastOne: true })
      if (removed === 0) throw await this.#noRoom(file, neededBytes)
    }
  }

  async #noRoom(file: SuppliedFile, neededBytes: number): Promise<RallyError> {
    const { node, folder } = this.#options
    const room = await roomIn(folder)
    const free = room === null ? 'an unknown number of' : String(room.freeBytes)
    return new RallyError('disk', `node ${node}: no space left for ${file.path}: it needs ${neededBytes} bytes in [${folder}], ${free} bytes are free`, {
      hint: `free some space on node ${node}, or give it another disk (local.dataset.cache in its rally.ini)`
    })
  }

  async #record(file: SuppliedFile, path: string, has: ReadonlySet<number>): Promise<void> {
    const stamp: FileStamp | null = await stampAt(path)
    if (stamp !== null) await writeRecord(dirname(path), { path: file.path, stamp, pieces: [...has].sort((a, b) => a - b) })
  }

  async #explained(file: SuppliedFile, error: unknown): Promise<unknown> {
    const { node, signal } = this.#options
    if (signal.aborted) return new RallyError('cancelled', `cancelled while ${file.path} was brought to node ${node}`)
    if (isFull(error)) return this.#noRoom(file, sizeOf(file.pieces, file))
    if (error instanceof RallyError) return error
    return new RallyError('disk', `${file.path} cannot be kept on node ${node}: ${messageOf(error)}`, { cause: error })
  }
}

/** The file of this name and no other: a link is not followed. */
async function openOwn(path: string, bytes: number): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  try {
    await file.truncate(bytes)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
}

function holds(has: ReadonlySet<number>, needed: Needed): boolean {
  return [...needed.keys()].every((piece) => has.has(piece))
}

function lengthOf(piece: number, file: SuppliedFile): number {
  const [from, to] = spanOf(piece, file)
  return to - from
}

function sizeOf(pieces: readonly (readonly [number, string])[], file: SuppliedFile): number {
  return pieces.reduce((sum, [piece]) => sum + lengthOf(piece, file), 0)
}
