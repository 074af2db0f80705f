// The coordinator's side of one connection of the results channel: asks for what the node lists, and lets the node remove what is
// safely here. A cut costs nothing but what was on its way: over the next connection it asks on from the byte it had come to.
//
// | a file is | what                      | next                                                                  |
// |-----------|---------------------------|-----------------------------------------------------------------------|
// | listed    | room in the window        | asked: `chunk` for its next portion                                    |
// | asked     | `data` at the right place | asked; room for the next portion                                       |
// | asked     | `end`, checksum right     | looked into and written; `ack` once its folder is through to the disk  |
// | asked     | `end`, checksum wrong     | listed from its first byte, once; then left there, with a line         |
// | any       | cut                       | listed, from the byte it had come to                                   |
//
// An `ack` has no answer of its own: when all is here, a second list shows that the node has heard them.

import { join } from 'node:path'
import { syncFolder } from '../core/atomic-file.ts'
import { unreachable } from '../core/exhaustive.ts'
import { makeFolder } from '../core/folder.ts'
import type { Peer } from '../protocol/peer.ts'
import type { ListedChunk, ResultsAnswer, ResultsRequest } from '../protocol/transfer-messages.ts'
import type { IncomingFiles } from './incoming-files.ts'

/**
 * Asked for at once, and on its way in all: what a connection of 30 ms and 120 MB/s needs. In base64, and while one half leaves and the
 * next is asked for, it stays below the 16 MiB at which a node takes it that nobody reads.
 */
const PORTION_BYTES = 1 << 20
const WINDOW_BYTES = 4 << 20
/** Received, but not yet written: above it no further file is asked for. */
const MAX_HELD_BYTES = 32 << 20
const SILENCE_MS = 30_000
/** A million names come in a few seconds. */
const LISTING_MS = 120_000
/** What a hundred workers leave in a month of little load. */
const MAX_LISTED = 5_000_000

/** Resolves when the connection is of no more use: null if all is here, else why not. Rejects if files cannot be written here. */
export async function pullOver(peer: Peer<ResultsRequest, ResultsAnswer>, files: IncomingFiles, into: string): Promise<string | null> {
  for (const kind of KINDS) await makeFolder(join(into, kind))
  files.begin()
  return new Promise((resolve, reject) => new ResultsConnection({ peer, files, into, resolve, reject }).begin())
}

const KINDS = ['chunks', 'snapshots']

interface ConnectionParts {
  readonly peer: Peer<ResultsRequest, ResultsAnswer>
  readonly files: IncomingFiles
  readonly into: string
  readonly resolve: (reason: string | null) => void
  readonly reject: (error: unknown) => void
}

class ResultsConnection {
  readonly #parts: ConnectionParts
  readonly #listed: ListedChunk[] = []
  #isListed = false
  #inFlightBytes = 0
  #finishing = 0
  #acks: { readonly id: string; readonly sha256: string }[] = []
  #isAcking = false
  #hasAcked = false
  #isConfirming = false
  #isOver = false
  #reason: string | null = null
  #silence: NodeJS.Timeout | undefined
  #listing: NodeJS.Timeout | undefined
  #last: Promise<void> = Promise.resolve()

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  begin(): void {
    const { peer } = this.#parts
    peer.onClose((reason) => this.#end(reason))
    // One after another: the list is long to look through, and what comes behind it must wait.
    peer.onMessage((answer) => {
      this.#last = this.#guard(this.#after(this.#last, answer))
    })
    this.#askForList()
  }

  #askForList(): void {
    this.#listen()
    clearTimeout(this.#listing)
    this.#listing = setTimeout(() => this.#end(`its list has no end after ${LISTING_MS / 1000} s`), LISTING_MS)
    this.#parts.peer.send({ t: 'chunks' })
  }

  async #after(before: Promise<void>, answer: ResultsAnswer): Promise<void> {
    await before
    if (!this.#isOver) await this.#hear(answer)
  }

  async #hear(answer: ResultsAnswer): Promise<void> {
    this.#listen()
    switch (answer.t) {
      case 'chunk-list':
        this.#listed.push(...answer.chunks)
        if (this.#listed.length > MAX_LISTED) return this.#refuse(`it lists more than ${MAX_LISTED.toLocaleString('en')} files`)
        return answer.isLast ? this.#allListed() : undefined
      case 'data':
        return this.#data(answer)
      case 'end':
        void this.#guard(this.#finish(answer.id, answer.sha256))
        return
      default:
        unreachable(answer)
    }
  }

  async #allListed(): Promise<void> {
    const { files } = this.#parts
    clearTimeout(this.#listing)
    for (const chunk of this.#listed) {
      // What came to the node meanwhile is for the next pull: a running race would never end this one.
      const sha256 = this.#isConfirming ? files.checksumOf(chunk.id) : await files.listed(chunk)
      if (sha256 !== null) this.#acks.push({ id: chunk.id, sha256 })
    }
    this.#isListed = true
    this.#goOn()
  }

  #data({ id, offset, base64 }: Extract<ResultsAnswer, { t: 'data' }>): void {
    const { files } = this.#parts
    const before = files.receivedBytes
    const problem = files.data(id, offset, base64)
    if (problem !== null) return this.#refuse(problem)
    this.#inFlightBytes -= files.receivedBytes - before
    this.#ask()
  }

  #refuse(problem: string): void {
    this.#parts.peer.close(problem)
    this.#end(problem)
  }

  async #finish(id: string, sha256: string): Promise<void> {
    this.#finishing++
    const written = await this.#parts.files.end(id, sha256)
    this.#finishing--
    if (this.#isOver) return this.#settle()
    if (written !== null) this.#acks.push({ id, sha256: written })
    this.#goOn()
  }

  #goOn(): void {
    if (this.#isOver) return
    this.#ask()
    if (this.#acks.length > 0) void this.#guard(this.#acknowledge())
    else if (this.#isListed && this.#parts.files.isComplete && this.#finishing === 0 && !this.#isAcking) this.#confirm()
  }

  #confirm(): void {
    if (this.#isConfirming || !this.#hasAcked) return this.#end(null)
    this.#isConfirming = true
    this.#isListed = false
    this.#listed.length = 0
    this.#askForList()
  }

  #ask(): void {
    const { peer, files } = this.#parts
    for (const file of files.open) {
      while (!file.isEndAsked) {
        if (this.#inFlightBytes >= WINDOW_BYTES || (file.asked === 0 && files.heldBytes > MAX_HELD_BYTES)) return
        const credit = Math.min(PORTION_BYTES, file.bytes - file.asked)
        peer.send({ t: 'chunk', id: file.id, offset: file.asked, credit })
        file.asked += credit
        file.isEndAsked = file.asked === file.bytes
        this.#inFlightBytes += credit
      }
    }
  }

  /** A file is only found again if its folder is on the disk, too. */
  async #acknowledge(): Promise<void> {
    if (this.#isAcking) return
    this.#isAcking = true
    while (this.#acks.length > 0) {
      const acks = this.#acks
      this.#acks = []
      for (const kind of KINDS) await syncFolder(join(this.#parts.into, kind))
      this.#hasAcked = true
      for (const { id, sha256 } of acks) this.#parts.peer.send({ t: 'ack', id, sha256 })
    }
    this.#isAcking = false
    this.#goOn()
  }

  /** A node that says nothing while it is asked is as good as gone. */
  #listen(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      if (this.#isListed && this.#inFlightBytes === 0) this.#listen()
      else this.#end(`it has sent nothing for ${SILENCE_MS / 1000} s`)
    }, SILENCE_MS)
  }

  async #guard(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.#isOver = true
      clearTimeout(this.#silence)
      clearTimeout(this.#listing)
      this.#parts.reject(error)
    }
  }

  #end(reason: string | null): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#reason = reason
    clearTimeout(this.#silence)
    clearTimeout(this.#listing)
    this.#settle()
  }

  /** What is being written belongs to this connection still: over the next one it must not be asked for again. */
  #settle(): void {
    if (this.#finishing === 0) this.#parts.resolve(this.#reason)
  }
}
