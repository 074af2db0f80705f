// Who knocks, what for, and whether it may come in.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isRaceId } from '../config/directories.ts'
import { messageOf, RallyError } from '../core/errors.ts'
import type { DiallerMessage, ListenerMessage } from '../protocol/channels.ts'
import type { Connection } from '../protocol/connection.ts'
import type { Hello, NodeFacts, Refusal, RefusalCode } from '../protocol/hello.ts'
import type { Greeting, ListenOptions } from '../protocol/listener.ts'
import type { StatusAnswer, StatusQuestion } from '../protocol/status-messages.ts'
import type { Members } from './members.ts'
import type { Ownership } from './ownership.ts'
import type { RaceHost } from './race-host.ts'
import type { Races } from './races.ts'
import { relay } from './relay.ts'

export interface ReceptionParts {
  readonly node: string
  readonly facts: () => NodeFacts
  readonly races: Races
  readonly ownership: Ownership
  /** null: this is not the coordinator's daemon. */
  readonly members: Members | null
  readonly answer: (question: StatusQuestion) => Promise<StatusAnswer>
  /** Of the races. */
  readonly folder: string
  readonly log: (text: string) => void
}

type RaceRole = 'control' | 'results' | 'files'

/** A connection whose messages are passed on as they are. */
type Passed = Connection<{ readonly t: string }, { readonly t: string }>

export class Reception {
  readonly #parts: ReceptionParts
  readonly #relays = new Set<Promise<void>>()

  constructor(parts: ReceptionParts) {
    this.#parts = parts
  }

  readonly greet = async (hello: Hello, remote: string): Promise<Greeting | Refusal> => {
    const refusal = await this.#decide(hello, remote)
    if (refusal !== null && 'code' in refusal) return refusal
    const { node, facts } = this.#parts
    return { node, facts: facts(), ...(refusal === null ? {} : { evicted: refusal.evicted }) }
  }

  get accept(): ListenOptions['accept'] {
    const { members } = this.#parts
    return {
      control: (hello, connection) => this.#serve('control', hello, connection),
      results: (hello, connection) => this.#serve('results', hello, connection),
      files: (hello, connection) => this.#serve('files', hello, connection),
      status: (_hello, connection) => connection.onMessage((question) => void this.#tell(connection, question)),
      // Where there are no members, `greet` has refused it, and said what to do.
      member: (_hello, connection, identity) => members?.accept(connection, identity)
    }
  }

  /** Resolves when all that was passed on has been. */
  async idle(): Promise<void> {
    await Promise.all(this.#relays)
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

  #serve<R extends RaceRole>(role: R, hello: Hello, connection: Connection<ListenerMessage<R>, DiallerMessage<R>>): void {
    const passed = this.#pass(role, hello, connection)
    this.#relays.add(passed)
    void passed.finally(() => this.#relays.delete(passed))
  }

  async #pass(role: RaceRole, hello: Hello, outside: Passed): Promise<void> {
    const race = hello.race ?? ''
    const { ownership, races, log } = this.#parts
    let host: RaceHost | null = null
    const disconnected = role === 'control' ? ownership.connected(hello) : null
    try {
      host = await races.open(race)
      const inside = (await host.connect(hello, role)) as unknown as Passed
      const sees = ({ t }: { readonly t: string }): void => void (role === 'control' && t === 'finish' && ownership.finishing(race))
      await relay(outside, inside, { sees, explain: host.explain.bind(host) })
    } catch (error) {
      // Its process has just ended, or could not be started.
      const reason = (await host?.explain('')) ?? messageOf(error)
      log(`${outside.remote}, race ${race}: ${reason}`)
      outside.close(reason)
    } finally {
      disconnected?.()
    }
  }

  async #tell(connection: Connection<StatusAnswer, StatusQuestion>, question: StatusQuestion): Promise<void> {
    try {
      connection.send(await this.#parts.answer(question))
    } catch (error) {
      connection.close(messageOf(error))
    }
  }
}

const COORDINATOR_HINT = "start it with --coordinator-ip equal to its --node-ip, or give the others the coordinator's address"
const VERSION_HINT = 'use the same version of Rally everywhere'
const LOG_HINT = "look into the daemon's log there"

function refused(code: RefusalCode, message: string, hint: string): Refusal {
  return { t: 'refused', code, message, hint }
}
