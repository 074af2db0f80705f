// The files of a node that are on their way here, over however many connections, and those that are here already.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeManyAtomically } from '../core/atomic-file.ts'
import { sha256Of } from '../core/checksum.ts'
import { messageOf } from '../core/errors.ts'
import { sizeText } from '../core/units.ts'
import type { ListedChunk } from '../protocol/transfer-messages.ts'
import { parseResultFile } from './result-file.ts'
import { GONE, isResultId } from './result-id.ts'

export interface IncomingOptions {
  readonly race: string
  readonly node: string
  /** For this node's files: `chunks/` and `snapshots/` below it. */
  readonly into: string
  readonly progress?: (progress: PullProgress) => void
}

export interface PullProgress {
  /** Safely here, of all that the node has told of. */
  readonly files: number
  readonly bytes: number
  readonly totalBytes: number
}

export interface Incoming {
  readonly id: string
  readonly bytes: number
  received: number
  /** Up to this byte, over this connection. */
  asked: number
  isEndAsked: boolean
}

interface OpenFile extends Incoming {
  /** As long as the whole file once its first bytes have come. */
  content: Buffer
  /** Its checksum was wrong before. */
  isSecondTry: boolean
}

const NOTHING = Buffer.alloc(0)
/** No file of Rally's comes near it. */
const MAX_FILE_BYTES = 256 << 20

export class IncomingFiles {
  /** A line for each file that was not taken. */
  readonly problems: string[] = []
  receivedBytes = 0
  readonly #options: IncomingOptions
  /** In the order in which they are asked for. */
  readonly #open = new Map<string, OpenFile>()
  readonly #refused = new Set<string>()
  /** Checksums. */
  readonly #here = new Map<string, string>()
  #savedBytes = 0
  #totalBytes = 0

  constructor(options: IncomingOptions) {
    this.#options = options
  }

  get progress(): PullProgress {
    return { files: this.#here.size, bytes: this.#savedBytes, totalBytes: this.#totalBytes }
  }

  /** Not yet here. */
  get open(): Iterable<Incoming> {
    return this.#open.values()
  }

  get isComplete(): boolean {
    return this.#open.size === 0
  }

  /** Of a file that is here; null: it is not. */
  checksumOf(id: string): string | null {
    return this.#here.get(id) ?? null
  }

  /** Received, and not yet written. */
  get heldBytes(): number {
    let held = 0
    for (const { received } of this.#open.values()) held += received
    return held
  }

  /** What was asked for over another connection will not come. */
  begin(): void {
    for (const file of this.#open.values()) Object.assign(file, { asked: file.received, isEndAsked: false })
  }

  /** Takes note of a file of the node; gives its checksum if it is here already. */
  async listed({ id, bytes }: ListedChunk): Promise<string | null> {
    const known = this.#here.get(id)
    if (known !== undefined || this.#refused.has(id) || this.#open.has(id)) return known ?? null
    if (!isResultId(id) || bytes > MAX_FILE_BYTES) {
      this.#refuse(id, isResultId(id) ? `it has ${sizeText(bytes)}` : 'that is no name of a result file')
      return null
    }
    this.#totalBytes += bytes
    // Of an earlier pull, whose last word the node did not hear.
    const file = await readFile(join(this.#options.into, id)).catch(() => null)
    if (file !== null && this.#problemOf(id, file) === null) return this.#keep(id, file, sha256Of(file))
    this.#open.set(id, { id, bytes, content: NOTHING, received: 0, asked: 0, isEndAsked: false, isSecondTry: false })
    return null
  }

  /** Takes a portion in; says what is wrong with it, or null. */
  data(id: string, offset: number, base64: string): string | null {
    const file = this.#open.get(id)
    if (file === undefined) return `it sent ${id}, which was not asked for`
    const bytes = Buffer.byteLength(base64, 'base64')
    if (offset !== file.received || offset + bytes > file.asked) return `it sent ${id} from byte ${offset} on, where byte ${file.received} was due`
    if (file.content.length === 0) file.content = Buffer.allocUnsafe(file.bytes)
    // What is no base64 is left out, and so it is too short.
    if (base64.length % 4 !== 0 || file.content.write(base64, offset, 'base64') !== bytes) return `it sent ${id} from byte ${offset} on as what is no base64`
    file.received += bytes
    this.receivedBytes += bytes
    return null
  }

  /** Its last byte has come. Gives its checksum once it is written; null: it must be asked for again, or is given up. */
  async end(id: string, sha256: string): Promise<string | null> {
    const file = this.#open.get(id)
    if (file === undefined) return null
    const bytes = file.content.subarray(0, file.received)
    if (sha256 === GONE) this.#open.delete(id)
    else if (sha256Of(bytes) !== sha256) this.#again(file)
    else return this.#save(id, bytes, sha256)
    return null
  }

  #again(file: OpenFile): void {
    if (file.isSecondTry) return this.#refuse(file.id, 'its checksum is wrong, also when it was sent again')
    Object.assign(file, { content: NOTHING, received: 0, asked: 0, isEndAsked: false, isSecondTry: true })
  }

  async #save(id: string, bytes: Buffer, sha256: string): Promise<string | null> {
    const problem = this.#problemOf(id, bytes)
    if (problem !== null) {
      this.#refuse(id, problem)
      return null
    }
    await writeManyAtomically(join(this.#options.into, id), bytes)
    return this.#keep(id, bytes, sha256)
  }

  #keep(id: string, bytes: Buffer, sha256: string): string {
    this.#open.delete(id)
    this.#here.set(id, sha256)
    this.#savedBytes += bytes.length
    this.#options.progress?.(this.progress)
    return sha256
  }

  #problemOf(id: string, bytes: Buffer): string | null {
    const { race, node } = this.#options
    try {
      const { header } = parseResultFile(id, bytes)
      return header.race === race && header.node === node ? null : `${id} belongs to race ${header.race}, node ${header.node}`
    } catch (error) {
      return messageOf(error)
    }
  }

  #refuse(id: string, fact: string): void {
    this.#open.delete(id)
    this.#refused.add(id)
    this.problems.push(`node ${this.#options.node}: ${fact.startsWith(id) ? '' : `${id}: `}${fact}; it stays there`)
  }
}
