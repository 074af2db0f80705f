// The races that this node has a process for: the one that runs, and those whose results are being fetched.

import { join } from 'node:path'
import { RaceHost } from './race-host.ts'

export interface RacesOptions {
  readonly node: string
  /** Of the sockets. */
  readonly folder: string
  /** What a race's process wrote to its standard error. */
  readonly wrote: (text: string) => void
}

export class Races {
  readonly #options: RacesOptions
  readonly #hosts = new Map<string, RaceHost>()
  #count = 0

  constructor(options: RacesOptions) {
    this.#options = options
  }

  /** The race's process, if it has one. */
  find(race: string): RaceHost | null {
    return this.#hosts.get(race) ?? null
  }

  /** The race's process, started if need be; rejects with RallyError('node') when it does not start. */
  async open(race: string): Promise<RaceHost> {
    const host = this.find(race) ?? this.#start(race)
    await host.ready()
    return host
  }

  /** Ends all; resolves when no process is left. */
  async end(reason: string): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.end(reason)))
  }

  #start(race: string): RaceHost {
    const { node, folder, wrote } = this.#options
    // Race ids may be longer than the path of a socket.
    const host = new RaceHost({ node, race, socketPath: join(folder, `.race-${++this.#count}.sock`), wrote })
    this.#hosts.set(race, host)
    void host.ended.then(() => {
      if (this.#hosts.get(race) === host) this.#hosts.delete(race)
    })
    return host
  }
}
