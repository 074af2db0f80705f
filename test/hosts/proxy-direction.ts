// One direction of one connection through the bad network: what comes in goes out later, slower, in part, or garbled.

import type { Socket } from 'node:net'
import { seededRandom } from '../../src/core/random.ts'

export interface ProxySettings {
  /** Data is held this long, plus up to `jitterMs`; its order is kept. */
  delayMs: number
  jitterMs: number
  /** Bytes per second; 0: no limit. */
  bandwidthBps: number
  /** The connection is reset after exactly so many bytes; 0: never. */
  dropAfterBytes: number
  /** Nothing more goes out after exactly so many bytes, until `resume`; 0: never. */
  stallAfterBytes: number
  /** Probabilities, for protocols made of lines. */
  dropLines: number
  duplicateLines: number
  reorderLines: number
  /** Of these: equal seeds decide alike, in the order of connections. */
  seed: number
  /** A line held for reordering goes out after this at the latest. */
  holdMs: number
  /** Where all of this applies: from client to server, or back. */
  direction: 'both' | 'to-server' | 'to-client'
}

export interface DirectionParts {
  readonly from: Socket
  readonly to: Socket
  readonly name: 'to-server' | 'to-client'
  readonly seed: number
  readonly settings: ProxySettings
  readonly isStalled: () => boolean
  /** Resets the whole connection. */
  readonly cut: () => void
}

interface Held {
  /** null: the end. */
  data: Buffer | null
  readonly dueMs: number
}

const NEWLINE = 10

export class ProxyDirection {
  passedBytes = 0
  readonly #parts: DirectionParts
  readonly #random: () => number
  #queue: Held[] = []
  #queuedBytes = 0
  #lastDueMs = 0
  /** When the bandwidth allows the next byte. */
  #freeMs = 0
  #partOfLine: Buffer = Buffer.alloc(0)
  #heldLine: Buffer | null = null
  #holdTimer: NodeJS.Timeout | undefined
  #nextTimer: NodeJS.Timeout | undefined
  /** `resume` came after `stallAfterBytes` was reached. */
  #isReleased = false

  constructor(parts: DirectionParts) {
    this.#parts = parts
    this.#random = seededRandom(parts.seed)
    parts.from.on('data', (bytes) => {
      this.#take(bytes)
      if (this.#queuedBytes > this.#limitBytes()) parts.from.pause()
    })
    parts.from.on('end', () => {
      this.#flush()
      this.#push(null)
    })
    parts.to.on('drain', () => this.run())
  }

  /** Sends what may go out now. */
  run(): void {
    const { to } = this.#parts
    while (this.#queue.length > 0 && !to.destroyed && !to.writableNeedDrain) if (!this.#sendHead(this.#queue[0]!)) return
  }

  release(): void {
    this.#isReleased ||= this.#leftBytes('stallAfterBytes') <= 0
  }

  get #applies(): boolean {
    const { settings, name } = this.#parts
    return settings.direction === 'both' || settings.direction === name
  }

  #leftBytes(option: 'dropAfterBytes' | 'stallAfterBytes'): number {
    const bytes = this.#parts.settings[option]
    return this.#applies && bytes > 0 ? bytes - this.passedBytes : Infinity
  }

  /** Enough for the delay at 64 MB/s; beyond it the sender waits. */
  #limitBytes(): number {
    return 65_536 * (1 + this.#parts.settings.delayMs + this.#parts.settings.jitterMs)
  }

  #take(bytes: Buffer): void {
    const { dropLines, duplicateLines, reorderLines } = this.#parts.settings
    if (!this.#applies || dropLines + duplicateLines + reorderLines === 0) {
      this.#flush()
      this.#push(bytes)
      return
    }
    this.#partOfLine = Buffer.concat([this.#partOfLine, bytes])
    for (let at = this.#partOfLine.indexOf(NEWLINE); at >= 0; at = this.#partOfLine.indexOf(NEWLINE)) {
      const line = this.#partOfLine.subarray(0, at + 1)
      this.#partOfLine = this.#partOfLine.subarray(at + 1)
      this.#takeLine(line)
    }
  }

  #takeLine(line: Buffer): void {
    const { dropLines, duplicateLines, reorderLines, holdMs } = this.#parts.settings
    // All three are drawn for every line, so that each option decides alike whatever the others are.
    const [drop, reorder, duplicate] = [this.#random(), this.#random(), this.#random()]
    if (drop < dropLines) return
    if (this.#heldLine === null && reorder < reorderLines) {
      this.#heldLine = line
      this.#holdTimer = setTimeout(() => this.#letHeldGo(), holdMs)
      return
    }
    this.#push(line)
    if (duplicate < duplicateLines) this.#push(line)
    this.#letHeldGo()
  }

  #letHeldGo(): void {
    clearTimeout(this.#holdTimer)
    const line = this.#heldLine
    this.#heldLine = null
    if (line !== null) this.#push(line)
  }

  #flush(): void {
    this.#letHeldGo()
    const part = this.#partOfLine
    this.#partOfLine = Buffer.alloc(0)
    if (part.length > 0) this.#push(part)
  }

  #push(data: Buffer | null): void {
    const { delayMs, jitterMs } = this.#parts.settings
    this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + (this.#applies ? delayMs + jitterMs * Math.random() : 0))
    this.#queue.push({ data, dueMs: this.#lastDueMs })
    this.#queuedBytes += data?.length ?? 0
    this.run()
  }

  /** @returns whether the next one may be tried at once */
  #sendHead(head: Held): boolean {
    const { from, to, isStalled } = this.#parts
    const mayPass = this.#isReleased ? Infinity : this.#leftBytes('stallAfterBytes')
    if (mayPass <= 0 || (isStalled() && this.#applies)) return false
    clearTimeout(this.#nextTimer)
    const waitMs = Math.max(head.dueMs, this.#freeMs) - performance.now()
    if (waitMs > 0.5) {
      this.#nextTimer = setTimeout(() => this.run(), Math.ceil(waitMs))
      return false
    }
    if (head.data === null) {
      this.#queue.shift()
      to.end()
      return false
    }
    const untilDrop = this.#leftBytes('dropAfterBytes')
    const count = Math.max(0, Math.min(head.data.length, mayPass, untilDrop, this.#bandwidthBytes()))
    this.#account(count)
    to.write(head.data.subarray(0, count), count < untilDrop ? undefined : () => setTimeout(this.#parts.cut, 5))
    if (count === head.data.length) this.#queue.shift()
    else head.data = head.data.subarray(count)
    if (count >= untilDrop) {
      this.#queue = []
      from.pause()
      return false
    }
    if (this.#queuedBytes < this.#limitBytes() / 2) from.resume()
    return true
  }

  /** Bytes of 20 ms at most. */
  #bandwidthBytes(): number {
    const { bandwidthBps } = this.#parts.settings
    return this.#applies && bandwidthBps > 0 ? Math.ceil(bandwidthBps / 50) : Infinity
  }

  #account(count: number): void {
    const { bandwidthBps } = this.#parts.settings
    if (this.#applies && bandwidthBps > 0) this.#freeMs = Math.max(this.#freeMs, performance.now() - 20) + (count * 1000) / bandwidthBps
    this.passedBytes += count
    this.#queuedBytes -= count
  }
}
