// From an address to an open stream: TLS over TCP with a key, or a Unix socket of this machine.

import { connect as connectNet, isIPv6, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { clientSecurity } from './pre-shared-key.ts'

export type Address = { readonly host: string; readonly port: number } | { readonly socketPath: string }

export function addressText(address: Address): string {
  if ('socketPath' in address) return address.socketPath
  return `${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`
}

/** Begins to connect; `ready` is told when the first line may be sent. */
export function openSocket(address: Address, identity: string, key: Buffer | null, ready: () => void): Socket {
  if ('socketPath' in address) return connectNet(address.socketPath, ready)
  if (key === null) throw new Error(`no key for ${addressText(address)}`)
  const { host, port } = address
  return connectTls({ host, port, ...clientSecurity(identity, key) }, ready).setNoDelay(true)
}
