// TLS 1.3 with a pre-shared key: the same 32 bytes on both sides instead of certificates.

import { constants, createHmac, randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, type PSKCallbackNegotation, type SecureContextOptions, TLSSocket, type TLSSocketOptions } from 'node:tls'

// Keys given by a callback are bound to SHA-256: the suites with SHA-384 fail with them.
const SUITES = 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256'

/** No tickets: a session that is resumed would never be asked for its key. */
const SECURE: SecureContextOptions = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: SUITES, secureOptions: constants.SSL_OP_NO_TICKET }

/** Makes the listening side's half of each connection. A stranger's identity gets a key that nobody has: it fails like a wrong one. */
export function securedBy(keyFor: (identity: string) => Buffer | null): (socket: Socket) => TLSSocket {
  const secret = randomBytes(32)
  const options: TLSSocketOptions & { pskCallback(socket: TLSSocket, identity: string): Buffer } = {
    isServer: true,
    secureContext: createSecureContext(SECURE),
    pskCallback: (socket, identity) => {
      identities.set(socket, identity)
      return keyFor(identity) ?? createHmac('sha256', secret).update(identity).digest()
    }
  }
  return (socket) => new TLSSocket(socket, options)
}

const identities = new WeakMap<object, string>()

/** Under which name the other side has shown its key; null: this stream has none. To be asked once something has come through it. */
export function identityOf(stream: Duplex): string | null {
  return identities.get(stream) ?? null
}

interface ClientSecurity extends SecureContextOptions {
  readonly rejectUnauthorized: true
  pskCallback(): PSKCallbackNegotation
  checkServerIdentity(): Error
}

/** Of the dialling side, which trusts no certificate, whatever the environment says: a server that shows one does not have the key. */
export function clientSecurity(identity: string, key: Buffer): ClientSecurity {
  return {
    ...SECURE,
    ca: [],
    rejectUnauthorized: true,
    pskCallback: () => ({ psk: key, identity }),
    checkServerIdentity: () => new Error('it shows a certificate instead of the key')
  }
}
