// A daemon tells the coordinator's daemon its name and address, and keeps trying: the order in which daemons start does not matter.

import { systemClock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { durationText } from '../core/units.ts'
import type { Connection } from '../protocol/connection.ts'
import { dial } from '../protocol/dial.ts'
import type { MemberAnswer, MemberReport } from '../protocol/status-messages.ts'
import { addressText } from '../protocol/transport.ts'
import { REPORT_EVERY_MS } from './members.ts'

export interface MembershipOptions {
  readonly node: string
  readonly key: Buffer
  /** Where this daemon listens. */
  readonly own: { readonly host: string; readonly port: number }
  readonly coordinator: { readonly host: string; readonly port: number }
  readonly log: (text: string) => void
}

const DIAL_DEADLINE_MS = 5000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 5000

type CoordinatorConnection = Connection<MemberReport, MemberAnswer>

export class Membership {
  readonly #options: MembershipOptions
  readonly #closing = new AbortController()
  #connection: CoordinatorConnection | null = null
  /** It has answered a report over this connection: only that says that we are welcome. */
  #isKnown = false
  #timer: NodeJS.Timeout | undefined
  #waitMs = FIRST_WAIT_MS
  #seq = 0
  /** The last report that was answered. */
  #noted = 0
  /** Why it is not connected. */
  #trouble = 'not tried yet'
  /** Monotonic: since when it is, or is not. */
  #sinceMs = systemClock.monotonicMs()

  constructor(options: MembershipOptions) {
    this.#options = options
    void this.#try()
  }

  /** In words, for `rally daemon status`. */
  get state(): string {
    const since = durationText(Math.round((systemClock.monotonicMs() - this.#sinceMs) / 1000))
    return this.#isKnown ? `connected for ${since}` : `not reached for ${since}, it keeps trying: ${this.#trouble}`
  }

  get isConnected(): boolean {
    return this.#isKnown
  }

  close(): void {
    this.#closing.abort()
    clearTimeout(this.#timer)
    this.#connection?.close(`the daemon of node ${this.#options.node} has been stopped`)
  }

  async #try(): Promise<void> {
    const { coordinator, node, key } = this.#options
    try {
      const connection = await dial({
        address: coordinator,
        identity: node,
        key,
        hello: { role: 'member' },
        deadlineMs: DIAL_DEADLINE_MS,
        signal: this.#closing.signal
      })
      this.#connected(connection)
    } catch (error) {
      this.#failed(this.#troubleOf(error))
    }
  }

  /** Here it is the coordinator that does not know the key. */
  #troubleOf(error: unknown): string {
    const message = messageOf(error)
    if (!/: wrong key/.test(message)) return message
    const { node, coordinator } = this.#options
    return `${addressText(coordinator)} does not accept this node's key: give it a new one, on the coordinator: rally cluster key export --node ${node}`
  }

  #connected(connection: CoordinatorConnection): void {
    this.#connection = connection
    this.#noted = this.#seq
    connection.onMessage(({ seq }) => this.#heard(seq))
    connection.onClose((reason) => this.#lost(connection, reason))
    this.#report()
  }

  #heard(seq: number): void {
    this.#noted = seq
    if (this.#isKnown) return
    this.#isKnown = true
    this.#sinceMs = systemClock.monotonicMs()
    this.#waitMs = 0
    this.#options.log("the coordinator's daemon knows this node")
  }

  #lost(connection: CoordinatorConnection, reason: string): void {
    if (this.#connection !== connection) return
    this.#connection = null
    if (this.#isKnown) this.#sinceMs = systemClock.monotonicMs()
    this.#isKnown = false
    this.#failed(reason)
  }

  #report(): void {
    const connection = this.#connection
    if (connection === null) return
    if (this.#seq > this.#noted) {
      connection.close('it does not answer')
      return
    }
    const { node, own } = this.#options
    connection.send({ t: 'member', seq: ++this.#seq, node, ...own })
    this.#timer = setTimeout(() => this.#report(), REPORT_EVERY_MS)
  }

  #failed(trouble: string): void {
    clearTimeout(this.#timer)
    if (this.#closing.signal.aborted) return
    if (trouble !== this.#trouble) this.#options.log(`the coordinator's daemon is not reached, it keeps trying: ${trouble}`)
    this.#trouble = trouble
    this.#waitMs = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, this.#waitMs * 2))
    // Nodes that were started, or cut off, together shall not come back together.
    this.#timer = setTimeout(() => void this.#try(), this.#waitMs * (0.7 + 0.6 * Math.random()))
  }
}
