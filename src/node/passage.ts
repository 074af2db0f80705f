// From the daemon's door to the process of a race: how the channels of a race get there.

import type { Duplex } from 'node:stream'
import { messageOf } from '../core/errors.ts'
import type { Connection } from '../protocol/connection.ts'
import type { Hello } from '../protocol/hello.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import { hangUp, relayBytes } from './byte-relay.ts'
import type { Ownership } from './ownership.ts'
import type { RaceHost } from './race-host.ts'
import type { Races } from './races.ts'
import { relay } from './relay.ts'

export interface PassageParts {
  readonly races: Races
  readonly ownership: Ownership
  readonly log: (text: string) => void
}

export class Passage {
  readonly #parts: PassageParts
  readonly #open = new Set<Promise<void>>()

  constructor(parts: PassageParts) {
    this.#parts = parts
  }

  readonly control = (hello: Hello, outside: Connection<NodeEvent, NodeCommand>): void => {
    const { ownership } = this.#parts
    const disconnected = ownership.connected(hello)
    const passed = this.#pass(hello, outside.remote, {
      through: async (host) => {
        const sees = ({ t }: NodeCommand): void => void (t === 'finish' && ownership.finishing(host.race))
        await relay(outside, await host.connect(hello), { sees, explain: host.explain.bind(host) })
      },
      refuse: (reason) => outside.close(reason)
    })
    void passed.finally(disconnected)
  }

  readonly bytes = (hello: Hello, outside: Duplex, remote: string): void => {
    // Until its other end is there.
    outside.pause().on('error', () => undefined)
    void this.#pass(hello, remote, {
      through: async (host) => relayBytes(outside, await host.connectBytes(hello), () => host.explain('')),
      refuse: (reason) => hangUp(outside, reason)
    })
  }

  /** Resolves when nothing is passed on any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#open)
  }

  /** Never rejects. */
  #pass({ race = '', role }: Hello, remote: string, way: Way): Promise<void> {
    const passed = this.#try({ race, role }, remote, way)
    this.#open.add(passed)
    void passed.finally(() => this.#open.delete(passed))
    return passed
  }

  async #try({ race, role }: Required<Pick<Hello, 'race' | 'role'>>, remote: string, { through, refuse }: Way): Promise<void> {
    let host: RaceHost | null = null
    try {
      host = await this.#parts.races.open(race, role === 'results' ? 'results' : 'race')
      await through(host)
    } catch (error) {
      // Its process has just ended, or could not be started.
      const reason = (await host?.explain('')) ?? messageOf(error)
      this.#parts.log(`${remote}, race ${race}: ${reason}`)
      refuse(reason)
    }
  }
}

interface Way {
  readonly through: (host: RaceHost) => Promise<void>
  readonly refuse: (reason: string) => void
}
