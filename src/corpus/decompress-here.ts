// The decompressor for hosts without the programs: runs as a child process, compressed bytes in, file out, like them.
// What is wrong goes to stderr, one line; the exit status is then 1.

import { createWriteStream, writeSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import * as zstd from '@bokuweb/zstd-wasm'
import bzip2 from 'seek-bzip'
import { messageOf, systemCode } from '../core/errors.ts'
import { zstdFrames } from './zstd-frames.ts'

const STDOUT = 1
const CHUNK_BYTES = 1024 * 1024

try {
  await decompress(process.argv[2] ?? '')
} catch (error) {
  process.stderr.write(`${systemCode(error) ?? ''} ${messageOf(error)}\n`)
  process.exitCode = 1
}

async function decompress(format: string): Promise<void> {
  if (format === 'gz') return through(zlib.createGunzip({ chunkSize: CHUNK_BYTES }))
  if (format === 'bz2') return bunzip(await everything())
  const native = (zlib as { createZstdDecompress?: (options: object) => Transform }).createZstdDecompress
  if (native !== undefined) return through(native({ chunkSize: CHUNK_BYTES }))
  await zstd.init()
  for (const frame of zstdFrames(await everything())) {
    writeAll(zstd.decompress(frame.bytes, { defaultHeapSize: frame.maxContentBytes }))
  }
}

async function through(transform: Transform): Promise<void> {
  await pipeline(process.stdin, transform, createWriteStream('', { fd: STDOUT }))
}

async function everything(): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** A file may hold several streams after each other; each checks its own sum. */
function bunzip(input: Buffer): void {
  let at = 0
  const out = Buffer.allocUnsafe(CHUNK_BYTES)
  let filled = 0
  const readByte = (): number => {
    const byte = input[at++]
    if (byte === undefined) throw new Error('unexpected end of file')
    return byte
  }
  const read = (buffer: Uint8Array, offset: number, length: number): number => {
    for (let i = 0; i < length; i++) buffer[offset + i] = readByte()
    return length
  }
  const sink = {
    writeByte: (byte: number): void => {
      if (filled === out.length) {
        writeAll(out)
        filled = 0
      }
      out[filled++] = byte
    }
  }
  do bzip2.decode({ readByte, read }, sink)
  while (at < input.length)
  writeAll(out.subarray(0, filled))
}

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(STDOUT, bytes, at)
}
