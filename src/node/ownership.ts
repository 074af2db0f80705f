// Who has this node: one coordinator at a time.
//
// | who asks            | the node is                  | answer                                                              |
// |---------------------|------------------------------|---------------------------------------------------------------------|
// | anyone, first       | free                         | theirs                                                              |
// | race + token known  | theirs                       | still theirs: a connection that takes the place of another          |
// | with `seq`          | not (any more) theirs        | refused: `race`, with how it ended: a session is never begun twice   |
// | another, first      | about to be free (`finish`)  | waits a little, then as below                                       |
// | another, first      | somebody's                   | refused: `busy`, with the owner's name and since when               |
// | another, `force`    | somebody's                   | the owner's session is ended, with the reason; then theirs          |
//
// An owner that fell silent keeps the node until its session gives it up (60 s), or it comes back.

import { systemClock } from '../core/clock.ts'
import { durationText } from '../core/units.ts'
import type { Hello, Refusal } from '../protocol/hello.ts'
import type { RaceStatus } from './race-messages.ts'

/** The process of a race, as far as owning it goes. */
export interface OwnedRace {
  readonly pid: number | null
  readonly ended: Promise<string>
  onStatus: (status: RaceStatus) => void
  end(reason: string): Promise<void>
}

interface Owner {
  readonly race: string
  readonly token: string
  readonly name: string
  /** Monotonic. */
  readonly sinceMs: number
  readonly host: OwnedRace
  /** Resolves when it has left. */
  readonly left: Promise<void>
  readonly leave: () => void
  /** Its coordinator has said `finish`. */
  isFinishing: boolean
  /** It has a session. */
  hasBegun: boolean
  /** Open control connections. */
  connections: number
  /** Monotonic: since when there is none. */
  goneSinceMs: number
}

export interface OwnershipOptions {
  readonly node: string
  /** Starts the process of a race, or finds it running. */
  readonly open: (race: string) => Promise<OwnedRace>
  readonly log: (text: string) => void
}

/** Of a session that was told to finish. */
const FINISH_MS = 10_000
/** A coordinator that went at once may be back at once. */
const BEGIN_MS = 5000

export class Ownership {
  readonly #options: OwnershipOptions
  #owner: Owner | null = null
  /** How the last session ended. */
  #last: { readonly race: string; readonly token: string; readonly words: string } | null = null
  /** One at a time: two coordinators that come together must not both find the node free. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: OwnershipOptions) {
    this.#options = options
  }

  get owner(): { readonly race: string; readonly name: string; readonly sinceMs: number } | null {
    return this.#owner
  }

  /** Whether the coordinator of this hello has the node. */
  isOwner({ race, token }: Hello): boolean {
    return this.#owner !== null && this.#owner.race === race && this.#owner.token === token
  }

  /** The node for the coordinator of this hello, or why not. `evicted`: who had to go. */
  claim(
    hello: Hello & { readonly race: string; readonly token: string },
    remote: string
  ): Promise<Refusal | { readonly evicted: string | null }> {
    // Never behind one that waits for the node: the owner's link may be broken for a few seconds only.
    if (this.isOwner(hello)) return Promise.resolve({ evicted: null })
    const answer = this.#queue.then(() => this.#decide(hello, remote))
    this.#queue = answer.catch(() => undefined)
    return answer
  }

  /** The coordinator has said its last command. */
  finishing(race: string): void {
    if (this.#owner?.race === race) this.#owner.isFinishing = true
  }

  /** The owner has one more control connection, until the function it gives is called. */
  connected(hello: Hello): () => void {
    const owner = this.#owner
    if (owner === null || !this.isOwner(hello)) return () => undefined
    owner.connections++
    return () => {
      owner.connections--
      owner.goneSinceMs = systemClock.monotonicMs()
      if (owner.connections === 0 && !owner.hasBegun) setTimeout(() => this.#freeIfUnused(owner), BEGIN_MS)
    }
  }

  #freeIfUnused(owner: Owner): void {
    if (owner.connections === 0 && !owner.hasBegun) this.#free(owner, 'its coordinator went before its session began')
  }

  async #decide(
    hello: Hello & { readonly race: string; readonly token: string },
    remote: string
  ): Promise<Refusal | { readonly evicted: string | null }> {
    if (this.isOwner(hello)) return { evicted: null }
    if (hello.seq !== undefined) return this.#unknown(hello)
    if (this.#owner?.isFinishing === true) await within(FINISH_MS, this.#owner.left)
    let evicted: string | null = null
    if (this.#owner !== null) {
      if (hello.force !== true) return this.#busy(this.#owner)
      evicted = `race ${this.#owner.race} of ${this.#owner.name}`
      await this.#evict(this.#owner, nameOf(hello, remote))
    }
    await this.#begin(hello, nameOf(hello, remote))
    return { evicted }
  }

  async #begin({ race, token }: { readonly race: string; readonly token: string }, name: string): Promise<void> {
    const host = await this.#options.open(race)
    let leave = (): void => undefined
    const left = new Promise<void>((resolve) => (leave = resolve))
    const owner: Owner = {
      race,
      token,
      name,
      sinceMs: systemClock.monotonicMs(),
      host,
      left,
      leave,
      isFinishing: false,
      hasBegun: false,
      connections: 0,
      goneSinceMs: systemClock.monotonicMs()
    }
    this.#owner = owner
    this.#options.log(`race ${race} of ${name} has this node (pid ${host.pid})`)
    host.onStatus = ({ phase }) => {
      if (phase !== 'none') owner.hasBegun = true
      else if (owner.hasBegun) this.#free(owner, `the session of race ${race} on node ${this.#options.node} has ended`)
    }
    void host.ended.then((words) => this.#free(owner, words))
  }

  #free(owner: Owner, words: string): void {
    if (this.#owner !== owner) return
    this.#owner = null
    owner.leave()
    this.#last = { race: owner.race, token: owner.token, words }
    this.#options.log(`race ${owner.race} of ${owner.name} has left this node: ${words}`)
  }

  async #evict(owner: Owner, by: string): Promise<void> {
    this.#options.log(`${by} takes this node by force from race ${owner.race} of ${owner.name}`)
    await owner.host.end(`${by} has taken node ${this.#options.node} by force (rally race --force)`)
    this.#free(owner, `${by} took the node by force`)
  }

  #busy({ race, name, sinceMs, connections, goneSinceMs }: Owner): Refusal {
    const taken = `node ${this.#options.node} has been taken by race ${race} of ${name} for ${sinceText(sinceMs)}`
    if (connections > 0)
      return { t: 'refused', code: 'busy', message: taken, hint: 'wait for the end of that race, or end it: rally race --force' }
    const message = `${taken}; its coordinator has been gone for ${sinceText(goneSinceMs)}`
    return {
      t: 'refused',
      code: 'busy',
      message,
      hint: 'it is free a minute after its coordinator went, or at once with rally race --force'
    }
  }

  #unknown({ race, token }: { readonly race: string; readonly token: string }): Refusal {
    const { node } = this.#options
    const isLast = this.#last?.race === race && this.#last.token === token
    const message = isLast ? this.#last!.words : `the daemon of node ${node} has been started anew, and knows nothing of race ${race}`
    return { t: 'refused', code: 'race', message, hint: `look into the daemon's log on node ${node}` }
  }
}

function sinceText(ms: number): string {
  return durationText(Math.round((systemClock.monotonicMs() - ms) / 1000))
}

/** Names come from outside and go into logs and messages. */
function nameOf({ owner }: Hello, remote: string): string {
  const name = owner?.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100)
  return name === undefined || name === '' ? remote : `${name} (${remote})`
}

async function within(ms: number, wait: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([wait, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}
