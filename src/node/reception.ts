// Who knocks, what for, and whether it may come in.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isRaceId } from '../config/directories.ts'
import { messageOf, RallyError } from '../core/errors.ts'
import type { Connection } from '../protocol/connection.ts'
import type { Hello, NodeFacts, Refusal, RefusalCode } from '../protocol/hello.ts'
import type { Greeting, Host } from '../protocol/host.ts'
import type { StatusAnswer, StatusQuestion } from '../protocol/status-messages.ts'
import type { Members } from './members.ts'
import type { Ownership } from './ownership.ts'
import type { Passage } from './passage.ts'
import type { Races } from './races.ts'

export interface ReceptionParts {
  readonly node: string
  readonly facts: () => NodeFacts
  readonly races: Races
  readonly ownership: Ownership
  readonly passage: Passage
  /** null: this is not the coordinator's daemon. */
  readonly members: Members | null
  readonly answer: (question: StatusQuestion) => Promise<StatusAnswer>
  /** Of the races. */
  readonly folder: string
}

export class Reception {
  readonly #parts: ReceptionParts

  constructor(parts: ReceptionParts) {
    this.#parts = parts
  }

  readonly greet = async (hello: Hello, remote: string): Promise<Greeting | Refusal> => {
    const refusal = await this.#decide(hello, remote)
    if (refusal !== null && 'code' in refusal) return refusal
    const { node, facts } = this.#parts
    return { node, facts: facts(), ...(refusal === null ? {} : { evicted: refusal.evicted }) }
  }

  get accept(): Host['accept'] {
    const { members, passage } = this.#parts
    return {
      control: passage.control,
      status: (_hello, connection) => this.#inform(connection),
      // Where there are no members, `greet` has refused it, and said what to do.
      member: (_hello, connection, identity) => members?.accept(connection, identity)
    }
  }

  get pass(): NonNullable<Host['pass']> {
    const { bytes } = this.#parts.passage
    return { results: bytes, files: bytes }
  }

  async #decide(hello: Hello, remote: string): Promise<Refusal | { readonly evicted: string } | null> {
    const { node, members, races, ownership } = this.#parts
    if (hello.role === 'status') return null
    if (hello.role === 'member')
      return members !== null ? null : refused('role', `node ${node} is not the coordinator's daemon`, COORDINATOR_HINT)
    if (hello.race === undefined || !isRaceId(hello.race))
      return refused('shape', `a connection for ${hello.role} names its race`, VERSION_HINT)
    if (hello.role === 'control') return this.#claim(hello, hello.race, remote)
    if (hello.role === 'files')
      return ownership.isOwner(hello) ? null : refused('race', `race ${hello.race} does not have node ${node}`, LOG_HINT)
    if (races.find(hello.race) !== null || existsSync(join(this.#parts.folder, hello.race))) return null
    return refused('race', `node ${node} keeps nothing of race ${hello.race}`, 'see `rally results list`')
  }

  async #claim(hello: Hello, race: string, remote: string): Promise<Refusal | { readonly evicted: string } | null> {
    if (hello.token === undefined) return refused('shape', 'a connection for control shows its token', VERSION_HINT)
    try {
      const answer = await this.#parts.ownership.claim({ ...hello, race, token: hello.token }, remote)
      if ('code' in answer) return answer
      return answer.evicted === null ? null : { evicted: answer.evicted }
    } catch (error) {
      if (!(error instanceof RallyError)) throw error
      return refused('race', error.message, LOG_HINT)
    }
  }

  /** Each question looks at disks: who asks on without hearing would keep the daemon from its race. */
  #inform(connection: Connection<StatusAnswer, StatusQuestion>): void {
    let open = 0
    connection.onMessage((question) => {
      if (++open > MAX_QUESTIONS) connection.close(`more than ${MAX_QUESTIONS} questions without waiting for an answer`)
      else void this.#tell(connection, question).finally(() => open--)
    })
  }

  async #tell(connection: Connection<StatusAnswer, StatusQuestion>, question: StatusQuestion): Promise<void> {
    try {
      connection.send(await this.#parts.answer(question))
    } catch (error) {
      connection.close(messageOf(error))
    }
  }
}

/** Of one connection, at once. */
const MAX_QUESTIONS = 16

const COORDINATOR_HINT = "start it with --coordinator-ip equal to its --node-ip, or give the others the coordinator's address"
const VERSION_HINT = 'use the same version of Rally everywhere'
const LOG_HINT = "look into the daemon's log there"

function refused(code: RefusalCode, message: string, hint: string): Refusal {
  return { t: 'refused', code, message, hint }
}
