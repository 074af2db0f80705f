// `--target-hosts`: where the target is. First as Elastic Rally reads it, then with what a host needs to be spoken to.

import { didYouMean } from '../core/close-match.ts'
import { RallyError } from '../core/errors.ts'
import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { parseHost, type HostText } from './host-text.ts'
import { toDict } from './value-grammar.ts'

export interface TargetHost {
  readonly host: string
  readonly port: number
  readonly useSsl: boolean
  /** `/prefix` or empty. */
  readonly pathPrefix: string
  /** From `https://user:password@host`. */
  readonly auth: { readonly user: string; readonly password: string } | null
}

export const DEFAULT_CLUSTER = 'default'
const DEFAULT_PORT = 9200
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** A host as it was given: a text, taken apart, or the object of a JSON document as it is. */
export type GivenHost = { readonly text: HostText } | { readonly object: JsonObject }

/** Hosts by cluster as Elastic Rally's TargetHosts reads them: nothing is checked that it does not check. Throws RallyError('usage'). */
export function parseTargetHosts(text: string, baseDir?: string): Readonly<Record<string, readonly GivenHost[]>> {
  const readItems = (items: readonly JsonValue[]): JsonValue => ({ [DEFAULT_CLUSTER]: items })
  const value = toDict(text, baseDir === undefined ? { readItems } : { readItems, baseDir })
  const clusters = Array.isArray(value) ? { [DEFAULT_CLUSTER]: value } : value
  if (!isObject(clusters)) throw new RallyError('usage', `hosts are needed, not ${text}`, { hint: HINT })
  return Object.fromEntries(Object.entries(clusters).map(([cluster, hosts]) => [cluster, normalize(hosts)]))
}

const HINT = 'write host:port,host:port or {"default": ["host:port"]}'

/** The same, ready to use: every host with name and port, all mistakes at once as RallyError('usage'). */
export function targetHosts(text: string, baseDir?: string): Readonly<Record<string, readonly TargetHost[]>> {
  const problems: string[] = []
  const clusters = Object.entries(parseTargetHosts(text, baseDir)).map(([cluster, hosts]) => {
    const resolved = hosts.map((host) => {
      const found = 'text' in host ? fromText(host.text) : fromObject(host.object)
      problems.push(...found.problems, ...nameProblems(found.host.host))
      return found.host
    })
    return [cluster, resolved]
  })
  if (problems.length === 1) throw new RallyError('usage', problems[0]!, { hint: HINT })
  if (problems.length > 1) throw new RallyError('usage', `${problems.length} mistakes in the hosts`, { problems, hint: HINT })
  return Object.fromEntries(clusters) as Record<string, TargetHost[]>
}

function normalize(hosts: JsonValue): GivenHost[] {
  if (hosts === null) return [{ object: {} }]
  if (typeof hosts === 'string') return [{ text: parseHost(hosts) }]
  if (!Array.isArray(hosts)) throw new RallyError('usage', `a list of hosts is needed, not ${JSON.stringify(hosts)}`, { hint: HINT })
  return hosts.map((host: JsonValue) => {
    if (typeof host === 'string') return { text: parseHost(host) }
    if (isObject(host)) return { object: host }
    throw new RallyError('usage', `a host is needed, not ${JSON.stringify(host)}`, { hint: HINT })
  })
}

interface Resolved {
  readonly host: TargetHost
  readonly problems: readonly string[]
}

function fromText(given: HostText): Resolved {
  const problems: string[] = []
  if (given.host === null)
    problems.push(given.text === '' ? 'a host is empty: is there a comma too many?' : `"${given.text}" names no host`)
  if (given.urlScheme !== null && !Object.hasOwn(DEFAULT_PORTS, given.urlScheme))
    problems.push(`"${given.text}": ${given.urlScheme} is neither http nor https`)
  const [user, password] = given.auth ?? ['', '']
  const host = {
    host: given.host ?? '',
    port: given.port ?? DEFAULT_PORTS[given.urlScheme ?? ''] ?? DEFAULT_PORT,
    useSsl: given.urlScheme === 'https',
    pathPrefix: prefixOf(given.path),
    auth: given.auth === null ? null : { user, password }
  }
  return { host, problems }
}

/** Each HTTP engine puts the name into a URL, which takes no space, no `%` (so no zone of an IPv6 address) and no 999.1.1.1. */
function nameProblems(name: string): string[] {
  if (name === '') return []
  const url = `http://${name.includes(':') ? `[${name}]` : name}:9200/`
  const parts = URL.canParse(url) ? new URL(url) : null
  // The port comes out only if nothing in the name ended the host before it.
  return parts?.port === '9200' && parts.username === '' ? [] : [`[${name}] is neither a host name nor an address`]
}

const OBJECT_KEYS = ['host', 'port', 'url_prefix', 'use_ssl', 'scheme', 'http_auth']

function fromObject(given: JsonObject): Resolved {
  const problems: string[] = []
  const shown = JSON.stringify({ ...given, ...('http_auth' in given ? { http_auth: '<hidden>' } : {}) })
  for (const key of Object.keys(given))
    if (!OBJECT_KEYS.includes(key)) problems.push(`${shown}: unknown key [${key}]${didYouMean(key, OBJECT_KEYS)}`)
  const name = typeof given['host'] === 'string' ? given['host'] : ''
  if (name === '') problems.push(`${shown} names no host`)
  const useSsl = given['use_ssl'] === true || given['scheme'] === 'https'
  const port =
    given['port'] === undefined
      ? useSsl
        ? 443
        : DEFAULT_PORT
      : numberOf(typeof given['port'] === 'string' ? Number(given['port']) : given['port'])
  if (port === null || !Number.isInteger(port) || port < 1 || port > 65535) problems.push(`${shown}: the port is no number from 1 to 65535`)
  const auth = typeof given['http_auth'] === 'string' ? given['http_auth'].split(':') : null
  const host = {
    host: name,
    port: port ?? DEFAULT_PORT,
    useSsl,
    pathPrefix: prefixOf(typeof given['url_prefix'] === 'string' ? given['url_prefix'] : ''),
    auth: auth === null ? null : { user: auth[0]!, password: auth.slice(1).join(':') }
  }
  return { host, problems }
}

/** `/a/b`, without a slash at its end. */
function prefixOf(path: string): string {
  const inner = path.replace(/^\/+/, '').replace(/\/+$/, '')
  return inner === '' ? '' : `/${inner}`
}
