// One host as people type it: `h`, `h:9200`, `[::1]:9200`, `https://user:password@h:9200/prefix`. Taken apart as Python's
// urlparse does it, because Elastic Rally's users write what that one reads.

import { RallyError } from '../core/errors.ts'

export interface HostText {
  readonly text: string
  /** Lower case; null: no `scheme://` in front. */
  readonly urlScheme: string | null
  /** Lower case, IPv6 without brackets; null: there is none. */
  readonly host: string | null
  /** null: none, or 0. */
  readonly port: number | null
  /** As it stands, `/` included. */
  readonly path: string
  /** User and password, decoded; null: none. */
  readonly auth: readonly [user: string, password: string] | null
}

const URL_PARTS = /^(?:([a-z][a-z0-9+.-]*):)?\/\/([^/?#]*)([^?#]*)/i

/** Throws RallyError('usage') for what Python's urlparse, or Elastic Rally after it, fails on. */
export function parseHost(text: string): HostText {
  const parts = URL_PARTS.exec(text.includes('://') ? text : `//${text}`)
  if (parts === null) throw wrong(text, 'is no host')
  const authority = parts[2]!
  const at = authority.lastIndexOf('@')
  const place = authority.slice(at + 1)
  if (authority.includes('[') !== authority.includes(']')) throw wrong(text, 'opens or closes a bracket only')
  const bracketed = /^[^[]*\[([^\]]*)\](.*)$/.exec(place)
  const colon = place.indexOf(':')
  const name = bracketed?.[1] ?? (colon === -1 ? place : place.slice(0, colon))
  const rest = bracketed?.[2] ?? (colon === -1 ? '' : place.slice(colon))
  return {
    text,
    urlScheme: parts[1]?.toLowerCase() ?? null,
    host: name === '' ? null : lowerHost(name),
    port: portOf(text, rest.slice(rest.indexOf(':') + 1)),
    path: parts[3]!,
    auth: at === -1 ? null : authOf(text, authority.slice(0, at))
  }
}

/** The zone of an IPv6 address (`fe80::1%eth0`) keeps its case. */
function lowerHost(name: string): string {
  const [address = '', ...zone] = name.split('%')
  return [address.toLowerCase(), ...zone].join('%')
}

function portOf(text: string, port: string): number | null {
  if (port === '') return null
  if (!/^\d+$/.test(port)) throw wrong(text, `has "${port}" for a port; an IPv6 address stands in brackets: [::1]:9200`)
  if (Number(port) > 65535) throw wrong(text, `has port ${port}; the greatest is 65535`)
  return Number(port) === 0 ? null : Number(port)
}

function authOf(text: string, userinfo: string): HostText['auth'] {
  const colon = userinfo.indexOf(':')
  if (colon === -1 && userinfo !== '') throw wrong(text, 'has a user without a password')
  const user = decode(userinfo.slice(0, Math.max(colon, 0)))
  const password = decode(userinfo.slice(colon + 1))
  return user === '' && password === '' ? null : [user, password]
}

/** As Python's unquote: what is no escape stays. */
function decode(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'))
}

function wrong(text: string, what: string): RallyError {
  // The part before an @ may be a password.
  return new RallyError('usage', `"${text.replace(/^(.*\/\/)?.*@/, '$1…@')}" ${what}`)
}
