// A file in pieces: what is checked, sent and kept is a piece, so that a node can have a part of a file, and know that it is right.

import { sha256Of } from '../core/checksum.ts'

export type ByteRange = readonly [from: number, to: number]

interface Sized {
  readonly bytes: number
  readonly pieceBytes: number
}

const LEAST = 64 * 1024
const MOST = 4 * 1024 * 1024
/** About, of a file that is neither small nor huge. */
const PIECES = 1024

/** Small enough that a slice needs few bytes beyond it, and not so small that their list gets long. A power of two. */
export function pieceBytesOf(bytes: number): number {
  const fair = 2 ** Math.ceil(Math.log2(Math.max(1, bytes / PIECES)))
  return Math.min(MOST, Math.max(LEAST, fair))
}

export function pieceCount({ bytes, pieceBytes }: Sized): number {
  return Math.ceil(bytes / pieceBytes)
}

export function spanOf(piece: number, { bytes, pieceBytes }: Sized): ByteRange {
  return [piece * pieceBytes, Math.min(bytes, (piece + 1) * pieceBytes)]
}

/** Numbers of the pieces that hold the ranges, ascending. */
export function piecesOf(ranges: readonly ByteRange[], { bytes, pieceBytes }: Sized): number[] {
  const pieces = new Set<number>()
  for (const [from, to] of ranges) {
    if (from >= to) continue
    for (let piece = Math.floor(from / pieceBytes); piece * pieceBytes < Math.min(to, bytes); piece++) pieces.add(piece)
  }
  return [...pieces].sort((a, b) => a - b)
}

/** @param hashes of all pieces, in order */
export function fileId(hashes: readonly string[]): string {
  return sha256Of(hashes.join('\n'))
}
