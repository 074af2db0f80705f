// Sockets that have not said a valid hello yet: few, and not for long, whatever comes to the port.

import type { Socket } from 'node:net'

const MAX_STRANGERS = 64
const HELLO_DEADLINE_MS = 5000

export class Strangers {
  // In the order in which they came.
  readonly #waiting = new Map<Socket, { readonly remote: string; readonly timer: NodeJS.Timeout }>()
  readonly #problem: (line: string) => void

  constructor(problem: (line: string) => void) {
    this.#problem = problem
  }

  /** From here on it has five seconds. When there are too many, the one that waits longest makes room: a guest needs milliseconds. */
  admit(socket: Socket, remote: string): void {
    const [oldest] = this.#waiting
    if (this.#waiting.size >= MAX_STRANGERS && oldest !== undefined) {
      this.#problem(`${oldest[1].remote}: let go without a hello: ${MAX_STRANGERS} others wait`)
      this.#drop(oldest[0])
    }
    const timer = setTimeout(() => {
      this.#problem(`${remote}: no hello within ${HELLO_DEADLINE_MS / 1000} s`)
      this.#drop(socket)
    }, HELLO_DEADLINE_MS)
    this.#waiting.set(socket, { remote, timer })
    socket.once('close', () => this.know(socket))
  }

  has(socket: Socket): boolean {
    return this.#waiting.has(socket)
  }

  /** It is a guest now, or gone. */
  know(socket: Socket): void {
    clearTimeout(this.#waiting.get(socket)?.timer)
    this.#waiting.delete(socket)
  }

  #drop(socket: Socket): void {
    this.know(socket)
    socket.destroy()
  }
}
