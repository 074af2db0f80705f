// Which nodes there are: the inventory that bootstrap writes, the members that told the coordinator's daemon, and this machine itself.

import { readFileSync } from 'node:fs'
import { RallyError, systemCode } from '../core/errors.ts'
import type { Member } from '../protocol/status-messages.ts'
import type { Address } from '../protocol/transport.ts'
import { DEFAULT_PORT, isEverywhere } from './daemon-settings.ts'
import { askDaemon } from './ask-daemon.ts'
import { readMembers } from './members.ts'
import { findDaemon } from './pid-file.ts'

export interface KnownNode {
  /** Its id: what its key is made for. */
  readonly node: string
  /** A Unix socket: a node of this machine that no other can reach. */
  readonly address: Address
  /** Wall clock, when the coordinator's daemon last heard of it; null: it has not. */
  readonly seenMs: number | null
  /** Of its share of the clients, relative to the others'. */
  readonly weight: number
}

export interface KnownPlaces {
  readonly inventoryFile: string
  readonly membersFile: string
  readonly pidFile: string
  readonly socket: string
}

export interface KnownNodes {
  /** By name; what stands in the inventory goes first. */
  readonly nodes: readonly KnownNode[]
  /** `down`: members were known here, but the daemon that knew them does not answer; then they are those of its file. */
  readonly coordinatorDaemon: 'up' | 'down' | 'none'
}

/** Throws RallyError('config') for an inventory that cannot be read. */
export async function knownNodes(places: KnownPlaces): Promise<KnownNodes> {
  const { members, coordinatorDaemon } = await membersOf(places)
  const all = [...readInventory(places.inventoryFile), ...members, ...thisNode(places)]
  const byName = new Map<string, KnownNode>()
  for (const known of all) {
    const before = byName.get(known.node)
    byName.set(known.node, before === undefined ? known : { ...before, seenMs: before.seenMs ?? known.seenMs })
  }
  return { nodes: [...byName.values()].sort((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true })), coordinatorDaemon }
}

/** The node that somebody means by `host`, a name or an address: inventory, then members, then the name as it stands (DNS). */
export function findNode(host: string, port: number | null, nodes: readonly KnownNode[]): KnownNode {
  const isAt = ({ address }: KnownNode): boolean => 'host' in address && address.host === host && (port ?? address.port) === address.port
  const found = nodes.find(({ node }) => node === host) ?? nodes.find(isAt)
  if (found === undefined) return { node: host, address: { host, port: port ?? DEFAULT_PORT }, seenMs: null, weight: 1 }
  return port === null || !('host' in found.address) ? found : { ...found, address: { ...found.address, port } }
}

async function membersOf(
  places: KnownPlaces
): Promise<{ readonly members: readonly KnownNode[]; readonly coordinatorDaemon: KnownNodes['coordinatorDaemon'] }> {
  const kept = readMembers(places.membersFile).map(knownMember)
  const daemon = findDaemon(places.pidFile)
  if (daemon === null) return { members: kept, coordinatorDaemon: kept.length === 0 ? 'none' : 'down' }
  try {
    const answer = await askDaemon(places.socket, { t: 'ask-members', seq: 0 })
    const isUsed = answer.members.length > 0 || daemon.settings.coordinator !== null
    return { members: answer.members.map(knownMember), coordinatorDaemon: isUsed ? 'up' : 'none' }
  } catch (error) {
    if (!(error instanceof RallyError)) throw error
    return { members: kept, coordinatorDaemon: 'down' }
  }
}

function knownMember({ node, host, port, seenMs }: Pick<Member, 'node' | 'host' | 'port' | 'seenMs'>): KnownNode {
  return { node, address: { host, port }, seenMs, weight: 1 }
}

function thisNode({ pidFile, socket }: KnownPlaces): KnownNode[] {
  const daemon = findDaemon(pidFile)
  if (daemon === null) return []
  const { nodeName, nodeIp, port } = daemon.settings
  if (nodeIp === null || daemon.listensAt === socket) return [{ node: nodeName, address: { socketPath: socket }, seenMs: null, weight: 1 }]
  return [{ node: nodeName, address: { host: isEverywhere(nodeIp) ? '127.0.0.1' : nodeIp, port }, seenMs: null, weight: 1 }]
}

interface Inventory {
  readonly nodes: readonly { readonly name: string; readonly host: string; readonly port?: number; readonly weight?: number }[]
}

function readInventory(file: string): KnownNode[] {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return []
    throw new RallyError('config', `${file} cannot be read`, { cause: error, hint: 'give yourself the right to read it' })
  }
  try {
    const { nodes } = JSON.parse(text) as Inventory
    return nodes.map(({ name, host, port, weight }) => ({
      node: name,
      address: { host, port: port ?? DEFAULT_PORT },
      seenMs: null,
      weight: weight ?? 1
    }))
  } catch (error) {
    throw new RallyError('config', `${file} is no inventory`, { cause: error, hint: 'run `rally bootstrap` to write it anew' })
  }
}
