// The part of an answer that was kept. It is inflated when first looked at, so never within the service time.

import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib'
import { messageOf } from '../core/errors.ts'
import { TransportError, type TargetAnswer } from './request.ts'

export const EMPTY = Buffer.alloc(0)
export const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})

/** Compressed bytes that `head` looks at: more than enough for some hundred inflated ones. */
const HEAD_BYTES = 512

/** What zlib inflates into, piece by piece: one of Node's pool is had for nothing, one of the usual 16 KiB is a collection of garbage sooner. */
const SMALL_CHUNK = 1024
const LARGE_CHUNK = 16 * 1024

/** Inflated bytes of one answer at most: a server must not fill our memory. */
const MAX_INFLATED_BYTES = 512 * 1024 * 1024

export class KeptAnswer implements TargetAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly wireBytes: number
  readonly #encoding: string
  readonly #isWhole: boolean
  #body: Buffer
  #isInflated: boolean

  constructor(status: number, wireBytes: number, kept: Kept = NOTHING) {
    this.status = status
    this.wireBytes = wireBytes
    this.headers = kept.headers
    this.#encoding = kept.encoding
    this.#isWhole = kept.isWhole
    this.#body = kept.body
    this.#isInflated = kept.encoding === ''
  }

  get body(): Buffer {
    if (!this.#isInflated) {
      this.#body = inflate(this.#body, this.#encoding, this.#isWhole)
      this.#isInflated = true
    }
    return this.#body
  }

  get head(): Buffer {
    if (this.#isInflated || this.#body.length <= HEAD_BYTES) return this.body
    return inflate(this.#body.subarray(0, HEAD_BYTES), this.#encoding, false)
  }
}

/** Bytes as they came, and how to read them. */
export interface Kept {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Value of `content-encoding`, lower case; empty: as it is. */
  readonly encoding: string
  /** False: the beginning only. */
  readonly isWhole: boolean
}

const NOTHING: Kept = { headers: NO_HEADERS, body: EMPTY, encoding: '', isWhole: true }

function inflate(bytes: Buffer, encoding: string, isWhole: boolean): Buffer {
  if (bytes.length === 0 || encoding === 'identity') return bytes
  // A beginning is inflated as far as it goes.
  const finishFlush = isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH
  const chunkSize = bytes.length <= HEAD_BYTES ? SMALL_CHUNK : LARGE_CHUNK
  try {
    switch (encoding) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, { finishFlush, chunkSize, maxOutputLength: MAX_INFLATED_BYTES })
      case 'deflate':
        return inflateSync(bytes, { finishFlush, chunkSize, maxOutputLength: MAX_INFLATED_BYTES })
      case 'br': {
        const flush = isWhole ? constants.BROTLI_OPERATION_FINISH : constants.BROTLI_OPERATION_FLUSH
        return brotliDecompressSync(bytes, { finishFlush: flush, maxOutputLength: MAX_INFLATED_BYTES })
      }
      default:
        throw new Error('encoding not known')
    }
  } catch (error) {
    throw new TransportError('other', `the answer is no valid ${encoding}: ${messageOf(error)}`, error)
  }
}
