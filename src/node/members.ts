// The coordinator's daemon keeps the names and addresses of the others, who tell them. What it knows outlives it in a file, so that
// `rally status` knows the nodes also while it is down.

import { readFileSync } from 'node:fs'
import { writeFileAtomically } from '../core/atomic-file.ts'
import { systemClock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { isEverywhere } from './daemon-settings.ts'
import type { Connection } from '../protocol/connection.ts'
import type { Member, MemberAnswer, MemberReport } from '../protocol/status-messages.ts'

/** A member tells its address every so often; also a sign of life. */
export const REPORT_EVERY_MS = 10_000
/** A link that was cut ends no connection. */
const SILENT_AFTER_MS = 3 * REPORT_EVERY_MS
/** One that was not seen for so long was taken away, not just stopped. */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60_000

type MemberConnection = Connection<MemberAnswer, MemberReport>

interface Known {
  readonly node: string
  readonly host: string
  readonly port: number
  seenMs: number
  /** Monotonic; of this process. */
  heardAtMs: number
  connection: MemberConnection | null
}

export class Members {
  readonly #file: string
  readonly #log: (text: string) => void
  readonly #known = new Map<string, Known>()
  #writing: Promise<void> = Promise.resolve()

  constructor(file: string, log: (text: string) => void) {
    this.#file = file
    this.#log = log
    for (const member of readMembers(file)) this.#known.set(member.node, { ...member, heardAtMs: 0, connection: null })
  }

  get list(): Member[] {
    const nowMs = systemClock.monotonicMs()
    return [...this.#known.values()].map(({ node, host, port, seenMs, heardAtMs, connection }) => {
      const isConnected = connection !== null && nowMs - heardAtMs < SILENT_AFTER_MS
      return { node, host, port, seenMs, isConnected }
    })
  }

  /** Listens to a daemon that has dialled us. @param identity of its key: it speaks for no other node; null: it is of this machine */
  accept(connection: MemberConnection, identity: string | null): void {
    connection.onMessage((report) => {
      if (identity === null || identity === report.node) this.#heard(connection, report)
      else connection.close(`it has the key of node ${identity}, and says it is ${report.node}`)
    })
    connection.onClose((reason) => this.#left(connection, reason))
  }

  #heard(connection: MemberConnection, { seq, node, host: told, port }: MemberReport): void {
    const host = isEverywhere(told) ? hostOf(connection.remote) : told
    const before = this.#known.get(node)
    const isElsewhere = before !== undefined && (before.host !== host || before.port !== port)
    if (isElsewhere && before.connection !== null && before.connection !== connection && before.connection.closeReason === null) {
      connection.close(`another daemon is called ${node}, at ${before.host}:${before.port}: start this one with another --node-name`)
      return
    }
    const known = { node, host, port, seenMs: systemClock.wallMs(), heardAtMs: systemClock.monotonicMs(), connection }
    this.#known.set(node, known)
    connection.send({ t: 'member-noted', seq })
    if (before?.connection === connection) return
    this.#log(`node ${node} is at ${host}:${port}`)
    this.#write()
  }

  #left(connection: MemberConnection, reason: string): void {
    for (const known of this.#known.values()) {
      if (known.connection !== connection) continue
      known.connection = null
      known.seenMs = systemClock.wallMs()
      this.#log(`node ${known.node} has left: ${reason}`)
      this.#write()
    }
  }

  #write(): void {
    const members = [...this.#known.values()].map(({ node, host, port, seenMs }) => ({ node, host, port, seenMs }))
    this.#writing = this.#writing
      .then(() => writeFileAtomically(this.#file, `${JSON.stringify(members, null, 1)}\n`))
      // The list is there as long as this daemon is; the next change tries again.
      .catch((error: unknown) => this.#log(messageOf(error)))
  }
}

/** Those whom the coordinator's daemon of this home has last known; `seenMs`: wall clock. Throws nothing. */
export function readMembers(file: string): Pick<Member, 'node' | 'host' | 'port' | 'seenMs'>[] {
  try {
    const members = JSON.parse(readFileSync(file, 'utf8')) as Member[]
    return members.filter(({ seenMs }) => systemClock.wallMs() - seenMs < FORGOTTEN_AFTER_MS)
  } catch {
    // None was ever known, or the file is not ours: the members will tell again.
    return []
  }
}

function hostOf(remote: string): string {
  return remote.slice(0, remote.lastIndexOf(':'))
}
