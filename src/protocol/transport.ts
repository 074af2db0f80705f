// From an address to an open stream: TLS over TCP with a key, a Unix socket of this machine, or whatever carries bytes already.

import { connect as connectNet, isIPv6 } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { clientSecurity } from './pre-shared-key.ts'

export type Address =
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string }
  /** A stream that is open: a channel through SSH. */
  | { readonly name: string; readonly connect: () => Duplex }

export function addressText(address: Address): string {
  if ('socketPath' in address) return address.socketPath
  if ('name' in address) return address.name
  return `${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`
}

interface Credentials {
  readonly identity: string
  readonly key: Buffer | null
}

/** Begins to connect; `told` hears what is waited for next; null: the stream is open. */
export function openStream(address: Address, { identity, key }: Credentials, told: (stage: string | null) => void): Duplex {
  if ('socketPath' in address) return connectNet(address.socketPath, () => told(null))
  if ('name' in address) {
    process.nextTick(() => told(null))
    return address.connect()
  }
  const { host, port } = address
  // A node that vanishes without a word is found out by pings, where there are any, and by these elsewhere.
  const socket = connectTls({ host, port, ...clientSecurity(identity, key ?? Buffer.alloc(0)) }, () => told(null))
  socket.once('connect', () => told('the TLS handshake'))
  return socket.setNoDelay(true).setKeepAlive(true, 30_000)
}
