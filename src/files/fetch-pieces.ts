// A node's side of the files channel: asks the coordinator for pieces, over whatever connection there is. One that breaks costs only
// what was on its way: over the next one it asks on from the byte it had come to.
//
// | a piece is | what                      | next                                                    |
// |------------|---------------------------|---------------------------------------------------------|
// | listed     | room in the window        | asked: `want`                                            |
// | asked      | `data` at the right place | asked                                                    |
// | asked      | `end`, checksum right     | given to whoever wants it, who writes it                  |
// | asked      | `end`, checksum wrong     | asked again from its first byte, once; then it is an error |
// | asked      | another connection        | asked, from the byte it had come to                       |

import { sha256Of } from '../core/checksum.ts'
import { systemClock } from '../core/clock.ts'
import { messageOf, RallyError } from '../core/errors.ts'
import { unreachable } from '../core/exhaustive.ts'
import type { Peer } from '../protocol/peer.ts'
import type { FilesAnswer, FilesRequest } from '../protocol/transfer-messages.ts'

export interface WantedPiece {
  readonly sha256: string
  readonly bytes: number
}

export interface FetchRequest {
  /** The file, for people. */
  readonly name: string
  readonly pieces: readonly WantedPiece[]
  /** Told of each piece; the next ones wait while too much is being written. */
  readonly take: (piece: WantedPiece, content: Buffer) => Promise<void>
  /** Of the content, with what is on its way; and since when nothing has come, where that is worth a word. */
  readonly progress: (receivedBytes: number, silentSeconds: number) => void
  readonly signal: AbortSignal
}

/** Asked for and not yet written: what a connection of 100 ms and 80 MB/s needs, and all the memory that fetching takes. */
const WINDOW_BYTES = 8 * 1024 * 1024
const SILENCE_MS = 30_000
/** Every wait says after this what it waits for. The coordinator replaces a connection that hangs (serve-files.ts). */
const TOLD_AFTER_MS = 3000

export class PieceFetcher {
  readonly #silenceMs: number
  #peer: Peer<FilesRequest, FilesAnswer> | null = null
  #fetch: Fetch | null = null

  constructor(silenceMs = SILENCE_MS) {
    this.#silenceMs = silenceMs
  }

  /** Asks over this connection from now on. */
  attach(peer: Peer<FilesRequest, FilesAnswer>): void {
    const before = this.#peer
    this.#peer = peer
    before?.close()
    peer.onMessage((answer) => {
      const problem = peer === this.#peer ? this.#hear(answer) : null
      if (problem !== null) peer.close(problem)
    })
    peer.onClose(() => {
      if (peer === this.#peer) this.#peer = null
    })
    this.#fetch?.goOn()
  }

  /** Resolves when all pieces are written. Throws RallyError: 'node' (nothing comes), 'corpus' (what comes is wrong), 'cancelled'. */
  async fetch(request: FetchRequest): Promise<void> {
    if (request.pieces.length === 0) return
    const fetch = new Fetch(request, { silenceMs: this.#silenceMs, ask: (want) => this.#peer?.send(want) })
    this.#fetch = fetch
    try {
      await fetch.done
    } finally {
      this.#fetch = null
    }
  }

  close(): void {
    this.#peer?.close()
    this.#peer = null
  }

  /** What is wrong with the answer, else null. */
  #hear(answer: FilesAnswer): string | null {
    // What was still on its way when fetching ended with an error.
    return this.#fetch === null ? null : this.#fetch.hear(answer)
  }
}

interface Asked {
  readonly piece: WantedPiece
  readonly content: Buffer
  received: number
  isSecondTry: boolean
}

interface FetchParts {
  readonly silenceMs: number
  readonly ask: (want: FilesRequest) => void
}

class Fetch {
  readonly done: Promise<void>
  readonly #request: FetchRequest
  readonly #parts: FetchParts
  readonly #listed: WantedPiece[]
  readonly #asked = new Map<string, Asked>()
  #heldBytes = 0
  #receivedBytes = 0
  #writing = 0
  readonly #timer: NodeJS.Timeout
  #heardAtMs = systemClock.monotonicMs()
  #isOver = false
  #resolve: () => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(request: FetchRequest, parts: FetchParts) {
    this.#request = request
    this.#parts = parts
    this.#listed = [...new Map(request.pieces.map((piece) => [piece.sha256, piece])).values()]
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#timer = setInterval(() => this.#look(), Math.min(1000, parts.silenceMs / 10))
    request.signal.addEventListener('abort', this.#aborted)
    if (request.signal.aborted) this.#aborted()
    else this.#ask()
  }

  /** There is another connection. */
  goOn(): void {
    for (const { piece, received } of this.#asked.values()) this.#parts.ask({ t: 'want', sha256: piece.sha256, offset: received })
  }

  hear(answer: FilesAnswer): string | null {
    if (this.#isOver) return null
    const asked = this.#asked.get(answer.sha256)
    if (asked === undefined) return `${answer.t} of a piece that was not asked for`
    this.#heardAtMs = systemClock.monotonicMs()
    switch (answer.t) {
      case 'data':
        return this.#data(asked, answer)
      case 'end':
        return this.#end(asked)
      case 'lost':
        this.#fail(new RallyError('corpus', answer.message, { hint: 'run the race again' }))
        return null
      default:
        return unreachable(answer)
    }
  }

  #data(asked: Asked, { offset, base64 }: Extract<FilesAnswer, { t: 'data' }>): string | null {
    const bytes = Buffer.byteLength(base64, 'base64')
    if (offset !== asked.received || offset + bytes > asked.piece.bytes) {
      return `bytes ${offset} to ${offset + bytes} of a piece came where byte ${asked.received} of ${asked.piece.bytes} was due`
    }
    const written = asked.content.write(base64, offset, 'base64')
    asked.received += written
    this.#receivedBytes += written
    this.#request.progress(this.#receivedBytes, 0)
    return null
  }

  #end(asked: Asked): string | null {
    const { piece, content, received } = asked
    if (received !== piece.bytes) return `a piece ended after ${received} of ${piece.bytes} bytes`
    if (sha256Of(content) !== piece.sha256) {
      this.#wrong(asked)
      return null
    }
    this.#asked.delete(piece.sha256)
    void this.#write(piece, content)
    return null
  }

  #wrong(asked: Asked): void {
    const { name } = this.#request
    if (asked.isSecondTry) return this.#fail(new RallyError('corpus', `what comes of ${name} from the coordinator is not what it announced: its checksum is wrong, twice`, { hint: 'run the race again; if the file is being written at the coordinator, wait until it is complete' }))
    this.#receivedBytes -= asked.received
    Object.assign(asked, { received: 0, isSecondTry: true })
    this.#parts.ask({ t: 'want', sha256: asked.piece.sha256, offset: 0 })
  }

  async #write(piece: WantedPiece, content: Buffer): Promise<void> {
    this.#writing++
    try {
      await this.#request.take(piece, content)
    } catch (error) {
      this.#fail(error)
    }
    this.#writing--
    this.#heldBytes -= piece.bytes
    this.#ask()
  }

  #ask(): void {
    if (this.#isOver) return
    while (this.#listed.length > 0 && (this.#heldBytes === 0 || this.#heldBytes + this.#listed[0]!.bytes <= WINDOW_BYTES)) {
      const piece = this.#listed.shift()!
      this.#heldBytes += piece.bytes
      this.#asked.set(piece.sha256, { piece, content: Buffer.allocUnsafeSlow(piece.bytes), received: 0, isSecondTry: false })
      this.#parts.ask({ t: 'want', sha256: piece.sha256, offset: 0 })
    }
    if (this.#listed.length === 0 && this.#asked.size === 0 && this.#writing === 0) this.#settle(this.#resolve)
  }

  #look(): void {
    const nowMs = systemClock.monotonicMs()
    // A disk that is slow is no silence of the coordinator's.
    if (this.#asked.size === 0) this.#heardAtMs = nowMs
    const silentMs = nowMs - this.#heardAtMs
    if (silentMs >= TOLD_AFTER_MS) this.#request.progress(this.#receivedBytes, Math.floor(silentMs / 1000))
    if (silentMs < this.#parts.silenceMs) return
    const words = `nothing of ${this.#request.name} has come from the coordinator for ${this.#parts.silenceMs / 1000} s`
    this.#fail(new RallyError('node', words, { hint: 'check the network between the coordinator and this node' }))
  }

  readonly #aborted = (): void => this.#fail(new RallyError('cancelled', `cancelled while ${this.#request.name} was fetched: ${messageOf(this.#request.signal.reason)}`))

  #fail(error: unknown): void {
    this.#settle(() => this.#reject(error))
  }

  #settle(tell: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#timer)
    this.#request.signal.removeEventListener('abort', this.#aborted)
    this.#asked.clear()
    tell()
  }
}
