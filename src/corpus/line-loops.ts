// The two loops over bytes that everything here spends its time in, 16 bytes a step: ten times what JavaScript reaches.
// They work in a memory of their own, one per thread, which all readers of the thread share between calls.

import { assembleLineLoops, INSIDE_LINE, STOPPED_AT, WRITTEN_TO } from './line-loops-code.ts'

/** The loops may read this many bytes behind the end of the input; they must not hold a newline. */
export const SLACK = 16
/** Bytes at the beginning of the memory that the loops keep for themselves. */
export const RESERVED = 64

const PAGE_BYTES = 65_536

// The part of the global that is used here; TypeScript knows it only together with the browser's types.
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> }
}

interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

export interface Interleaved {
  /** Lines still missing. */
  readonly missing: number
  /** Addresses behind the last byte read and written. */
  readonly readTo: number
  readonly writtenTo: number
  /** The input ended in the middle of a line, or right behind its prefix. */
  readonly insideLine: boolean
}

export interface InterleaveRequest {
  readonly from: number
  readonly end: number
  readonly to: number
  readonly prefixAt: number
  readonly prefixLength: number
  readonly lines: number
  /** The line at `from` has its prefix already. */
  readonly insideLine: boolean
}

export class LineLoops {
  /** The whole memory; a new object after `reserve` had to grow it. */
  bytes: Buffer
  readonly #memory: WasmMemory
  readonly #skip: (from: number, end: number, lines: number) => number
  readonly #interleave: (...addresses: number[]) => number

  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembleLineLoops()))
    this.#memory = exports['memory'] as WasmMemory
    this.#skip = exports['skip'] as typeof this.skip
    this.#interleave = exports['interleave'] as (...addresses: number[]) => number
    this.bytes = Buffer.from(this.#memory.buffer)
  }

  /** Makes the memory at least `size` bytes large; what is in it stays. */
  reserve(size: number): void {
    if (size <= this.bytes.length) return
    this.#memory.grow(Math.ceil((size - this.bytes.length) / PAGE_BYTES))
    this.bytes = Buffer.from(this.#memory.buffer)
  }

  /** The address behind the `lines`-th newline from `from` on, or minus the number of newlines missing before `end`. */
  skip(from: number, end: number, lines: number): number {
    this.bytes.fill(0, end, end + SLACK)
    return lines === 0 ? from : this.#skip(from, end, lines)
  }

  /** Copies lines, each behind a copy of the prefix; the output must have room for both and SLACK more. */
  interleave(request: InterleaveRequest): Interleaved {
    const { from, end, to, prefixAt, prefixLength, lines, insideLine } = request
    this.bytes.fill(0, end, end + SLACK)
    const missing = this.#interleave(from, end, to, prefixAt, prefixAt + prefixLength, lines, insideLine ? 1 : 0)
    const { bytes } = this
    return {
      missing,
      readTo: bytes.readUInt32LE(STOPPED_AT),
      writtenTo: bytes.readUInt32LE(WRITTEN_TO),
      insideLine: bytes.readUInt32LE(INSIDE_LINE) !== 0
    }
  }
}

let threadLoops: LineLoops | null = null

/** This thread's loops. */
export function lineLoops(): LineLoops {
  threadLoops ??= new LineLoops()
  return threadLoops
}
