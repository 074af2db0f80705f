// What a daemon is told when it starts.

import { networkInterfaces } from 'node:os'
import { addressText } from '../protocol/transport.ts'

export interface DaemonSettings {
  /** Id of the node: what its key is made for, and what others call it. */
  readonly nodeName: string
  /** Where it listens; null: on a Unix socket only. */
  readonly nodeIp: string | null
  readonly port: number
  /** The coordinator's daemon; null: none is told of this node. The same address as this one's: this is the coordinator's daemon itself. */
  readonly coordinator: { readonly host: string; readonly port: number } | null
}

export const DEFAULT_PORT = 1900

/** The coordinator's daemon takes the others' names and addresses. */
export function isCoordinator({ nodeIp, port, coordinator }: DaemonSettings): boolean {
  if (nodeIp === null || coordinator === null || coordinator.port !== port) return false
  return coordinator.host === nodeIp || (isEverywhere(nodeIp) && ownAddresses().includes(coordinator.host))
}

/** All addresses of a machine at once: where to listen, but not where to be found. */
export function isEverywhere(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))
}

/** As flags of `rally daemon start`. */
export function toFlags({ nodeName, nodeIp, coordinator, port }: DaemonSettings): string[] {
  return [
    `--node-name=${nodeName}`,
    ...(nodeIp === null ? [] : [`--node-ip=${nodeIp}`]),
    ...(coordinator === null ? [] : [`--coordinator-ip=${addressText(coordinator)}`]),
    `--port=${port}`
  ]
}
