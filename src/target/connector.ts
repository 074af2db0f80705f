// How a connection is opened: one TLS context per thread, and no half-open socket left behind.

import { createSecureContext, type SecureContext } from 'node:tls'
import type { Socket } from 'node:net'
import { buildConnector } from 'undici'
import type { TargetOptions } from './target-options.ts'

/** Opens sockets for one simulated client and knows those that are not open yet. */
export interface Connector {
  readonly connect: buildConnector.connector
  /** Gives up what is being opened. */
  destroy(): void
}

/** @param onOpen told when a connection stands, before the first request is written to it */
export function createConnector(options: TargetOptions, onOpen: () => void): Connector {
  const open = baseConnector(options)
  const opening = new Set<Socket>()
  const connect: buildConnector.connector = (details, callback) => {
    // undici returns the socket, though its types do not say so.
    const socket = open(details, (...result) => {
      opening.delete(socket)
      if (result[0] === null) onOpen()
      callback(...result)
    }) as unknown as Socket
    opening.add(socket)
  }
  const destroy = (): void => {
    for (const socket of opening) socket.destroy()
    opening.clear()
  }
  return { connect, destroy }
}

const contexts = new WeakMap<TargetOptions, SecureContext>()

function baseConnector(options: TargetOptions): buildConnector.connector {
  // Our own wheel times out; undici's timer is coarse.
  const common = { timeout: 0, keepAliveInitialDelay: 60_000 }
  if (!options.hosts.some((host) => host.useSsl)) return buildConnector(common)
  let context = contexts.get(options)
  if (context === undefined) contexts.set(options, (context = secureContext(options)))
  return buildConnector({ ...common, secureContext: context, rejectUnauthorized: options.tls.verify, ...hostnameCheck(options) })
}

/** Builds the TLS context; throws what OpenSSL throws for material it cannot read. */
export function secureContext(options: TargetOptions): SecureContext {
  const { secrets, tls } = options
  return createSecureContext({
    ...(tls.caPem === null ? {} : { ca: tls.caPem }),
    ...(secrets.clientCertPem === null ? {} : { cert: secrets.clientCertPem }),
    ...(secrets.clientKeyPem === null ? {} : { key: secrets.clientKeyPem }),
    ...(secrets.clientP12Base64 === null ? {} : { pfx: Buffer.from(secrets.clientP12Base64, 'base64') }),
    ...(secrets.passphrase === null ? {} : { passphrase: secrets.passphrase })
  })
}

function hostnameCheck(options: TargetOptions): { checkServerIdentity?: () => undefined } {
  return options.tls.checkHostname ? {} : { checkServerIdentity: () => undefined }
}
