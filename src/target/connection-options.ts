// What a client of the target needs to know. Plain data: it travels to other nodes, its secrets apart.

/** Where and how to send. JSON-able; a message may leave out `secrets` and bring them apart. */
export interface TargetOptions {
  readonly engine: HttpEngine
  readonly hosts: readonly TargetAddress[]
  /** Per exchange; null: wait for ever. */
  readonly timeoutMs: number | null
  /** `accept-encoding`; null: none sent. */
  readonly acceptEncoding: string | null
  /** Request bodies are sent gzipped (`http_compress`). */
  readonly compressRequests: boolean
  /** Sent with every request, names in lower case; no secrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly retries: RetryOptions
  readonly tls: TlsOptions
  readonly secrets: TargetSecrets
}

/** What sends the requests: undici's dispatch, or our own connection with less work per request. */
export type HttpEngine = 'undici' | 'lean'

export interface TargetAddress {
  readonly host: string
  readonly port: number
  readonly useSsl: boolean
  /** `/prefix` or empty. */
  readonly pathPrefix: string
}

/** Of the transport; none by default, so that a failure is seen. */
export interface RetryOptions {
  readonly max: number
  readonly onStatus: readonly number[]
  readonly onTimeout: boolean
}

export interface TlsOptions {
  readonly verify: boolean
  /** Whether the certificate must name the host; null: hosts with a name only, as Elastic Rally does. */
  readonly checkHostname: boolean | null
  /** Authorities to trust instead of the built-in ones. */
  readonly caPem: string | null
}

export interface TargetSecrets {
  /** Value of the header `authorization`, for all hosts. */
  readonly authorization: string | null
  /** By host, from `https://user:password@host`; goes before `authorization`. */
  readonly hostAuthorizations: readonly (string | null)[]
  readonly clientCertPem: string | null
  readonly clientKeyPem: string | null
  readonly clientP12Base64: string | null
  readonly passphrase: string | null
}

export function hostAuthorization(options: TargetOptions, index: number): string | null {
  return options.secrets.hostAuthorizations[index] ?? options.secrets.authorization
}
