// A typed connection between two sides: what one sends, the other hears, in order. In one process there is no socket.

export interface Peer<Out, In> {
  /** Never blocks; a message to a closed peer is dropped. */
  send(message: Out): void
  /** The one listener; what came before it was set is kept for it. */
  onMessage(listen: (message: In) => void): void
  /** Told once, when either side has closed. */
  onClose(listen: () => void): void
  close(): void
}

/** Both ends of a connection within this process. Messages are delivered in order, in a later turn of the event loop. */
export function peerPair<A, B>(): [Peer<A, B>, Peer<B, A>] {
  const left = new LocalPeer<A, B>()
  const right = new LocalPeer<B, A>()
  left.other = right
  right.other = left
  return [left, right]
}

class LocalPeer<Out, In> implements Peer<Out, In> {
  other: LocalPeer<In, Out> | null = null
  #listen: ((message: In) => void) | null = null
  #closed: (() => void) | null = null
  #waiting: In[] = []
  #isOpen = true

  send(message: Out): void {
    const { other } = this
    if (!this.#isOpen || other === null) return
    setImmediate(() => other.#deliver(message))
  }

  onMessage(listen: (message: In) => void): void {
    this.#listen = listen
    const waiting = this.#waiting
    this.#waiting = []
    for (const message of waiting) listen(message)
  }

  onClose(listen: () => void): void {
    this.#closed = listen
    if (!this.#isOpen) listen()
  }

  close(): void {
    const { other } = this
    this.#shut()
    // After what was sent before it.
    if (other !== null) setImmediate(() => other.#shut())
  }

  #shut(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#closed?.()
  }

  #deliver(message: In): void {
    if (!this.#isOpen) return
    if (this.#listen === null) this.#waiting.push(message)
    else this.#listen(message)
  }
}
