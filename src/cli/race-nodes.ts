// `--load-driver-hosts`: who sends the load of a race, by name, and how each of them is reached.

import { randomBytes } from 'node:crypto'
import { homedir, hostname, userInfo } from 'node:os'
import { configDir } from '../config/directories.ts'
import type { LoadDriverHost } from '../config/load-driver-hosts.ts'
import type { ConnectedNode } from '../coordinator/connected-node.ts'
import { RallyError } from '../core/errors.ts'
import type { NodeSettings } from '../driver/prepare-node.ts'
import { findNode, knownNodes, type KnownNode } from '../node/known-nodes.ts'
import { nodePlaces } from '../node/node-places.ts'
import { giveBack, openRemoteNodes, type RemoteNode } from '../node/remote-node.ts'
import { readKey } from '../protocol/cluster-key.ts'
import { isOn, type FlagValues } from './flag-values.ts'
import type { Output } from './output.ts'

export interface RaceNodes {
  readonly flags: FlagValues
  readonly raceId: string
  readonly settings: NodeSettings
  readonly output: Output
  readonly signal: AbortSignal
}

/** The load drivers of a race that is still being looked into. */
export interface CalledNodes {
  /** A session on every one, in their order; throws RallyError with a line for each that cannot take part. */
  open(): Promise<readonly ConnectedNode[]>
  /** Those that were not opened are free again. */
  dismiss(): Promise<void>
}

/** Begins to open sessions; what is wrong with them is told by `open`. */
export function callNodes(race: RaceNodes): CalledNodes {
  const hosts = (race.flags.get('load-driver-hosts') as readonly LoadDriverHost[] | undefined) ?? []
  return hosts.every(({ isLocal }) => isLocal) ? localNode(race.settings) : new NodeCall(hosts, race)
}

function localNode(settings: NodeSettings): CalledNodes {
  // Loaded beside all else that is loaded now.
  const loading = import('../node/local-node.ts')
  return { open: async () => [(await loading).openLocalNode(settings)], dismiss: () => Promise.resolve() }
}

/** What a node needs to send load is only loaded where one is. */
async function openLocal(settings: NodeSettings): Promise<ConnectedNode> {
  const { openLocalNode } = await import('../node/local-node.ts')
  return openLocalNode(settings)
}

/** A node gives up a coordinator that is silent for a minute: a track that takes long to fetch must not keep them that long. */
const KEPT_MS = 20_000

interface Call {
  readonly nodes: Promise<readonly RemoteNode[]>
  readonly abort: AbortController
  readonly timer: NodeJS.Timeout
}

class NodeCall implements CalledNodes {
  readonly #hosts: readonly LoadDriverHost[]
  readonly #race: RaceNodes
  #call: Call | null = null

  constructor(hosts: readonly LoadDriverHost[], race: RaceNodes) {
    this.#hosts = hosts
    this.#race = race
    // Another's race is not ended for one that may have a mistake in its track.
    if (!isOn(race.flags, 'force')) this.#call = this.#begin()
  }

  async open(): Promise<readonly ConnectedNode[]> {
    const { nodes, timer } = this.#call ?? this.#begin()
    this.#call = null
    clearTimeout(timer)
    const remote = (await nodes).values()
    return Promise.all(this.#hosts.map(async ({ isLocal }) => (isLocal ? openLocal(this.#race.settings) : remote.next().value!)))
  }

  async dismiss(): Promise<void> {
    if (this.#call === null) return
    const { nodes, abort, timer } = this.#call
    this.#call = null
    clearTimeout(timer)
    abort.abort()
    await giveBack(await nodes.catch(() => []))
  }

  #begin(): Call {
    const abort = new AbortController()
    const nodes = openRemote(this.#hosts, this.#race, AbortSignal.any([this.#race.signal, abort.signal]))
    nodes.catch(() => undefined)
    return { nodes, abort, timer: setTimeout(() => void this.dismiss(), KEPT_MS) }
  }
}

async function openRemote(
  hosts: readonly LoadDriverHost[],
  { flags, raceId, output }: RaceNodes,
  signal: AbortSignal
): Promise<readonly RemoteNode[]> {
  const places = nodePlaces(configDir(process.env, homedir()))
  const [key, { nodes: known }] = await Promise.all([readKey(places.keyFile), knownNodes(places)])
  return openRemoteNodes({
    nodes: wanted(hosts, known),
    key,
    race: {
      race: raceId,
      token: randomBytes(16).toString('hex'),
      owner: `${userInfo().username}@${hostname()}`,
      force: isOn(flags, 'force')
    },
    signal,
    warn: (line) => output.warning(line),
    waits: (nodes, seconds) => output.info(`Waiting for the answer of node ${nodes.join(', ')} (${seconds} s)`)
  })
}

/** Inventory, then members, then the names as they stand. Throws RallyError('usage') for a node under two names. */
function wanted(hosts: readonly LoadDriverHost[], known: readonly KnownNode[]): KnownNode[] {
  const names = new Map<string, string>()
  return hosts.flatMap(({ name, port, isLocal }) => {
    if (isLocal) return []
    const found = findNode(name, port, known)
    const before = names.get(found.node)
    if (before !== undefined) {
      throw new RallyError('usage', `--load-driver-hosts: "${before}" and "${name}" are both node ${found.node}`, {
        hint: 'name each node once'
      })
    }
    names.set(found.node, name)
    return [found]
  })
}
