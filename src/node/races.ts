// The races that this node has processes for: the one that runs, and those whose results are being fetched, also of the one that runs.

import { join } from 'node:path'
import { RaceHost, type RaceWork } from './race-host.ts'

export interface RacesOptions {
  readonly node: string
  /** Of the sockets. */
  readonly folder: string
  /** What a race's process wrote to its standard error. */
  readonly wrote: (text: string) => void
}

export class Races {
  readonly #options: RacesOptions
  readonly #hosts: Readonly<Record<RaceWork, Map<string, RaceHost>>> = { race: new Map(), results: new Map() }
  #count = 0

  constructor(options: RacesOptions) {
    this.#options = options
  }

  /** The process that plays the race, if there is one. */
  find(race: string): RaceHost | null {
    return this.#hosts.race.get(race) ?? null
  }

  /** The race's process for this work, started if need be; rejects with RallyError('node') when it does not start. */
  async open(race: string, work: RaceWork): Promise<RaceHost> {
    const host = this.#hosts[work].get(race) ?? this.#start(race, work)
    await host.ready()
    return host
  }

  /** Ends all; resolves when no process is left. */
  async end(reason: string): Promise<void> {
    await Promise.all(Object.values(this.#hosts).flatMap((hosts) => [...hosts.values()].map((host) => host.end(reason))))
  }

  #start(race: string, work: RaceWork): RaceHost {
    const hosts = this.#hosts[work]
    const { node, folder, wrote } = this.#options
    // Race ids may be longer than the path of a socket.
    const host = new RaceHost({ work, node, race, socketPath: join(folder, `.race-${++this.#count}.sock`), wrote })
    hosts.set(race, host)
    void host.ended.then(() => {
      if (hosts.get(race) === host) hosts.delete(race)
    })
    return host
  }
}
