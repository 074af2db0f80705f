// The TLS side of target options: one context for all connections of a thread.

import { isIP } from 'node:net'
import { checkServerIdentity, createSecureContext, type PeerCertificate, type SecureContext } from 'node:tls'
import { messageOf } from '../core/errors.ts'
import type { TargetOptions } from './connection-options.ts'

// By what is in them: each client of a thread brings options of its own, and a context costs milliseconds.
const contexts = new Map<string, SecureContext>()

/** The part of `tls.connect`'s options that does not depend on the host. */
export interface TlsConnectOptions {
  readonly secureContext: SecureContext
  readonly rejectUnauthorized: boolean
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined
}

export function tlsConnectOptions(options: TargetOptions): TlsConnectOptions {
  const { caPem } = options.tls
  const { clientCertPem, clientKeyPem, clientP12Base64, passphrase } = options.secrets
  const key = JSON.stringify([caPem, clientCertPem, clientKeyPem, clientP12Base64, passphrase])
  let context = contexts.get(key)
  if (context === undefined) contexts.set(key, (context = createContext(options)))
  const { verify, checkHostname } = options.tls
  return {
    secureContext: context,
    rejectUnauthorized: verify,
    checkServerIdentity: (host, certificate) =>
      checkHostname === false || (checkHostname === null && isIP(host) !== 0) ? undefined : checkServerIdentity(host, certificate)
  }
}

/** What is wrong with certificates and keys: empty if OpenSSL takes them. */
export function checkTls(options: TargetOptions): string[] {
  const { secrets, tls } = options
  const parts = [
    ['ca_certs', { ca: tls.caPem }],
    ['client_cert', { cert: secrets.clientCertPem, key: secrets.clientKeyPem, passphrase: secrets.passphrase }],
    ['client_p12', { pfx: p12Of(options), passphrase: secrets.passphrase }]
  ] as const
  const problems: string[] = []
  for (const [key, part] of parts) {
    try {
      createSecureContext(given(part))
    } catch (error) {
      problems.push(`client option [${key}] cannot be used: ${clearly(messageOf(error))}`)
    }
  }
  return problems
}

function createContext(options: TargetOptions): SecureContext {
  const { secrets, tls } = options
  return createSecureContext(
    given({
      ca: tls.caPem,
      cert: secrets.clientCertPem,
      key: secrets.clientKeyPem,
      pfx: p12Of(options),
      passphrase: secrets.passphrase
    })
  )
}

function p12Of({ secrets }: TargetOptions): Buffer | null {
  return secrets.clientP12Base64 === null ? null : Buffer.from(secrets.clientP12Base64, 'base64')
}

function given(parts: Readonly<Record<string, string | Buffer | null>>): Record<string, string | Buffer> {
  const kept = Object.entries(parts).filter((entry): entry is [string, string | Buffer] => entry[1] !== null)
  return Object.fromEntries(kept)
}

/** OpenSSL's words for the usual mistakes, in ours. */
function clearly(words: string): string {
  if (/mac verify failure|bad decrypt/i.test(words)) return `wrong password (${words})`
  if (/unsupported/i.test(words)) return `its encryption is too old for this OpenSSL, make it anew (${words})`
  if (/key values mismatch/i.test(words)) return `the key is not the certificate's (${words})`
  if (/not enough data|asn1|wrong tag|pem/i.test(words)) return `the file is damaged (${words})`
  if (/interrupted or cancelled|bad password read/i.test(words)) return `the key needs its password: client_key_password (${words})`
  return words
}
