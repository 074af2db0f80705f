// Which nodes there are: the inventory that bootstrap writes, the members that told the coordinator's daemon, and this machine itself.

import { readFileSync } from 'node:fs'
import { RallyError, systemCode } from '../core/errors.ts'
import { DEFAULT_PORT } from './daemon-settings.ts'
import { askDaemon } from './ask-daemon.ts'
import { readMembers } from './members.ts'
import { findDaemon } from './pid-file.ts'

export interface KnownNode {
  /** Its id: what its key is made for. */
  readonly node: string
  readonly host: string
  readonly port: number
  /** Wall clock, when the coordinator's daemon last heard of it; null: it has not. */
  readonly seenMs: number | null
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
  const found = nodes.find(({ node }) => node === host) ?? nodes.find((known) => known.host === host && (port ?? known.port) === known.port)
  if (found === undefined) return { node: host, host, port: port ?? DEFAULT_PORT, seenMs: null }
  return { ...found, port: port ?? found.port }
}

async function membersOf(
  places: KnownPlaces
): Promise<{ readonly members: readonly KnownNode[]; readonly coordinatorDaemon: KnownNodes['coordinatorDaemon'] }> {
  const kept = readMembers(places.membersFile)
  const daemon = findDaemon(places.pidFile)
  if (daemon === null) return { members: kept, coordinatorDaemon: kept.length === 0 ? 'none' : 'down' }
  try {
    const answer = await askDaemon(places.socket, { t: 'ask-members', seq: 0 })
    const isUsed = answer.members.length > 0 || daemon.settings.coordinator !== null
    return { members: answer.members, coordinatorDaemon: isUsed ? 'up' : 'none' }
  } catch (error) {
    if (!(error instanceof RallyError)) throw error
    return { members: kept, coordinatorDaemon: 'down' }
  }
}

function thisNode({ pidFile }: KnownPlaces): KnownNode[] {
  const settings = findDaemon(pidFile)?.settings
  if (settings === undefined || settings.nodeIp === null) return []
  return [{ node: settings.nodeName, host: settings.nodeIp, port: settings.port, seenMs: null }]
}

interface Inventory {
  readonly nodes: readonly { readonly name: string; readonly host: string; readonly port?: number }[]
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
    return nodes.map(({ name, host, port }) => ({ node: name, host, port: port ?? DEFAULT_PORT, seenMs: null }))
  } catch (error) {
    throw new RallyError('config', `${file} is no inventory`, { cause: error, hint: 'run `rally bootstrap` to write it anew' })
  }
}
