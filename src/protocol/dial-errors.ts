// What a failed attempt to reach a daemon means to a person, and what to do about it.

import { messageOf, RallyError, systemCode } from '../core/errors.ts'

/** Whom the dialler meant to reach. */
export interface Dialled {
  /** `10.0.0.2:1900` or the path of a socket. */
  readonly remote: string
  readonly identity: string
  readonly isSocket: boolean
}

interface Words {
  readonly fact: string
  readonly hint: string
}

const start = ({ identity, isSocket }: Dialled): string =>
  isSocket ? 'start the daemon on this machine: rallyd start' : `start the daemon there: rallyd start --node-name=${identity} --node-ip=…`
const look = (): string => 'check the address, the network between the machines and their firewalls (TCP port 1900)'
const key = ({ identity }: Dialled): string =>
  `start it with --node-name=${identity}, or give it its key again: rally cluster key export --node ${identity}, and there: rally cluster key import --force`
const wrongKey = (dialled: Dialled): Words => ({
  fact: `wrong key, or the node's name is not ${dialled.identity}: start it with --node-name=${dialled.identity}`,
  hint: key(dialled)
})
const stranger = (dialled: Dialled): Words => ({ fact: 'something other than a Rally daemon answers there', hint: `see what listens there, and then ${start(dialled)}` })

const BY_CODE: Readonly<Record<string, (dialled: Dialled) => Words>> = {
  ECONNREFUSED: (dialled) => ({ fact: 'no daemon listens there (connection refused)', hint: start(dialled) }),
  ENOENT: (dialled) => ({ fact: 'no daemon listens there (no such socket)', hint: start(dialled) }),
  EACCES: () => ({ fact: 'this socket belongs to another user', hint: 'run the command as the user who started the daemon' }),
  ENOTFOUND: () => ({ fact: 'no such host', hint: 'check the name, or give an address' }),
  EAI_AGAIN: () => ({ fact: 'the name server does not answer', hint: 'check the name, or give an address' }),
  EHOSTUNREACH: () => ({ fact: 'no route to the host', hint: look() }),
  ENETUNREACH: () => ({ fact: 'no route to its network', hint: look() }),
  ETIMEDOUT: () => ({ fact: 'no answer', hint: look() }),
  ECONNRESET: (dialled) => ({ fact: 'the connection was cut before the welcome', hint: `look into the daemon's log on ${dialled.identity}` }),
  EPIPE: (dialled) => ({ fact: 'the connection was cut before the welcome', hint: `look into the daemon's log on ${dialled.identity}` }),
  // What OpenSSL says when the other side's alert tells that our proof of the key is wrong, or that it wants none.
  ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER: wrongKey,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: wrongKey,
  ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR: wrongKey,
  ERR_SSL_WRONG_VERSION_NUMBER: stranger,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: stranger,
  ERR_SSL_UNSUPPORTED_PROTOCOL: stranger,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: stranger,
  // It shows a certificate, which proves nothing here.
  DEPTH_ZERO_SELF_SIGNED_CERT: stranger,
  SELF_SIGNED_CERT_IN_CHAIN: stranger,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: stranger,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: stranger
}

export function dialError(dialled: Dialled, error: unknown): RallyError {
  if (error instanceof RallyError) return error
  const known = BY_CODE[systemCode(error) ?? '']
  if (known === undefined) return new RallyError('node', `${dialled.remote}: ${messageOf(error)}`, { hint: look(), cause: error })
  const { fact, hint } = known(dialled)
  return new RallyError('node', `${dialled.remote}: ${fact}`, { hint })
}

/** Nothing came in time; `stage` is what was waited for. */
export function silenceError(dialled: Dialled, deadlineMs: number, stage: string): RallyError {
  const hint = stage === 'the connection' ? look() : `look whether the daemon of ${dialled.identity} hangs: rally daemon status, there`
  return new RallyError('node', `${dialled.remote}: waited ${deadlineMs / 1000} s for ${stage}`, { hint })
}

/** It answers, but not as a daemon does. */
export function strangerError(dialled: Dialled): RallyError {
  const { fact, hint } = stranger(dialled)
  return new RallyError('node', `${dialled.remote}: ${fact}`, { hint })
}
