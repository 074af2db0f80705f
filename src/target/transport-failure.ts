// What undici, Node.js and OpenSSL throw → one class and one clear line.

import { unreachable } from '../core/exhaustive.ts'
import { messageOf, systemCode } from '../core/errors.ts'
import { TransportError, type TransportFailure } from './request.ts'

const BY_CODE: Readonly<Record<string, readonly [TransportFailure, string]>> = {
  ECONNREFUSED: ['refused', 'connection refused'],
  ECONNRESET: ['reset', 'connection reset'],
  EPIPE: ['reset', 'connection reset while the request was sent'],
  UND_ERR_SOCKET: ['reset', 'the server closed the connection before its answer was complete'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['reset', 'the answer is shorter or longer than it announced'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'no connection in time'],
  ETIMEDOUT: ['timeout', 'no connection in time'],
  ENOTFOUND: ['dns', 'no address known for this host name'],
  EAI_AGAIN: ['dns', 'the name server does not answer'],
  EHOSTUNREACH: ['refused', 'no route to this host'],
  ENETUNREACH: ['refused', 'no route to the network of this host'],
  EADDRNOTAVAIL: ['no-ports', 'this machine has no port left for another connection to it'],
  EMFILE: ['no-descriptors', 'this process may not open another connection (ulimit -n)'],
  ENFILE: ['no-descriptors', 'this machine cannot open another connection (fs.file-max)'],
  UND_ERR_HEADERS_OVERFLOW: ['other', 'the answer has more than 16 KiB of headers'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', 'its certificate is signed by an authority that is not known here (set ca_certs)'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', 'its certificate is self-signed (set ca_certs)'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', 'its certificate is signed by an authority that is not known here (set ca_certs)'],
  UNABLE_TO_GET_ISSUER_CERT: ['tls', 'its certificate is signed by an authority that is not known here (set ca_certs)'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', 'its certificate is signed by an authority that is not known here (set ca_certs)'],
  CERT_SIGNATURE_FAILURE: ['tls', 'its certificate is not signed by the authority in ca_certs'],
  CERT_HAS_EXPIRED: ['tls', 'its certificate has expired'],
  CERT_NOT_YET_VALID: ['tls', 'its certificate is not valid yet'],
  CERT_REVOKED: ['tls', 'its certificate was revoked'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls', 'it does not speak TLS on this port (use_ssl is set)'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['tls', 'it does not speak TLS on this port (use_ssl is set)'],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: ['tls', 'it wants a client certificate (set client_cert and client_key, or client_p12)'],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: ['tls', 'it does not know the authority of our client certificate'],
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: ['tls', 'it refuses our client certificate'],
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: ['tls', 'our client certificate has expired']
}

/** The failure behind what an exchange with `where` (`host:port`) ended with. */
export function toTransportError(error: unknown, where: string): TransportError {
  if (error instanceof TransportError) return error
  const code = codeOf(error)
  const known = code === null ? undefined : BY_CODE[code]
  if (known !== undefined) return new TransportError(known[0], `${where}: ${known[1]}`, error)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return new TransportError('tls', `${where}: ${nameMismatch(error)}`, error)
  if (code !== null && /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|CERT_|EPROTO$)/.test(code)) {
    return new TransportError('tls', `${where}: TLS handshake failed (${code})`, error)
  }
  if (error instanceof Error && error.name === 'HTTPParserError') {
    // Right up to here, and cut off; undici knows the code only in words.
    return error.message.includes('Invalid EOF state') ? cutOff(where) : brokenAnswer('not-http', where)
  }
  return new TransportError('other', `${where}: ${messageOf(error)}`, error)
}

/** The connection ended before its answer. */
export function cutOff(where: string): TransportError {
  return new TransportError('reset', `${where}: the server closed the connection before its answer was complete`)
}

/** What came is no answer that HTTP/1.1 allows. */
export function brokenAnswer(problem: 'not-http' | 'wrong-length' | 'large-head' | 'upgrade', where: string): TransportError {
  switch (problem) {
    case 'not-http':
      return new TransportError('other', `${where}: the answer is not HTTP/1.1; does this port want https?`)
    case 'wrong-length':
      return new TransportError('reset', `${where}: the answer is shorter or longer than it announced`)
    case 'large-head':
      return new TransportError('other', `${where}: the answer has more than 16 KiB of headers`)
    case 'upgrade':
      return new TransportError('reset', `${where}: the server wants to go on with another protocol`)
    default:
      return unreachable(problem)
  }
}

/** With several addresses of one name, Node.js throws an AggregateError: the first one speaks for all. */
function codeOf(error: unknown): string | null {
  const own = systemCode(error)
  if (own !== null || !(error instanceof AggregateError)) return own
  return systemCode(error.errors[0])
}

function nameMismatch(error: unknown): string {
  const names = (error as { cert?: { subjectaltname?: unknown } }).cert?.subjectaltname
  const issued = typeof names === 'string' ? ` but for ${names.replaceAll('DNS:', '').replaceAll('IP Address:', '')}` : ''
  return `its certificate is not made out to this name${issued}`
}
