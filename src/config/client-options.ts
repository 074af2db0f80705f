// `--client-options`: how to speak to the target. First as Elastic Rally reads them, then with the default time limit.

import { RallyError } from '../core/errors.ts'
import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { DEFAULT_CLUSTER } from './target-hosts.ts'
import { kvToMap, plainValue, toDict } from './value-grammar.ts'

/** The literal that Elastic Rally's flag defaults to. */
export const DEFAULT_CLIENT_OPTIONS = 'timeout:60'
const DEFAULT_TIMEOUT = { timeout: 60 }

/** Fewest connections that Elastic Rally opens per cluster. */
const LEAST_CONNECTIONS = 256

/**
 * Options by cluster as Elastic Rally's ClientOptions reads them. Throws RallyError('usage').
 * @param clusters names of `--target-hosts`: the default options go to each of them
 */
export function parseClientOptions(text: string, clusters: readonly string[] | null, baseDir?: string): JsonValue {
  if (text === DEFAULT_CLIENT_OPTIONS && clusters !== null) return Object.fromEntries(clusters.map((cluster) => [cluster, DEFAULT_TIMEOUT]))
  const readItems = (items: readonly JsonValue[]): JsonValue => ({ [DEFAULT_CLUSTER]: { ...DEFAULT_TIMEOUT, ...kvToMap(items) } })
  return toDict(text, baseDir === undefined ? { readItems } : { readItems, baseDir })
}

export type ClientOptions = Readonly<Record<string, unknown>>

/**
 * The same, ready to use, by cluster: plain values, 60 s where no timeout is given; JSON that names options instead of
 * clusters holds for the default cluster. Throws RallyError('usage').
 */
export function clientOptions(text: string, clusters: readonly string[] | null, baseDir?: string): Readonly<Record<string, ClientOptions>> {
  const parsed = parseClientOptions(text, clusters, baseDir)
  if (!isObject(parsed)) throw new RallyError('usage', `key:value pairs or a JSON object are needed, not ${JSON.stringify(parsed)}`)
  const names = Object.keys(parsed)
  const isFlat = names.length > 0 && !names.every((name) => isObject(parsed[name]))
  const byCluster = isFlat || names.length === 0 ? { [DEFAULT_CLUSTER]: parsed } : (parsed as Readonly<Record<string, JsonObject>>)
  return Object.fromEntries(
    Object.entries(byCluster).map(([cluster, options]) => [cluster, { ...DEFAULT_TIMEOUT, ...(plainValue(options) as ClientOptions) }])
  )
}

/** Elastic Rally's with_max_connections: what is set, else `clients`, but never less than 256. Throws RallyError('usage'). */
export function withMaxConnections(options: JsonObject, clients: number): JsonObject {
  const given = 'max_connections' in options ? numberOf(options['max_connections']) : clients
  if (given === null) throw new RallyError('usage', `max_connections: a number is needed, not ${JSON.stringify(options['max_connections'])}`)
  return { ...options, max_connections: Math.max(LEAST_CONNECTIONS, given) }
}

const SECRETS = ['basic_auth_password', 'api_key', 'bearer_auth', 'client_key_password', 'client_p12_password', 'password', 'http_auth']

/** Names of the options that hold a secret, so that one typed on the command line can be warned of. */
export function secretOptions(options: ClientOptions): string[] {
  return Object.keys(options).filter((name) => SECRETS.includes(name))
}
