// Document ids of a client's slice, in the order in which they are first used.

import type { Random } from '../core/random.ts'

/** The k-th id to use; k from 0 to the number of documents − 1. */
export type IdOrder = (k: number) => number

/** Ids in the order of the documents, from the slice's offset on, so that clients never share one. */
export function sequentialIds(offset: number): IdOrder {
  return (k) => offset + k
}

/**
 * The same ids shuffled, without holding them in memory (slices may have 100 million): a Feistel network permutes the
 * next larger even number of bits, and what falls outside the slice goes through it again.
 */
export function shuffledIds(offset: number, count: number, random: Random): IdOrder {
  const halfBits = Math.max(1, Math.ceil(Math.ceil(Math.log2(Math.max(2, count))) / 2))
  const half = 2 ** halfBits
  const keys = Array.from({ length: ROUNDS }, () => Math.floor(random() * 0x1_0000_0000))
  const permute = (value: number): number => {
    let left = Math.floor(value / half)
    let right = value % half
    for (const key of keys) {
      const mixed = mix(right ^ key) % half
      const swapped = left ^ mixed
      left = right
      right = swapped
    }
    return left * half + right
  }
  return (k) => {
    let value = permute(k)
    while (value >= count) value = permute(value)
    return offset + value
  }
}

const ROUNDS = 6

/** A 32-bit finaliser (MurmurHash3's): every bit of the input reaches every bit of the output. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
