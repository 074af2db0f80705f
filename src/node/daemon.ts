// The daemon's life. What a race loads, it loads in a process of its own (race-process.ts); an idle daemon is two listeners and a timer.

import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { diskError } from '../core/atomic-file.ts'
import { systemClock } from '../core/clock.ts'
import { makeFolderNow } from '../core/folder.ts'
import { deriveNodeKey, nodeKeyOf, type StoredKey } from '../protocol/cluster-key.ts'
import { listen, type Listener } from '../protocol/listener.ts'
import { thisProgram } from '../protocol/program.ts'
import type { NodeState, NodeStatus, StatusAnswer, StatusQuestion } from '../protocol/status-messages.ts'
import { addressText } from '../protocol/transport.ts'
import type { DaemonLog } from './daemon-log.ts'
import { isCoordinator, type DaemonSettings } from './daemon-settings.ts'
import { ChunkCounter } from './kept-chunks.ts'
import { Members } from './members.ts'
import { Membership } from './membership.ts'
import { nodeFacts } from './node-facts.ts'
import { Ownership } from './ownership.ts'
import { Passage } from './passage.ts'
import { claimPidFile, type PidClaim } from './pid-file.ts'
import { listenError } from './port-holder.ts'
import type { RaceStatus } from './race-messages.ts'
import { Races } from './races.ts'
import { Reception } from './reception.ts'

export interface DaemonOptions {
  readonly settings: DaemonSettings
  /** null: nobody but this user of this machine can speak to it. */
  readonly key: StoredKey | null
  readonly log: DaemonLog
  readonly places: DaemonPlaces
}

export interface DaemonPlaces {
  readonly pidFile: string
  readonly socket: string
  /** Of the races. */
  readonly folder: string
  readonly membersFile: string
}

export class Daemon {
  readonly #options: DaemonOptions
  readonly #races: Races
  readonly #ownership: Ownership
  readonly #members: Members | null
  readonly #passage: Passage
  readonly #reception: Reception
  readonly #chunks: ChunkCounter
  readonly #openedAtMs = systemClock.monotonicMs()
  #claim: PidClaim | null = null
  readonly #listeners: Listener[] = []
  #membership: Membership | null = null

  constructor(options: DaemonOptions) {
    const { settings, log, places } = options
    const node = settings.nodeName
    const info = (text: string): void => log.write('INFO', text)
    this.#options = options
    this.#races = new Races({ node, folder: places.folder, wrote: (text) => log.raw(text) })
    this.#ownership = new Ownership({ node, open: (race) => this.#races.open(race, 'race'), log: info })
    this.#members = isCoordinator(settings) ? new Members(places.membersFile, info) : null
    this.#chunks = new ChunkCounter(places.folder)
    this.#passage = new Passage({ races: this.#races, ownership: this.#ownership, log: info })
    this.#reception = new Reception({
      node,
      facts: () => nodeFacts(places.folder),
      races: this.#races,
      ownership: this.#ownership,
      passage: this.#passage,
      members: this.#members,
      answer: (question) => this.#answer(question),
      folder: places.folder
    })
  }

  /** Resolves when it listens; rejects with RallyError that says why it cannot, with nothing left behind. */
  async open(): Promise<void> {
    const { settings, key, places, log } = this.#options
    // What it writes from now on is its user's alone: sockets, chunks, logs of races.
    process.umask(0o077)
    this.#claim = await claimPidFile(places.pidFile)
    try {
      makeRoom(places.folder)
      await this.#listen({ socketPath: places.socket })
      const where = settings.nodeIp !== null && key !== null ? await this.#listenOutside(settings.nodeIp, key) : places.socket
      await this.#claim.write({ startedAtMs: systemClock.wallMs(), settings, listensAt: where })
      log.write('INFO', `node ${settings.nodeName} listens at ${where}, pid ${process.pid}`)
      this.#join()
    } catch (error) {
      await this.#end('could not start')
      throw error
    }
  }

  /** Ends its races, with the reason, and all its processes; bounded. */
  async close(reason: string): Promise<void> {
    await this.#end(reason)
    this.#options.log.write('INFO', reason)
  }

  async #end(reason: string): Promise<void> {
    this.#membership?.close()
    await this.#races.end(`the daemon of node ${this.#options.settings.nodeName} ${reason}`)
    await this.#passage.idle()
    await Promise.all(this.#listeners.map((listener) => listener.close()))
    rmSync(this.#options.places.socket, { force: true })
    await this.#claim?.release()
  }

  async #listen(at: Parameters<typeof listen>[0]['at']): Promise<Listener> {
    const listener = await listen({
      at,
      greet: this.#reception.greet,
      accept: this.#reception.accept,
      pass: this.#reception.pass,
      problem: (line) => this.#options.log.write('WARNING', line)
    })
    this.#listeners.push(listener)
    return listener
  }

  async #listenOutside(host: string, key: StoredKey): Promise<string> {
    const { nodeName, port } = this.#options.settings
    const own = nodeKeyOf(key, nodeName)
    // The coordinator's daemon is dialled by others under their own names.
    const keyFor = (identity: string): Buffer | null => {
      if (identity === nodeName) return own
      return this.#members !== null && key.kind === 'cluster' ? deriveNodeKey(key.key, identity) : null
    }
    try {
      const listener = await this.#listen({ host, port, keyFor })
      return addressText({ host, port: listener.port ?? port })
    } catch (error) {
      throw listenError(error, host, port)
    }
  }

  #join(): void {
    const { settings, key, log } = this.#options
    const { nodeName, nodeIp, coordinator, port } = settings
    if (nodeIp === null || coordinator === null || key === null || this.#members !== null) return
    this.#membership = new Membership({
      node: nodeName,
      key: nodeKeyOf(key, nodeName),
      own: { host: nodeIp, port },
      coordinator,
      log: (text) => log.write('INFO', text)
    })
  }

  async #answer(question: StatusQuestion): Promise<StatusAnswer> {
    if (question.t === 'ask-members') return { t: 'members', seq: question.seq, members: this.#members?.list ?? [] }
    return { t: 'status', seq: question.seq, ...(await this.#status()) }
  }

  async #status(): Promise<NodeStatus> {
    const { settings, places } = this.#options
    const { version, program } = thisProgram()
    const chunks = await this.#chunks.count()
    return {
      node: settings.nodeName,
      version,
      program,
      upMs: systemClock.monotonicMs() - this.#openedAtMs,
      state: this.#state(),
      facts: nodeFacts(places.folder),
      chunks,
      coordinator: this.#coordinatorState(),
      // Last of all: it is compared with the time of the answer.
      wallMs: systemClock.wallMs()
    }
  }
  #state(): NodeState {
    const { owner } = this.#ownership
    if (owner === null) return { is: 'idle' }
    const { phase, step, steps } = this.#races.find(owner.race)?.status ?? NO_STATUS
    const forMs = systemClock.monotonicMs() - owner.sinceMs
    return { is: STATE_OF[phase], race: owner.race, owner: owner.name, forMs, step, steps }
  }

  #coordinatorState(): NodeStatus['coordinator'] {
    const { settings, key } = this.#options
    if (settings.coordinator === null) return null
    const address = addressText(settings.coordinator)
    if (this.#members !== null) {
      const { length } = this.#members.list.filter(({ isConnected }) => isConnected)
      return { address, isConnected: true, state: `this is the coordinator's daemon, ${length} other nodes are connected` }
    }
    if (this.#membership === null)
      return { address, isConnected: false, state: key === null ? 'not tried: no key' : 'not tried: no --node-ip' }
    return { address, isConnected: this.#membership.isConnected, state: this.#membership.state }
  }
}

/** A folder of its user only, without the sockets that a daemon leaves which is killed. */
function makeRoom(folder: string): void {
  try {
    makeFolderNow(folder, 0o700)
    for (const name of readdirSync(folder)) if (name.startsWith('.') && name.endsWith('.sock')) rmSync(join(folder, name))
  } catch (error) {
    throw diskError(folder, error)
  }
}

const NO_STATUS: RaceStatus = { phase: 'none', step: null, steps: 0 }

/** A race's process that has no session yet is about to have one. */
const STATE_OF = { none: 'preparing', preparing: 'preparing', waiting: 'ready', running: 'running', over: 'ending' } as const
