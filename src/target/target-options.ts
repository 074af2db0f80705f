// From what a user gives to what a client of the target needs.

import { RallyError } from '../core/errors.ts'
import { authorizationOf, basic } from './authorization.ts'
import { ClientOptionReader } from './client-option-reader.ts'
import type { HttpEngine, TargetAddress, TargetOptions } from './connection-options.ts'
import { checkTls } from './tls-context.ts'
import { tlsFiles } from './tls-files.ts'

export type { HttpEngine, TargetAddress, TargetOptions, TargetSecrets } from './connection-options.ts'

/** A host of `--target-hosts`. */
export interface GivenTargetHost extends TargetAddress {
  readonly auth: { readonly user: string; readonly password: string } | null
}

const DEFAULT_TIMEOUT_S = 60
/** What Elastic's client retries when it retries. */
const RETRIED_STATUSES = [429, 502, 503, 504]

/**
 * Options of all clients of one cluster, from `--target-hosts` and `--client-options` (Elastic Rally's keys, `bearer_auth`,
 * `client_p12`, `client_p12_password` and `client_key_password`). Reads the files they name; RallyError('config') tells all mistakes.
 */
export function targetOptionsFrom(
  hosts: readonly GivenTargetHost[],
  clientOptions: Readonly<Record<string, unknown>>,
  engine: HttpEngine = 'undici'
): TargetOptions {
  const reader = new ClientOptionReader(clientOptions)
  const useSsl = reader.boolean('use_ssl', false)
  const files = tlsFiles(reader)
  const auth = authorizationOf(reader)
  const options: TargetOptions = {
    engine,
    hosts: hosts.map((host) => ({ host: host.host, port: host.port, useSsl: host.useSsl || useSsl, pathPrefix: host.pathPrefix })),
    timeoutMs: timeoutOf(reader),
    acceptEncoding: 'gzip',
    compressRequests: reader.boolean('http_compress', reader.boolean('compressed', false)),
    headers: auth.headers,
    retries: {
      max: reader.count('max_retries', 0),
      onStatus: reader.statuses('retry_on_status', RETRIED_STATUSES),
      onTimeout: reader.boolean('retry_on_timeout', false)
    },
    tls: {
      verify: reader.boolean('verify_certs', true),
      checkHostname: reader.has('ssl_assert_hostname') ? reader.boolean('ssl_assert_hostname', true) : null,
      caPem: files.caPem
    },
    secrets: {
      authorization: auth.authorization,
      hostAuthorizations: hosts.map(({ auth: own }) => (own === null ? null : basic(own.user, own.password))),
      ...files.secrets
    }
  }
  reader.accepted('max_connections', 'enable_cleanup_closed', 'ssl_show_warn')
  reader.finish()
  if (reader.problems.length === 0) reader.problems.push(...checkTls(options))
  if (reader.problems.length > 0) throw mistakes(reader.problems)
  return options
}

function timeoutOf(reader: ClientOptionReader): number | null {
  const seconds = reader.seconds('timeout', reader.seconds('request_timeout', DEFAULT_TIMEOUT_S))
  return seconds === null ? null : seconds * 1000
}

function mistakes(problems: readonly string[]): RallyError {
  const hint = 'mend --client-options'
  if (problems.length === 1) return new RallyError('config', problems[0] ?? '', { hint })
  return new RallyError('config', `${problems.length} mistakes in the client options`, { problems, hint })
}
