// What must arrive, once and in order, over connections that may break: the sender keeps what it said until the other side
// has it, the receiver takes only what is next in the row.

import type { Numbered } from './messages.ts'

export class Outbox<Message extends object> {
  #last = 0
  #kept: Numbered<Message>[] = []

  /** Highest number given. */
  get last(): number {
    return this.#last
  }

  /** Numbers the message and keeps it. */
  add(message: Message): Numbered<Message> {
    this.#last++
    const numbered = { ...message, seq: this.#last }
    this.#kept.push(numbered)
    return numbered
  }

  /** The other side has all up to this one. */
  acknowledged(seq: number): void {
    if (this.#kept[0] === undefined || this.#kept[0].seq > seq) return
    this.#kept = this.#kept.filter((message) => message.seq > seq)
  }

  /** What the other side may lack, in order: to be sent over a new connection. */
  open(): readonly Numbered<Message>[] {
    return this.#kept
  }
}

export class Inbox {
  #last = 0

  /** Everything up to this number has come. */
  get last(): number {
    return this.#last
  }

  /** Whether the message is the next in the row. A repeated one is known already; one after a gap comes again. */
  takes(message: { readonly seq: number }): boolean {
    if (message.seq !== this.#last + 1) return false
    this.#last++
    return true
  }
}
