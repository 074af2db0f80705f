// The coordinator's side of the files channel: sends pieces of the race's files, asked for by checksum. What is not of the race is
// not sent, whatever a node asks for.
//
// | request       | answer                                                                |
// |---------------|-----------------------------------------------------------------------|
// | want          | `data` from `offset` on, then `end`                                    |
// | want          | `lost`: the file has been changed, or cannot be read any more           |
// | want, unknown | none: the connection ends, with the reason                              |

import { open, type FileHandle } from 'node:fs/promises'
import { messageOf } from '../core/errors.ts'
import type { Connection } from '../protocol/connection.ts'
import type { FilesAnswer, FilesRequest } from '../protocol/transfer-messages.ts'
import { isSame, stampOf } from './file-stamp.ts'
import { readFully, type HashedFile } from './hash-file.ts'
import { spanOf, type ByteRange } from './pieces.ts'

/** In base64 and with its envelope below the line limit of 128 KiB. */
const SLICE_BYTES = 90 * 1024
/** So much is given to the connection before it is waited for: of 20 KB/s one sees that it moves. */
const AHEAD_BYTES = 256 * 1024
/** A connection over which nothing moves hangs, or the node wants nothing now: another one costs nothing, and goes on where it was. */
const HANGS_AFTER_MS = 15_000
/** More than a node's window holds of the smallest pieces. */
const MAX_WANTS = 512

interface OfferedPiece {
  readonly file: HashedFile
  readonly path: string
  readonly span: ByteRange
}

export class FileServer {
  readonly #pieces = new Map<string, OfferedPiece>()
  readonly #hangsAfterMs: number
  /** Sent, without what was asked for again. */
  sentBytes = 0

  constructor(hangsAfterMs = HANGS_AFTER_MS) {
    this.#hangsAfterMs = hangsAfterMs
  }

  /** From now on these pieces of the file may be asked for. `path`: its name for people. */
  offer(file: HashedFile, path: string, pieces: readonly number[]): void {
    for (const piece of pieces) {
      const sha256 = file.hashes[piece]
      if (sha256 !== undefined && !this.#pieces.has(sha256)) this.#pieces.set(sha256, { file, path, span: spanOf(piece, file) })
    }
  }

  /** Answers until the connection closes, or hangs and is closed; resolves with what the node did that it must not, else null. */
  serve(peer: Connection<FilesAnswer, FilesRequest>): Promise<string | null> {
    return new Promise((resolve) => {
      let waiting = 0
      let last = Promise.resolve()
      const hangs = setTimeout(() => peer.close(), this.#hangsAfterMs)
      peer.onClose(() => {
        clearTimeout(hangs)
        resolve(null)
      })
      peer.onMessage((want) => {
        hangs.refresh()
        const problem = this.#pieces.has(want.sha256) ? (++waiting > MAX_WANTS ? 'it asks for more than it can take' : null) : 'it asks for a file that is not of this race'
        if (problem !== null) {
          resolve(problem)
          peer.close(problem)
          return
        }
        // One after another: answers come in the order of the questions.
        last = last.then(() => this.#answer(peer, want, hangs)).finally(() => waiting--)
      })
    })
  }

  async #answer(peer: Connection<FilesAnswer, FilesRequest>, { sha256, offset }: FilesRequest, hangs: NodeJS.Timeout): Promise<void> {
    const piece = this.#pieces.get(sha256)
    if (piece === undefined || peer.closeReason !== null) return
    try {
      const file = await open(piece.file.at, 'r')
      try {
        await this.#send(peer, { sha256, offset, file, piece, hangs })
      } finally {
        await file.close()
      }
    } catch (error) {
      peer.send({ t: 'lost', sha256, message: `${piece.path} cannot be read at the coordinator any more: ${messageOf(error)}` })
    }
  }

  async #send(peer: Connection<FilesAnswer, FilesRequest>, { sha256, offset, file, piece, hangs }: Sending): Promise<void> {
    const [from, to] = piece.span
    const buffer = Buffer.allocUnsafe(SLICE_BYTES)
    let ahead = 0
    for (let at = from + offset; at < to; ) {
      const read = await readFully(file, buffer.subarray(0, Math.min(SLICE_BYTES, to - at)), at)
      if (read.length === 0 || !isSame(await stampOf(file), piece.file.stamp)) return this.#changed(peer, sha256, piece)
      peer.send({ t: 'data', sha256, offset: at - from, base64: read.toString('base64') })
      this.sentBytes += read.length
      at += read.length
      ahead += read.length
      if (ahead < AHEAD_BYTES) continue
      if (!(await peer.drained())) return
      hangs.refresh()
      ahead = 0
    }
    peer.send({ t: 'end', sha256 })
    if (await peer.drained()) hangs.refresh()
  }

  #changed(peer: Connection<FilesAnswer, FilesRequest>, sha256: string, { path }: OfferedPiece): void {
    peer.send({ t: 'lost', sha256, message: `${path} has been changed at the coordinator since the race began` })
  }
}

interface Sending {
  readonly sha256: string
  readonly offset: number
  readonly file: FileHandle
  readonly piece: OfferedPiece
  /** Begins anew with whatever moves. */
  readonly hangs: NodeJS.Timeout
}
