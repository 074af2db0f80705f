// What of a request goes to one host, whatever sends it: its path there, its headers with who we are, its body.

import { gzipSync } from 'node:zlib'
import { hostAuthorization, type TargetOptions } from './connection-options.ts'
import type { TargetRequest } from './request.ts'
import { RequestHeaders, type HeaderList } from './request-headers.ts'

export class RequestForm {
  /** `http://host:port`. */
  readonly origin: string
  /** `host:port`, for messages. */
  readonly where: string
  readonly #pathPrefix: string
  readonly #compresses: boolean
  readonly #headers: RequestHeaders

  /** @param index of the host among the options' */
  constructor(options: TargetOptions, index: number) {
    const { host, port, useSsl, pathPrefix } = options.hosts[index]!
    this.where = `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`
    this.origin = `${useSsl ? 'https' : 'http'}://${this.where}`
    this.#pathPrefix = pathPrefix
    this.#compresses = options.compressRequests
    this.#headers = new RequestHeaders(options, hostAuthorization(options, index))
  }

  path(request: TargetRequest): string {
    return this.#pathPrefix === '' ? request.path : this.#pathPrefix + request.path
  }

  body({ body }: TargetRequest): Buffer | null {
    return body !== null && this.#compresses ? compressed(body) : body
  }

  /** The same list for requests of the same kind; it must not be changed. */
  headers(request: TargetRequest): HeaderList {
    return this.#headers.of(request)
  }
}

// A body that is sent again and again is compressed once.
const compressedBodies = new WeakMap<Buffer, Buffer>()

function compressed(body: Buffer): Buffer {
  let bytes = compressedBodies.get(body)
  if (bytes === undefined) compressedBodies.set(body, (bytes = gzipSync(body)))
  return bytes
}
