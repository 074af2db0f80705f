// The bytes of a request's body: bounded, inflated.

import type { IncomingMessage } from 'node:http'
import { isUtf8 } from 'node:buffer'
import { gunzip, inflate } from 'node:zlib'
import { ApiError, illegalArgument, parsingError } from '../api-error.ts'

/** As Elasticsearch's `http.max_content_length`. */
export const MAX_BODY_BYTES = 100 * 1024 * 1024

const NO_BODY = Buffer.alloc(0)

/** Whether any bytes are to come. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0')
}

/** Reads all of the body; rejects with ApiError (413, 400, 415). */
export async function readBody(message: IncomingMessage, limitBytes = MAX_BODY_BYTES): Promise<Buffer> {
  if (!hasBody(message)) return NO_BODY
  if (Number(message.headers['content-length']) > limitBytes) throw tooLarge(limitBytes)
  const raw = await collect(message, limitBytes)
  const body = await unpack(raw, message.headers['content-encoding'] ?? 'identity', limitBytes)
  if (!isUtf8(body)) throw parsingError('the request body is not UTF-8')
  return body
}

function tooLarge(limitBytes: number): ApiError {
  return new ApiError(413, 'content_too_long_exception', `the request body is larger than ${limitBytes} bytes`)
}

function collect(message: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    message.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > limitBytes) {
        message.removeAllListeners('data')
        message.resume()
        reject(tooLarge(limitBytes))
      } else chunks.push(chunk)
    })
    message.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)))
    message.on('error', reject)
    // The client went away: nobody reads the answer, but nobody may wait for ever either.
    message.on('close', () => reject(illegalArgument('the connection was closed before the body was complete')))
  })
}

function unpack(raw: Buffer, encoding: string, limitBytes: number): Promise<Buffer> {
  if (encoding === 'identity') return Promise.resolve(raw)
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    throw new ApiError(415, 'illegal_argument_exception', `Content-Encoding [${encoding}] is not supported`)
  }
  const inflateAll = encoding === 'gzip' ? gunzip : inflate
  return new Promise((resolve, reject) => {
    inflateAll(raw, { maxOutputLength: limitBytes }, (error, result) => {
      if (error === null) resolve(result)
      else reject(error instanceof RangeError ? tooLarge(limitBytes) : illegalArgument(`the ${encoding} body is broken: ${error.message}`))
    })
  })
}
