// The socket under undici, by shorter ways than a stream's; undici sees no difference. What comes in is read into the
// thread's one buffer and handed on at once, as a piece of its own size: a stream takes 64 KiB from the system for each
// reading, and tells of it a turn of the queue later. A small request leaves as one piece, and the same one again is put
// together once. A fifth of a request's CPU (`npm run bench -- search`).

import type { Socket } from 'node:net'

/** A body up to this size leaves with its head as one piece; with a larger one copying costs more than it saves. */
const SMALL_BYTES = 16 * 1024

type Write = (data: string | Uint8Array, encoding?: BufferEncoding) => boolean

/** For one connection, whatever sockets it has one after the other. */
export class QuickSocket {
  #socket: Socket | null = null
  /** What came and was not asked for yet. */
  #unread: Buffer | null = null
  // The last request that was put together, and what it was made of.
  #head = ''
  #body: Uint8Array | null = null
  #whole: Buffer = NOTHING

  /** The socket just connected; before undici has it. */
  use(socket: Socket): void {
    this.#socket = socket
    this.#unread = null
    this.#shortenReading(socket)
    this.#shortenWriting(socket)
  }

  get hasWrittenAll(): boolean {
    return this.#socket !== null && !this.#socket.destroyed && this.#socket.writableLength === 0
  }

  /** The next body may be the same memory with other bytes in it. */
  forgetRequest(): void {
    this.#body = null
  }

  /** What the socket has just read. */
  hasRead(memory: Buffer, bytes: number): boolean {
    // undici keeps parts of heads, and we bodies, beyond the next reading.
    const piece = Buffer.allocUnsafe(bytes)
    memory.copy(piece, 0, 0, bytes)
    this.#unread = this.#unread === null ? piece : Buffer.concat([this.#unread, piece])
    this.#socket?.emit('readable')
    return true
  }

  #shortenReading(socket: Socket): void {
    const read = socket.read.bind(socket)
    // `read(0)` is Node's own way to begin reading, and to come to the end.
    socket.read = (size?: number): Buffer | null => {
      if (size === 0) return read(0) as Buffer | null
      const unread = this.#unread
      this.#unread = null
      return unread
    }
  }

  // undici corks, writes the head as text and the body as bytes, and uncorks.
  #shortenWriting(socket: Socket): void {
    const cork = socket.cork.bind(socket)
    const uncork = socket.uncork.bind(socket)
    const write = socket.write.bind(socket) as Write
    let isCorked = false
    let head: string | null = null
    socket.cork = () => {
      isCorked = true
    }
    socket.write = ((data: string | Uint8Array, encoding?: BufferEncoding): boolean => {
      if (!isCorked) return write(data, encoding)
      if (head === null && typeof data === 'string' && encoding === 'latin1') {
        head = data
        return true
      }
      const begun = head
      head = null
      if (begun !== null && typeof data !== 'string' && data.length <= SMALL_BYTES) return write(this.#together(begun, data))
      cork()
      if (begun !== null) write(begun, 'latin1')
      const goesOn = write(data, encoding)
      uncork()
      return goesOn
    }) as Socket['write']
    socket.uncork = () => {
      isCorked = false
      if (head !== null) write(head, 'latin1')
      head = null
    }
  }

  #together(head: string, body: Uint8Array): Buffer {
    if (body === this.#body && head === this.#head) return this.#whole
    const whole = Buffer.allocUnsafe(head.length + body.length)
    whole.write(head, 0, 'latin1')
    whole.set(body, head.length)
    this.#head = head
    this.#body = body
    this.#whole = whole
    return whole
  }
}

const NOTHING = Buffer.alloc(0)
