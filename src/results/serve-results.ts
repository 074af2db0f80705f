// A node's side of the results channel: it lists what it has of a race, sends what is asked for, as much as there is credit for, and
// removes what the other side has safely. It keeps no state between requests: after a cut one asks on from where one was.
//
// | request                | answer                                                                                       |
// |------------------------|----------------------------------------------------------------------------------------------|
// | chunks                 | `chunk-list` …, the last one says so                                                          |
// | chunk {offset, credit} | `data` from there on, at most `credit` bytes; `end` with the file's checksum when it is reached |
// | ack {sha256}           | none; a file of that checksum is removed                                                      |
//
// A file that is not there (any more) has no bytes, and the checksum that none has.

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../core/errors.ts'
import { unreachable } from '../core/exhaustive.ts'
import type { Peer } from '../protocol/peer.ts'
import type { ListedChunk, ResultsAnswer, ResultsRequest } from '../protocol/transfer-messages.ts'
import { keptRace, raceFolderPath } from './race-folder.ts'
import { findResults } from './read-results.ts'
import { GONE, idOf, isResultId } from './result-id.ts'
import { sha256Of } from './result-file.ts'
import { sealLeftOpen } from './snapshot-writer.ts'

export interface ServeOptions {
  readonly peer: Peer<ResultsAnswer, ResultsRequest>
  /** Where this node keeps its races. */
  readonly dir: string
  readonly race: string
  /** What could not be done. */
  readonly problem: (line: string) => void
}

/** In base64 and with its envelope below the line limit of 128 KiB. */
const SLICE_BYTES = 90 * 1024
/** Lines of the list stay below that, too. */
const LISTED_AT_ONCE = 1000
/** Files kept at hand: a client asks for some at a time, in several portions. */
const CACHED_FILES = 4

/** Answers until the peer is closed. */
export function serveResults(options: ServeOptions): void {
  const server = new ResultsServer(options)
  let last = Promise.resolve()
  options.peer.onMessage((request) => {
    // One after another: answers come in the order of the questions.
    last = answerAfter(last, server, request)
  })
}

async function answerAfter(before: Promise<void>, server: ResultsServer, request: ResultsRequest): Promise<void> {
  await before
  await server.answer(request)
}

interface CachedFile {
  readonly id: string
  readonly bytes: Buffer
  readonly sha256: string
}

class ResultsServer {
  readonly #options: ServeOptions
  readonly #folder: string
  #cache: CachedFile[] = []

  constructor(options: ServeOptions) {
    this.#options = options
    this.#folder = raceFolderPath(options.dir, options.race)
  }

  async answer(request: ResultsRequest): Promise<void> {
    try {
      switch (request.t) {
        case 'chunks':
          return await this.#list()
        case 'chunk':
          return await this.#send(request)
        case 'ack':
          return await this.#remove(request.id, request.sha256)
        default:
          unreachable(request)
      }
    } catch (error) {
      this.#options.problem(`results of race ${this.#options.race}: ${messageOf(error)}`)
      this.#options.peer.close()
    }
  }

  async #list(): Promise<void> {
    const { peer, dir, race, problem } = this.#options
    const kept = await keptRace(dir, race)
    if (kept !== null && !kept.isRunning) await sealLeftOpen(join(this.#folder, 'snapshots'), race)
    const { chunks, snapshots, problems } = await findResults([this.#folder])
    problems.forEach(problem)
    // What the report is made of goes first.
    const listed: ListedChunk[] = [...snapshots, ...chunks].map(({ path, sizeBytes }) => ({ id: idOf(path), bytes: sizeBytes }))
    do {
      const page = listed.splice(0, LISTED_AT_ONCE)
      peer.send({ t: 'chunk-list', chunks: page, isLast: listed.length === 0 })
    } while (listed.length > 0)
  }

  async #send({ id, offset, credit }: Extract<ResultsRequest, { t: 'chunk' }>): Promise<void> {
    const { peer } = this.#options
    const file = await this.#file(id)
    if (file === null) return peer.send({ t: 'end', id, sha256: GONE })
    const { bytes, sha256 } = file
    const end = Math.min(bytes.length, offset + credit)
    for (let at = offset; at < end; at += SLICE_BYTES) {
      peer.send({ t: 'data', id, offset: at, base64: bytes.subarray(at, Math.min(end, at + SLICE_BYTES)).toString('base64') })
    }
    if (offset + credit >= bytes.length) peer.send({ t: 'end', id, sha256 })
  }

  async #remove(id: string, sha256: string): Promise<void> {
    const file = await this.#file(id)
    if (file === null || file.sha256 !== sha256) return
    this.#cache = this.#cache.filter((cached) => cached.id !== id)
    await rm(join(this.#folder, id), { force: true })
  }

  async #file(id: string): Promise<CachedFile | null> {
    const cached = this.#cache.find((one) => one.id === id)
    if (cached !== undefined) return cached
    if (!isResultId(id)) return null
    // Pulled by somebody else, or removed because it was old.
    const bytes = await readFile(join(this.#folder, id)).catch(() => null)
    if (bytes === null) return null
    const file = { id, bytes, sha256: sha256Of(bytes) }
    this.#cache = [...this.#cache.slice(1 - CACHED_FILES), file]
    return file
  }
}
