// Requests as bytes, to the letter as undici writes them. What is sent again and again is encoded once.

import { isIP } from 'node:net'
import { HEADER_NAME, NOT_IN_HEADER } from './http-bytes.ts'
import type { RequestForm } from './request-form.ts'
import { TransportError, type TargetRequest } from './request.ts'

/** A body up to this size leaves with its head as one piece. */
const SMALL_BYTES = 16 * 1024

/** Headers that are the connection's own business. */
const FORBIDDEN = ['transfer-encoding', 'keep-alive', 'upgrade', 'expect']

/** Where to connect to, as undici's connectors take it. */
export interface Address {
  readonly host: string
  readonly hostname: string
  readonly protocol: string
  readonly port: string
  readonly servername?: string
}

export class RequestEncoder {
  /** Head, and body if it is small. */
  bytes: Buffer = Buffer.alloc(0)
  /** What is to be written behind `bytes`. */
  body: Buffer | null = null
  isHead = false
  /** The connection is not to be used again. */
  closes = false
  readonly #form: RequestForm
  readonly #address: Address
  #last: TargetRequest | null = null
  #lastPath = ''
  #lastHeaders: readonly string[] = []
  #start = ''

  constructor(form: RequestForm) {
    const { host, hostname, protocol, port } = new URL(form.origin)
    this.#form = form
    this.#address = { host, hostname: hostname.replace(/^\[|\]$/g, ''), protocol, port }
  }

  /** A host that is asked by another name proves that name in its certificate. */
  address(request: TargetRequest): Address {
    const headers = this.#form.headers(request)
    const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'host')
    const name = (headers[at + 1] ?? '').replace(/:\d*$/, '')
    return at === -1 || name === '' || isIP(name) !== 0 ? this.#address : { ...this.#address, servername: name }
  }

  /** Fills the fields; throws TransportError for what must not be sent. */
  encode(request: TargetRequest): void {
    if (request === this.#last) return
    this.#last = null
    const body = this.#form.body(request)
    const size = body?.length ?? 0
    const start = this.#startOf(request, size)
    // As undici: no length where nothing is sent and nothing expected.
    const isLengthTold = size > 0 || request.method === 'POST' || request.method === 'PUT'
    const head = isLengthTold ? `${start}content-length: ${size}\r\n\r\n` : `${start}\r\n`
    this.isHead = request.method === 'HEAD'
    this.body = body !== null && size > SMALL_BYTES ? body : null
    this.bytes = Buffer.allocUnsafeSlow(head.length + (this.body === null ? size : 0))
    this.bytes.write(head, 'latin1')
    if (this.body === null && body !== null) body.copy(this.bytes, head.length)
    this.#last = request
  }

  /** Request line and headers but the length; the same again for a request of the same kind. */
  #startOf(request: TargetRequest, size: number): string {
    const path = this.#form.path(request)
    const headers = this.#form.headers(request)
    const line = `${request.method} ${path}`
    if (line === this.#lastPath && headers === this.#lastHeaders) return this.#start
    this.#lastPath = ''
    this.#start = this.#make(line, headers, size)
    this.#lastPath = line
    this.#lastHeaders = headers
    return this.#start
  }

  #make(line: string, headers: readonly string[], size: number): string {
    if (/[^\u0021-\u00ff]/.test(line.slice(line.indexOf(' ') + 1))) throw this.#refused('invalid request path')
    let { host } = this.#address
    let own = ''
    this.closes = false
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = headers[i]!.toLowerCase()
      const value = headers[i + 1]!
      if (!HEADER_NAME.test(name)) throw this.#refused('invalid header key')
      if (NOT_IN_HEADER.test(value) || FORBIDDEN.includes(name)) throw this.#refused(`invalid ${name} header`)
      if (name === 'host') host = value
      else if (name === 'connection') this.closes = closesIn(value)
      else if (name !== 'content-length') own += `${headers[i]}: ${value}\r\n`
      else if (Number(value) !== size) throw this.#refused('the header content-length is not the size of the body')
    }
    return `${line} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${this.closes ? 'close' : 'keep-alive'}\r\n${own}`
  }

  #refused(why: string): TransportError {
    return new TransportError('other', `${this.#form.where}: ${why}`)
  }
}

function closesIn(value: string): boolean {
  return value
    .toLowerCase()
    .split(',')
    .some((token) => token.trim() === 'close')
}
