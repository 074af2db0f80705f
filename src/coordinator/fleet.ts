// All nodes of a race together: commands to all, steps that start together, who is silent, and the end.

import { systemClock } from '../core/clock.ts'
import type { KeptCommand, Prepare } from '../protocol/messages.ts'
import type { TargetSecrets } from '../target/target-options.ts'
import type { ConnectedNode } from './connected-node.ts'
import { NodeLink, type LinkEvent } from './node-link.ts'
import { NodeRoll } from './node-roll.ts'
import { NodeWatch } from './node-watch.ts'
import { startTimes } from './start-times.ts'

/** A node with what it is to prepare. */
export interface EngagedNode {
  readonly node: ConnectedNode
  readonly prepare: Prepare
}

export interface FleetListener {
  hear(node: string, event: LinkEvent): void
  /** It will say nothing more, or not in time. */
  lost(node: string, what: string): void
  /** Heard again after a gap worth telling. */
  back(node: string, gapMs: number): void
}

const CLOSE_DEADLINE_MS = 10_000

export class Fleet {
  readonly names: readonly string[]
  readonly roll: NodeRoll
  readonly #links: ReadonlyMap<string, NodeLink>
  readonly #watch: NodeWatch

  constructor(nodes: readonly EngagedNode[], listener: FleetListener) {
    this.names = nodes.map(({ node }) => node.name)
    this.roll = new NodeRoll(nodes.map(({ node, prepare }) => ({ name: node.name, clients: prepare.clients.length })))
    const heard = (node: string): void => this.#watch.heard(node, systemClock.monotonicMs())
    const links = nodes.map(({ node }) => new NodeLink(node, { heard, hear: (name, event) => listener.hear(name, event), gone: (name, why) => listener.lost(name, why) }))
    this.#links = new Map(links.map((link) => [link.name, link]))
    this.#watch = new NodeWatch(links, listener)
  }

  prepare(nodes: readonly EngagedNode[], secrets: TargetSecrets): void {
    for (const { node, prepare } of nodes) {
      this.#watch.heard(node.name, systemClock.monotonicMs())
      this.#links.get(node.name)?.send({ t: 'secrets', target: secrets })
      this.#links.get(node.name)?.send({ t: 'prepare', ...prepare })
    }
  }

  send(command: KeptCommand): void {
    for (const link of this.#links.values()) link.send(command)
  }

  /** All that are not lost begin together, as exactly as their round trips allow. */
  startStep(step: number, lost: ReadonlySet<string>): void {
    const links = [...this.#links.values()].filter(({ name }) => !lost.has(name))
    const starts = startTimes(new Map(links.map((link) => [link.name, link.roundTripMs])))
    for (const link of links) {
      const { delayMs, skewMs } = starts.get(link.name)!
      this.roll.starts(link.name, skewMs)
      link.send({ t: 'start-step', step, delayMs })
    }
  }

  /** @param requestsOf those that a node has begun in the step */
  stepOver(requestsOf: (node: string) => number): void {
    for (const { name, startedLateMs } of this.#links.values()) this.roll.stepOver(name, { requests: requestsOf(name), startedLateMs })
  }

  /** @param snapshotsOf the last one that has come of a node's session */
  ping(snapshotsOf: (node: string, epoch: string) => number): void {
    for (const link of this.#links.values()) link.ping(snapshotsOf(link.name, link.epoch))
  }

  /** Every LOOK_EVERY_MS. */
  look(nowMs: number): void {
    this.#watch.look(nowMs)
  }

  /** A line for each node that is suspect. */
  troubles(nowMs: number): string[] {
    return this.#watch.troubles(nowMs)
  }

  /** How long this process itself stood still of late, milliseconds; 0: it did not. */
  ownPauseMs(nowMs: number, withinMs: number): number {
    const pause = this.#watch.ownPause
    return pause !== null && nowMs - pause.untilMs < withinMs ? pause.ms : 0
  }

  /** Nothing more is expected of it. */
  dismiss(node: string): void {
    this.#watch.dismiss(node)
    this.#links.get(node)?.giveUp()
  }

  /** After `finish`: resolves with the nodes that did not close their session in time. */
  async close(): Promise<readonly string[]> {
    const left = new Set(this.names)
    const closed = Promise.all([...this.#links.values()].map((link) => link.closed.then(() => left.delete(link.name))))
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_DEADLINE_MS)))
    await Promise.race([closed, deadline])
    clearTimeout(timer)
    for (const link of this.#links.values()) link.close()
    return [...left]
  }
}
