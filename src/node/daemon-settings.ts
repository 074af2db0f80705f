// What a daemon is told when it starts.

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
  return coordinator !== null && coordinator.host === nodeIp && coordinator.port === port
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
