// A node's side of the results channel: it lists what it has of a race, sends what is asked for, as much as there is credit for, and
// removes what the other side has safely. It keeps no state between requests: after a cut one asks on from where one was.
//
// | request                | answer                                                                                       |
// |------------------------|----------------------------------------------------------------------------------------------|
// | chunks                 | `chunk-list` …, the last one says so; without what was acknowledged before                    |
// | chunk {offset, credit} | `data` from there on, at most `credit` bytes; `end` with the file's checksum when it is reached |
// | ack {sha256}           | none; a file of that checksum is removed                                                      |
//
// A file that is not there (any more) has no bytes, and the checksum that none has. What is in a file is looked at where it goes to.
//
// Served by a process of its own (node/results-process): what the kernel answers from memory is asked for at once. A thread for it
// would cost more than the answer.

import { closeSync, fstatSync, openSync, read, readdirSync, statSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Of } from '../core/checksum.ts'
import { messageOf, systemCode } from '../core/errors.ts'
import { unreachable } from '../core/exhaustive.ts'
import type { Peer } from '../protocol/peer.ts'
import type { ListedChunk, ResultsAnswer, ResultsRequest } from '../protocol/transfer-messages.ts'
import { keptRace, raceFolderPath } from './race-folder.ts'
import { GONE, isResultId, isResultName } from './result-id.ts'
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
/** Files that are read before their turn: the disk is not waited for. */
const AHEAD_FILES = 8
/** Files kept at hand: a client asks for some at a time, in several portions. */
const CACHED_FILES = 12

/** Answers until the peer is closed. */
export function serveResults(options: ServeOptions): void {
  const server = new ResultsServer(options)
  options.peer.onMessage((request) => server.take(request))
}

interface CachedFile {
  readonly bytes: Buffer
  readonly sha256: string
}

class ResultsServer {
  readonly #options: ServeOptions
  readonly #folder: string
  readonly #queue: ResultsRequest[] = []
  /** By id, the one that was asked for first first. */
  readonly #files = new Map<string, Promise<CachedFile | null>>()
  /** Checksums of what was read: an acknowledged file is not read again. */
  readonly #sums = new Map<string, string>()
  readonly #removals = new Set<Promise<void>>()
  #isBusy = false

  constructor(options: ServeOptions) {
    this.#options = options
    this.#folder = raceFolderPath(options.dir, options.race)
  }

  /** One after another: answers come in the order of the questions. */
  take(request: ResultsRequest): void {
    this.#queue.push(request)
    this.#readAhead()
    if (!this.#isBusy) void this.#work()
  }

  async #work(): Promise<void> {
    this.#isBusy = true
    for (let request = this.#queue.shift(); request !== undefined; request = this.#queue.shift()) {
      this.#readAhead()
      await this.#answer(request)
    }
    this.#isBusy = false
  }

  #readAhead(): void {
    for (const request of this.#queue.slice(0, AHEAD_FILES)) if (request.t === 'chunk') void this.#file(request.id)
  }

  async #answer(request: ResultsRequest): Promise<void> {
    try {
      switch (request.t) {
        case 'chunks':
          return await this.#list()
        case 'chunk':
          return await this.#send(request)
        case 'ack':
          // What is asked for behind it does not wait for that.
          return this.#beginRemoval(request.id, request.sha256)
        default:
          unreachable(request)
      }
    } catch (error) {
      this.#options.problem(`results of race ${this.#options.race}: ${messageOf(error)}`)
      this.#options.peer.close()
    }
  }

  async #list(): Promise<void> {
    const { peer, dir, race } = this.#options
    await Promise.all(this.#removals)
    const kept = await keptRace(dir, race)
    if (kept !== null && !kept.isRunning) await sealLeftOpen(join(this.#folder, 'snapshots'), race)
    // What the report is made of goes first.
    const listed = ['snapshots', 'chunks'].flatMap((kind) => resultFiles(this.#folder, kind))
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

  #beginRemoval(id: string, sha256: string): void {
    const removal = this.#remove(id, sha256).finally(() => this.#removals.delete(removal))
    this.#removals.add(removal)
  }

  async #remove(id: string, sha256: string): Promise<void> {
    const known = this.#sums.get(id) ?? (await this.#file(id))?.sha256
    if (known !== sha256) return
    this.#files.delete(id)
    this.#sums.delete(id)
    // One that cannot be removed is listed, and acknowledged, again.
    await unlink(join(this.#folder, id)).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') this.#options.problem(`results of race ${this.#options.race}: ${messageOf(error)}`)
    })
  }

  #file(id: string): Promise<CachedFile | null> {
    const cached = this.#files.get(id)
    if (cached !== undefined) return cached
    const file = this.#read(id)
    this.#files.set(id, file)
    const [oldest] = this.#files.keys()
    if (this.#files.size > CACHED_FILES && oldest !== undefined) this.#files.delete(oldest)
    return file
  }

  async #read(id: string): Promise<CachedFile | null> {
    if (!isResultId(id)) return null
    // Pulled by somebody else, or removed because it was old.
    const bytes = await readWhole(join(this.#folder, id)).catch(() => null)
    if (bytes === null) {
      this.#files.delete(id)
      return null
    }
    const sha256 = sha256Of(bytes)
    this.#sums.set(id, sha256)
    return { bytes, sha256 }
  }
}

/** In the order in which they were written. */
function resultFiles(folder: string, kind: string): ListedChunk[] {
  const ids = namesIn(join(folder, kind))
    .filter(isResultName)
    .sort()
    .map((name) => `${kind}/${name}`)
  return ids.flatMap((id) => {
    const { size: bytes } = statSync(join(folder, id), { throwIfNoEntry: false }) ?? {}
    return bytes === undefined ? [] : [{ id, bytes }]
  })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // A race that never began, or that left only the other kind.
    return []
  }
}

/** Only the bytes themselves may have to be waited for. */
async function readWhole(path: string): Promise<Buffer> {
  const fd = openSync(path, 'r')
  try {
    const bytes = Buffer.allocUnsafeSlow(fstatSync(fd).size)
    const length = await new Promise<number>((resolve, reject) => {
      read(fd, bytes, 0, bytes.length, 0, (error, bytesRead) => (error === null ? resolve(bytesRead) : reject(error)))
    })
    return bytes.subarray(0, length)
  } finally {
    closeSync(fd)
  }
}
