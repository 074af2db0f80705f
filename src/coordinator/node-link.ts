// One node's session as the coordinator speaks to it: over whatever connection there is. What must arrive is numbered and
// kept until the node has it; a connection that falls silent or breaks is replaced by another, which takes up where it ended.

import { systemClock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { Inbox, Outbox } from '../protocol/outbox.ts'
import type { KeptCommand, KeptEvent, NodeEvent, PassingEvent, Pong } from '../protocol/messages.ts'
import type { ConnectedNode, ControlPeer } from './connected-node.ts'
import { impossibleIn } from './impossible-figures.ts'
import { RoundTrips } from './round-trips.ts'

export type LinkEvent = KeptEvent | Exclude<PassingEvent, Pong>

export interface LinkListener {
  /** Any word at all. */
  heard(node: string): void
  hear(node: string, event: LinkEvent): void
  /** Its session will say nothing more. */
  gone(node: string, why: string): void
}

/** So long between two attempts to open a connection. */
const RETRY_AFTER_MS = 500
/** So many answers in a row that tell of a message which has not come: the connection has lost it. */
const MISSED_ANSWERS = 3

export class NodeLink {
  readonly name: string
  /** Of its session; empty: not told yet. */
  epoch = ''
  /** Resolves when nothing of its session is left, as far as can be known from here. */
  readonly closed: Promise<void>
  readonly #node: ConnectedNode
  readonly #listener: LinkListener
  readonly #outbox = new Outbox<KeptCommand>()
  readonly #inbox = new Inbox()
  readonly #roundTrips = new RoundTrips()
  #peer: ControlPeer
  #isBroken = false
  #isMending = false
  #mendAtMs = 0
  #missed = 0
  #start = { seq: 0, atMs: 0, resentAfterMs: 0 }
  #isOver = false
  #end: () => void = () => {}

  constructor(node: ConnectedNode, listener: LinkListener) {
    this.name = node.name
    this.#node = node
    this.#listener = listener
    const over = new Promise<void>((resolve) => (this.#end = resolve))
    this.closed = node.closed ?? over
    this.#peer = node.peer
    this.#use(node.peer)
  }

  /** Whether the connection there is cannot be relied on. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Quickest of the last round trips; null: none yet. */
  get roundTripMs(): number | null {
    return this.#roundTrips.ms
  }

  /** How much later than meant the last step began here, because its start had to be said again; 0: it was not. */
  get startedLateMs(): number {
    return this.#start.resentAfterMs
  }

  /** Reaches the node, once and in order, if anything does. */
  send(command: KeptCommand): void {
    const numbered = this.#outbox.add(command)
    if (command.t === 'start-step') this.#start = { seq: numbered.seq, atMs: systemClock.monotonicMs(), resentAfterMs: 0 }
    this.#peer.send(numbered)
  }

  /** The coordinator lives, and has this node's snapshots up to this one. */
  ping(snapshots: number): void {
    const ping = this.#roundTrips.begin({ sentAtMs: systemClock.monotonicMs(), commands: this.#outbox.last })
    this.#peer.send({ t: 'ping', ping, events: this.#inbox.last, snapshots })
  }

  /** Tries to open another connection, unless it does so already, or has just done. */
  mend(nowMs: number): void {
    const { reconnect } = this.#node
    if (reconnect === null || this.#isOver || this.#isMending || nowMs < this.#mendAtMs) return
    this.#isMending = true
    const mended = reconnect(this.#inbox.last).then(
      (answer) => ('gone' in answer ? this.#gone(answer.gone) : this.#reconnected(answer.peer)),
      // The next attempt may reach it; how long it was silent says when it is lost.
      () => undefined
    )
    void mended.finally(() => {
      this.#isMending = false
      this.#mendAtMs = systemClock.monotonicMs() + RETRY_AFTER_MS
    })
  }

  /** Nothing is expected from it any more. */
  giveUp(): void {
    this.#isOver = true
    this.#end()
  }

  close(): void {
    this.giveUp()
    this.#peer.close()
  }

  #use(peer: ControlPeer): void {
    peer.onMessage((event) => this.#hear(peer, event))
    peer.onClose(() => this.#closedBy(peer))
  }

  #reconnected(peer: ControlPeer): void {
    if (this.#isOver) return peer.close()
    const before = this.#peer
    this.#peer = peer
    this.#isBroken = false
    this.#missed = 0
    this.#use(peer)
    for (const command of this.#outbox.open()) {
      peer.send(command)
      if (command.seq === this.#start.seq) this.#start.resentAfterMs = systemClock.monotonicMs() - this.#start.atMs
    }
    before.close()
  }

  #hear(peer: ControlPeer, event: NodeEvent): void {
    if (peer !== this.#peer) return
    // Figures are kept by the name in them: nobody tells those of another.
    if (event.node !== this.name) return this.#gone(`spoke for node ${event.node}`)
    this.#listener.heard(this.name)
    if (event.t === 'pong') this.#pong(event)
    else if (event.t === 'preparing' || event.t === 'snapshot') this.#tell(event)
    else if (this.#inbox.takes(event)) this.#take(event)
  }

  #take(event: KeptEvent): void {
    if (event.t === 'prepared') this.epoch = event.epoch
    this.#tell(event)
  }

  /** What cannot be taken does not come again: a race that waited for it would wait for ever. */
  #tell(event: LinkEvent): void {
    const why = event.t === 'snapshot' || event.t === 'step-joined' ? impossibleIn(event, this.epoch) : null
    if (why !== null) return this.#gone(why)
    try {
      this.#listener.hear(this.name, event)
    } catch (error) {
      if (this.#node.reconnect === null) throw error
      this.#gone(`said what cannot be taken: ${event.t}: ${messageOf(error)}`)
    }
  }

  #pong({ ping, commands, events }: Pong): void {
    const open = this.#roundTrips.end(ping, systemClock.monotonicMs())
    this.#outbox.acknowledged(commands)
    // What was sent before the ping had to be there before it; the same of what the node sent before its answer.
    const isMissing = events > this.#inbox.last || (open !== null && open.commands > commands)
    this.#missed = isMissing ? this.#missed + 1 : 0
    if (this.#missed >= MISSED_ANSWERS) this.#isBroken = true
  }

  #closedBy(peer: ControlPeer): void {
    if (peer !== this.#peer || this.#isOver) return
    if (this.#node.reconnect === null) this.#gone('closed its connection')
    else this.#isBroken = true
  }

  #gone(why: string): void {
    if (this.#isOver) return
    this.giveUp()
    this.#listener.gone(this.name, why)
  }
}
