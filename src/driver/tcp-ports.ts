// Ports for connections to the target: a connection needs one that no other to the same address has, and one that was
// closed keeps it for a minute.

import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** How many ports the system gives to outgoing connections, or null where it does not tell. */
export function portRange(): number | null {
  try {
    const [first = 0, last = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').trim().split(/\s+/).map(Number)
    return last - first + 1
  } catch {
    // Only Linux has this file.
    return null
  }
}

/** TCP sockets of this machine (of its network namespace), those of connections just closed included; null: the system does not tell. */
export function tcpSockets(): number | null {
  try {
    const v4 = readFileSync('/proc/net/sockstat', 'latin1')
    const v6 = readFileSync('/proc/net/sockstat6', 'latin1')
    return countOf(v4, /^TCP: inuse (\d+)/m) + countOf(v4, /^TCP:.* tw (\d+)/m) + countOf(v6, /^TCP6: inuse (\d+)/m)
  } catch {
    // Only Linux has these files.
    return null
  }
}

function countOf(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0)
}

/** Sockets, closing ones included, that stand between here and the one address, of any with these ports, that has the most; throws where /proc is missing. */
export async function mostToOneAddress(ports: ReadonlySet<number>): Promise<number> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'latin1')))
  return Math.max(0, ...tables.map((table) => mostInTable(table, ports)))
}

const LISTENING = '0A'

/** Lines of `/proc/net/tcp`: `sl local_address rem_address st …`, addresses as `0100007F:23F0`. */
export function mostInTable(table: string, ports: ReadonlySet<number>): number {
  const counts = new Map<string, number>()
  for (const [, remote = '', state = ''] of table.matchAll(/^ *\d+: \S+ (\S+) (\S+)/gm)) {
    if (state === LISTENING || !ports.has(Number.parseInt(remote.slice(remote.indexOf(':') + 1), 16))) continue
    counts.set(remote, (counts.get(remote) ?? 0) + 1)
  }
  return Math.max(0, ...counts.values())
}
