import type { TargetOptions } from '../../../src/target/target-options.ts'

/** Options of a client that needs nothing special: plain HTTP to ports of loopback. */
export function plainOptions(ports: readonly number[], changes: Partial<TargetOptions> = {}): TargetOptions {
  return {
    engine: 'undici',
    hosts: ports.map((port) => ({ host: '127.0.0.1', port, useSsl: false, pathPrefix: '' })),
    timeoutMs: 10_000,
    acceptEncoding: 'gzip',
    compressRequests: false,
    headers: {},
    retries: { max: 0, onStatus: [], onTimeout: false },
    tls: { verify: true, checkHostname: null, caPem: null },
    secrets: {
      authorization: null,
      hostAuthorizations: [],
      clientCertPem: null,
      clientKeyPem: null,
      clientP12Base64: null,
      passphrase: null
    },
    ...changes
  }
}
