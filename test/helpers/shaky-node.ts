// A node in this process whose connections can be cut, delayed and disturbed, as those of a network can.

import { setTimeout as wait } from 'node:timers/promises'
import type { ConnectedNode, ControlPeer } from '../../src/coordinator/connected-node.ts'
import { openSession, type NodeSession, type SessionOptions } from '../../src/driver/session.ts'
import { peerPair, type Peer } from '../../src/protocol/peer.ts'
import type { NodeCommand, NodeEvent } from '../../src/protocol/messages.ts'
import { nodeSettings } from './node-settings.ts'

export interface ShakyOptions {
  readonly workers?: number
  readonly weight?: number
  readonly dataCacheDir?: string
  readonly patience?: SessionOptions['patience']
  /** How often each message arrives; default: once. */
  readonly copies?: (message: NodeCommand | NodeEvent) => number
  readonly delayMs?: number
}

export class ShakyNode {
  readonly name: string
  readonly session: NodeSession
  /** What came from either side, whether it arrived or not. */
  readonly said: (NodeCommand | NodeEvent)[] = []
  /** Connections opened so far. */
  connections = 0
  /** Nothing passes, and no connection can be opened. */
  isCut = false
  /** The machine runs again, but knows nothing of the race. */
  isNew = false
  readonly #options: ShakyOptions
  /** Number of the last connection that carries nothing any more. */
  #silenced = 0
  #ends: readonly [{ close(): void }, { close(): void }] | null = null

  constructor(name: string, options: ShakyOptions = {}) {
    this.name = name
    this.#options = options
    const settings = nodeSettings(options)
    this.session = openSession({ node: name, settings, isLocal: false, ...(options.patience === undefined ? {} : { patience: options.patience }) })
  }

  /** As the coordinator gets it. */
  connect(): ConnectedNode {
    return {
      name: this.name,
      weight: this.#options.weight ?? 1,
      address: `${this.name}:1900`,
      version: '0',
      facts: { cores: 1, memoryBytes: 1, freeDiskBytes: null, os: 'test', runtime: '20', loopDelayMs: null },
      peer: this.#open(0),
      closed: null,
      openFiles: null,
      reconnect: async (seq) => {
        if (this.isNew) return { gone: 'knows nothing of this race any more: it was started anew' }
        await wait(20)
        if (this.isCut) throw new Error('no route')
        return { peer: this.#open(seq) }
      }
    }
  }

  /** Both sides learn at once that the connection is gone. */
  hangUp(): void {
    for (const end of this.#ends ?? []) end.close()
  }

  /** The connection stays open, and carries nothing from now on; others can be opened. */
  fallSilent(): void {
    this.#silenced = this.connections
  }

  #open(seq: number): ControlPeer {
    this.connections++
    const [mine, coordinatorSide] = peerPair<NodeEvent, NodeCommand>()
    const [theirs, nodeSide] = peerPair<NodeCommand, NodeEvent>()
    this.#ends = [mine, theirs]
    this.#relay(mine, theirs)
    this.#relay(theirs, mine)
    this.session.attach(nodeSide, seq)
    return coordinatorSide
  }

  #relay<M extends NodeCommand | NodeEvent, X, Y>(from: Peer<X, M>, to: Peer<M, Y>): void {
    const { copies, delayMs } = this.#options
    const connection = this.connections
    from.onMessage((message) => {
      this.said.push(message)
      if (this.isCut || connection <= this.#silenced) return
      const send = (): void => {
        for (let copy = 0; copy < (copies?.(message) ?? 1); copy++) to.send(structuredClone(message))
      }
      if (delayMs === undefined) send()
      else setTimeout(send, delayMs)
    })
    from.onClose(() => void (delayMs === undefined ? to.close() : setTimeout(() => to.close(), delayMs)))
  }
}
