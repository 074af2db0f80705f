// Who listens on a port of this machine, for the one who finds it taken.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { RallyError, systemCode } from '../core/errors.ts'
import { ownAddresses } from './daemon-settings.ts'

/** What it means that a daemon cannot listen on this address. */
export function listenError(error: unknown, host: string, port: number): unknown {
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new RallyError('node', `${where} is in use by ${holderOf(port)}`, {
        hint: 'end it, or use another port: --port (the same one for every node)'
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new RallyError('node', `${host} is no address of this machine`, { hint: `--node-ip is one of ${ownAddresses().join(', ')}` })
    case 'EACCES':
      return new RallyError('node', `${where} may not be listened on by this user`, { hint: 'use a port from 1024 on: --port' })
    default:
      return error
  }
}

/** In words: `pid 12 (nginx)`; also when it cannot be told. */
export function holderOf(port: number): string {
  const inodes = listeningInodes(port)
  const pid = inodes.size === 0 ? null : pidWithSocket(inodes)
  if (pid === null) return 'a process that only its user, or root, can see'
  const line = textOf(`/proc/${pid}/cmdline`)
    .split('\0')
    .filter((word) => word !== '')
  const node = line.includes('daemon') ? line.find((word) => word.startsWith('--node-name=')) : undefined
  if (node !== undefined) return `the daemon of node ${node.slice('--node-name='.length)} (pid ${pid})`
  return `pid ${pid} (${line.join(' ').slice(0, 100) || textOf(`/proc/${pid}/comm`).trim()})`
}

/** State of a socket that listens, in /proc/net/tcp. */
const LISTEN = '0A'

function listeningInodes(port: number): Set<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => textOf(file).split('\n').slice(1))
  const found = lines.map((line) => line.trim().split(/\s+/)).filter(([, local, , state]) => state === LISTEN && local?.endsWith(`:${hex}`))
  return new Set(found.map((fields) => `socket:[${fields[9] ?? ''}]`))
}

function pidWithSocket(sockets: ReadonlySet<string>): number | null {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)))) return Number(pid)
    } catch {
      // Another user's, or gone.
    }
  }
  return null
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // Closed meanwhile.
    return ''
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Gone, or no IPv6.
    return ''
  }
}
