// A typed connection between two sides: what one sends, the other hears, in order. In one process there is no socket.

export interface Peer<Out, In> {
  /** Never blocks; a message to a closed peer is dropped. */
  send(message: Out): void
  /** The one listener; what came before it was set is kept for it. */
  onMessage(listen: (message: In) => void): void
  /** Told once, when either side has closed, with the reason in words. */
  onClose(listen: (reason: string) => void): void
  /** After what was sent before; a reason is told to the other side. */
  close(reason?: string): void
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
  #closed: ((reason: string) => void) | null = null
  #waiting: In[] = []
  #reason: string | null = null

  send(message: Out): void {
    const { other } = this
    if (this.#reason !== null || other === null) return
    setImmediate(() => other.#deliver(message))
  }

  onMessage(listen: (message: In) => void): void {
    this.#listen = listen
    const waiting = this.#waiting
    this.#waiting = []
    for (const message of waiting) listen(message)
  }

  onClose(listen: (reason: string) => void): void {
    this.#closed = listen
    if (this.#reason !== null) listen(this.#reason)
  }

  close(reason = 'closed'): void {
    const { other } = this
    this.#shut(reason)
    // After what was sent before it.
    if (other !== null) setImmediate(() => other.#shut(reason))
  }

  #shut(reason: string): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#closed?.(reason)
  }

  #deliver(message: In): void {
    if (this.#reason !== null) return
    if (this.#listen === null) this.#waiting.push(message)
    else this.#listen(message)
  }
}
