// Whether a host is this machine: what runs here, too, needs a share of the cores.

import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'

/** A name that cannot be resolved is somebody else's: whoever connects to it will say so. */
export async function isOwnHost(host: string): Promise<boolean> {
  const own = new Set(Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? []))
  const addresses = await lookup(host, { all: true }).catch(() => [])
  return addresses.some(({ address }) => own.has(address) || address.startsWith('127.') || address === '::1')
}
