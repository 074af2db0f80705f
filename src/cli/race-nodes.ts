// `--load-driver-hosts`: who sends the load of a race, by name, and how each of them is reached.

import { randomBytes } from 'node:crypto'
import { homedir, hostname, userInfo } from 'node:os'
import { configDir } from '../config/directories.ts'
import type { LoadDriverHost } from '../config/load-driver-hosts.ts'
import type { ConnectedNode } from '../coordinator/connected-node.ts'
import { RallyError } from '../core/errors.ts'
import type { NodeSettings } from '../driver/prepare-node.ts'
import { openLocalNode } from '../node/local-node.ts'
import { findNode, knownNodes, type KnownNode } from '../node/known-nodes.ts'
import { nodePlaces } from '../node/node-places.ts'
import { openRemoteNodes } from '../node/remote-node.ts'
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

/** A session on every load driver, in their order; throws RallyError with a line for each that cannot take part. */
export async function openNodes({ flags, raceId, settings, output, signal }: RaceNodes): Promise<readonly ConnectedNode[]> {
  const hosts = (flags.get('load-driver-hosts') as readonly LoadDriverHost[] | undefined) ?? []
  if (hosts.every(({ isLocal }) => isLocal)) return [openLocalNode(settings)]
  const places = nodePlaces(configDir(process.env, homedir()))
  const [key, { nodes: known }] = await Promise.all([readKey(places.keyFile), knownNodes(places)])
  const remote = await openRemoteNodes({
    nodes: wanted(hosts, known),
    key,
    race: { race: raceId, token: randomBytes(16).toString('hex'), owner: `${userInfo().username}@${hostname()}`, force: isOn(flags, 'force') },
    signal,
    warn: (line) => output.warning(line),
    waits: (nodes, seconds) => output.info(`Waiting for the answer of node ${nodes.join(', ')} (${seconds} s)`)
  })
  const opened = remote.values()
  return hosts.map(({ isLocal }) => (isLocal ? openLocalNode(settings) : opened.next().value!))
}

/** Inventory, then members, then the names as they stand. Throws RallyError('usage') for a node under two names. */
function wanted(hosts: readonly LoadDriverHost[], known: readonly KnownNode[]): KnownNode[] {
  const names = new Map<string, string>()
  return hosts.flatMap(({ name, port, isLocal }) => {
    if (isLocal) return []
    const found = findNode(name, port, known)
    const before = names.get(found.node)
    if (before !== undefined) {
      throw new RallyError('usage', `--load-driver-hosts: "${before}" and "${name}" are both node ${found.node}`, { hint: 'name each node once' })
    }
    names.set(found.node, name)
    return [found]
  })
}
