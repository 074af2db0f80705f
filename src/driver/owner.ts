// The coordinator that owns this session, as the node sees it: over which connection it is spoken to, what it has heard,
// and how long it has been silent.
//
// | since its last word | what                                                                                     |
// |---------------------|------------------------------------------------------------------------------------------|
// | 5 s                 | the lease has run out: no worker sends. A step that runs is ended for good (`ranOut`)     |
// | 60 s                | the session is given up (`gone`): the node is free for the next race                     |
//
// A closed connection alone changes nothing: the coordinator may come back over a new one, and is then told all it lacks.

import { systemClock } from '../core/clock.ts'
import { Inbox, Outbox } from '../protocol/outbox.ts'
import { Lease } from '../protocol/lease.ts'
import type { Peer } from '../protocol/peer.ts'
import type { KeptCommand, KeptEvent, NodeCommand, NodeEvent, PassingEvent, Ping } from '../protocol/messages.ts'

const LOOK_EVERY_MS = 250
/** A node that stood still, for so long at least and less long than its lease, reads what has come meanwhile before it judges. */
const PAUSE_MS = 500
/** It comes through its daemon, which stood still, too. No worker sends until then: the lease has run out. */
const CATCH_UP_MS = 1000

/** How long the coordinator may be silent. */
export interface Patience {
  readonly leaseMs: number
  readonly orphanMs: number
}

export const PATIENCE: Patience = { leaseMs: 5000, orphanMs: 60_000 }

export interface OwnerListener {
  obey(command: KeptCommand): void
  /** The coordinator has all snapshots up to this one. */
  snapshotsSeen(seq: number): void
  /** No word for as long as the lease. Told once in each silence. */
  ranOut(): void
  /** Its connection has closed, and no other is there yet. */
  detached(): void
  /** It will not come back. */
  gone(reason: string): void
}

export interface OwnerOptions {
  readonly node: string
  readonly listener: OwnerListener
  /** In the coordinator's own process: both live and die together, so nothing runs out, and a closed connection is the end. */
  readonly isLocal: boolean
  readonly patience: Patience
}

export class Owner {
  readonly lease = Lease.begin(systemClock.monotonicMs())
  readonly #options: OwnerOptions
  readonly #outbox = new Outbox<KeptEvent>()
  readonly #inbox = new Inbox()
  readonly #timer: NodeJS.Timeout | null
  #peer: Peer<NodeEvent, NodeCommand> | null = null
  #wordAtMs = systemClock.monotonicMs()
  #lookedAtMs = systemClock.monotonicMs()
  #judgeAtMs = 0
  #renewsFromMs = 0
  #hasRunOut = false
  #isRevoked = false
  #isPinged = false
  #isClosed = false

  constructor(options: OwnerOptions) {
    this.#options = options
    this.#timer = options.isLocal ? null : setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  /** Speaks over this connection from now on; the coordinator has all events up to `seq`. */
  attach(peer: Peer<NodeEvent, NodeCommand>, seq: number): void {
    const before = this.#peer
    this.#peer = peer
    this.#heard()
    this.#outbox.acknowledged(seq)
    for (const event of this.#outbox.open()) peer.send(event)
    peer.onMessage((message) => this.#hear(peer, message))
    peer.onClose(() => this.#lostPeer(peer))
    before?.close()
  }

  /** Its race goes on: it may still bring the files that the nodes will be given. */
  get isPinged(): boolean {
    return this.#isPinged
  }

  /** Will be heard, over whatever connection. */
  tell(event: KeptEvent): void {
    const numbered = this.#outbox.add(event)
    this.#peer?.send(numbered)
  }

  /** Is heard if there is a connection. */
  show(event: PassingEvent): void {
    this.#peer?.send(event)
  }

  /** From now on no word renews the lease. */
  revoke(): void {
    this.#isRevoked = true
    this.lease.renew(0)
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#peer?.close()
    this.#peer = null
  }

  #hear(peer: Peer<NodeEvent, NodeCommand>, message: NodeCommand): void {
    if (peer !== this.#peer) return
    this.#heard()
    if (message.t === 'ping') return this.#answer(message)
    if (this.#inbox.takes(message)) this.#options.listener.obey(message)
  }

  #answer({ ping, events, snapshots }: Ping): void {
    this.#isPinged = true
    this.#outbox.acknowledged(events)
    this.#options.listener.snapshotsSeen(snapshots)
    this.show({ t: 'pong', node: this.#options.node, ping, commands: this.#inbox.last, events: this.#outbox.last })
  }

  #heard(): void {
    const nowMs = systemClock.monotonicMs()
    const stoodStill = this.#stoodStill(nowMs)
    this.#wordAtMs = nowMs
    this.#hasRunOut = false
    if (this.#options.isLocal || this.#isRevoked) return
    if (stoodStill) {
      // Renewed again by words that come when no worker has a step any more to send for: many are waiting to be read now.
      this.#renewsFromMs = nowMs + CATCH_UP_MS
      this.#options.listener.ranOut()
    }
    if (nowMs >= this.#renewsFromMs) this.lease.renew(nowMs + this.#options.patience.leaseMs)
  }

  /** For longer than the lease, so that not even its end was seen: words that are read now are old ones. */
  #stoodStill(nowMs: number): boolean {
    const { leaseMs } = this.#options.patience
    return !this.#hasRunOut && nowMs - this.#wordAtMs >= leaseMs && nowMs - this.#lookedAtMs >= leaseMs
  }

  #lostPeer(peer: Peer<NodeEvent, NodeCommand>): void {
    if (peer !== this.#peer) return
    this.#peer = null
    if (this.#options.isLocal) this.#options.listener.gone('the coordinator has gone')
    else this.#options.listener.detached()
  }

  #look(): void {
    const nowMs = systemClock.monotonicMs()
    const ownPauseMs = nowMs - this.#lookedAtMs
    this.#lookedAtMs = nowMs
    const { leaseMs } = this.#options.patience
    if (ownPauseMs >= PAUSE_MS && ownPauseMs < leaseMs) this.#judgeAtMs = nowMs + CATCH_UP_MS
    if (nowMs - this.#wordAtMs < leaseMs || nowMs < this.#judgeAtMs) return
    // What came while this process was busy is read first.
    setImmediate(() => setImmediate(() => this.#judge()))
  }

  #judge(): void {
    const { leaseMs, orphanMs } = this.#options.patience
    const silentMs = systemClock.monotonicMs() - this.#wordAtMs
    if (this.#isClosed || silentMs < leaseMs) return
    if (!this.#hasRunOut) {
      this.#hasRunOut = true
      this.#options.listener.ranOut()
    }
    if (silentMs >= orphanMs) this.#options.listener.gone(`nothing was heard from the coordinator for ${orphanMs / 1000} s`)
  }
}
