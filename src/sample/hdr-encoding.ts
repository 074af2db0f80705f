// Histograms in files: HdrHistogram's V2 compressed encoding, base64, which its tools in any language read. Its buckets are ours:
// three significant digits, from 1 to 36,000,000,000 units of 100 ns.

import { deflateSync, inflateSync } from 'node:zlib'
import { BUCKETS, TOP_UNITS } from './histogram.ts'

const ENCODING_COOKIE = 0x1c849313
const COMPRESSED_COOKIE = 0x1c849314
/** Cookie, payload length, index offset, digits, lowest and highest value, ratio. */
const HEADER_BYTES = 40
const DIGITS = 3
/** Zigzag numbers of at most nine bytes. */
const MAX_COUNT_BYTES = 9

/** @param buckets `[gap, count, …]`, as in SparseHistogram */
export function encodeBuckets(buckets: readonly number[]): string {
  const bytes = Buffer.alloc(HEADER_BYTES + buckets.length * MAX_COUNT_BYTES)
  let at = HEADER_BYTES
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    // The gap counts from the bucket before, the first one from 0.
    const zeros = i === 0 ? buckets[0]! : buckets[i]! - 1
    if (zeros > 0) at = writeZigzag(bytes, at, -zeros)
    at = writeZigzag(bytes, at, buckets[i + 1]!)
  }
  bytes.writeUInt32BE(ENCODING_COOKIE, 0)
  bytes.writeUInt32BE(at - HEADER_BYTES, 4)
  bytes.writeUInt32BE(DIGITS, 12)
  bytes.writeBigUInt64BE(1n, 16)
  bytes.writeBigUInt64BE(BigInt(TOP_UNITS), 24)
  bytes.writeDoubleBE(1, 32)
  const compressed = deflateSync(bytes.subarray(0, at))
  const head = Buffer.alloc(8)
  head.writeUInt32BE(COMPRESSED_COOKIE, 0)
  head.writeUInt32BE(compressed.length, 4)
  return Buffer.concat([head, compressed]).toString('base64')
}

/** The other way; throws an Error if it is no such histogram, or one of other buckets. */
export function decodeBuckets(text: string): number[] {
  const compressed = Buffer.from(text, 'base64')
  if (compressed.length < 8 || compressed.readUInt32BE(0) !== COMPRESSED_COOKIE) throw new Error('no HdrHistogram in V2 compressed encoding')
  const bytes = inflateSync(compressed.subarray(8, 8 + compressed.readUInt32BE(4)), { maxOutputLength: HEADER_BYTES + BUCKETS * MAX_COUNT_BYTES })
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(0) !== ENCODING_COOKIE) throw new Error('no HdrHistogram in V2 encoding')
  if (bytes.readUInt32BE(12) !== DIGITS || bytes.readBigUInt64BE(16) !== 1n) throw new Error('a HdrHistogram of other buckets')
  return readCounts(bytes.subarray(HEADER_BYTES, HEADER_BYTES + bytes.readUInt32BE(4)))
}

function readCounts(bytes: Buffer): number[] {
  const buckets: number[] = []
  let gap = 0
  for (let at = 0; at < bytes.length; ) {
    let zigzag = 0
    let scale = 1
    for (let more = true; more; at++) {
      if (at >= bytes.length) throw new Error('a HdrHistogram that ends in the middle')
      const byte = bytes[at]!
      zigzag += (byte & 0x7f) * scale
      scale *= 128
      more = byte >= 0x80
    }
    if (zigzag % 2 === 1) gap += (zigzag + 1) / 2
    else if (zigzag === 0) gap++
    else {
      buckets.push(gap, zigzag / 2)
      gap = 1
    }
  }
  return buckets
}

function writeZigzag(bytes: Buffer, from: number, value: number): number {
  let zigzag = value < 0 ? -2 * value - 1 : 2 * value
  let at = from
  while (zigzag >= 128) {
    bytes[at++] = (zigzag % 128) | 0x80
    zigzag = Math.floor(zigzag / 128)
  }
  bytes[at++] = zigzag
  return at
}
