// The two loops over bytes that everything here spends its time in, 16 bytes a step: ten times what JavaScript reaches.
// They work in a memory of their own, one per thread, which all readers of the thread share between calls.

import * as wasm from './wasm-code.ts'

/** The loops may read this many bytes behind the end of the input; they must not hold a newline. */
export const SLACK = 16
/** Bytes at the beginning of the memory that the loops keep for themselves. */
export const RESERVED = 64

const NEWLINE = 10
const PAGE_BYTES = 65_536
const FIRST_PAGES = 16

// The part of the global that is used here; TypeScript knows it only together with the browser's types.
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> }
}

interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** What `interleave` leaves behind in the memory: where it stopped, and whether inside a line. */
const STOPPED_AT = 0
const WRITTEN_TO = 4
const INSIDE_LINE = 8

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
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembleLoops()))
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

function assembleLoops(): Uint8Array<ArrayBuffer> {
  return wasm.assemble([skipLoop(), interleaveLoop()], FIRST_PAGES)
}

function skipLoop(): wasm.WasmFunction {
  const { get, set, add, sub, and, i32, when, loop, again } = wasm
  const [at, end, lines, mask, found] = [0, 1, 2, 3, 4]
  const body = [
    loop(
      set(mask, wasm.equalBytes(wasm.loadVector(get(at)), wasm.bytesOf(NEWLINE))),
      set(found, wasm.bitCount(get(mask))),
      when(
        wasm.lessSigned(get(found), get(lines)),
        set(lines, sub(get(lines), get(found))),
        set(at, add(get(at), i32(16))),
        when(wasm.above(get(end), get(at)), again(2)),
        wasm.leave(sub(i32(0), get(lines)))
      ),
      // Here it is: clear the bits of the newlines before it.
      loop(
        when(
          wasm.lessSigned(i32(1), get(lines)),
          set(lines, sub(get(lines), i32(1))),
          set(mask, and(get(mask), sub(get(mask), i32(1)))),
          again(1)
        )
      ),
      wasm.leave(add(add(get(at), wasm.trailingZeros(get(mask))), i32(1)))
    ),
    wasm.trap
  ]
  return { name: 'skip', parameters: 3, locals: 2, vectors: 0, body }
}

function interleaveLoop(): wasm.WasmFunction {
  const { get, set, tee, add, sub, i32, when, loop, again } = wasm
  const [at, end, to, prefixAt, prefixEnd, lines, inside, mask, copyAt, copyTo, block] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  const stop = (insideLine: number, left: wasm.Code): wasm.Code => [
    wasm.store32(STOPPED_AT, get(at)),
    wasm.store32(WRITTEN_TO, get(to)),
    wasm.store32(INSIDE_LINE, i32(insideLine)),
    wasm.leave(left)
  ]
  const writePrefix = [
    set(copyAt, get(prefixAt)),
    set(copyTo, get(to)),
    loop(
      wasm.storeVector(get(copyTo), wasm.loadVector(get(copyAt))),
      set(copyTo, add(get(copyTo), i32(16))),
      when(wasm.above(get(prefixEnd), tee(copyAt, add(get(copyAt), i32(16)))), again(1))
    ),
    set(to, add(get(to), sub(get(prefixEnd), get(prefixAt))))
  ]
  const copyBlock = [
    set(block, wasm.loadVector(get(at))),
    wasm.storeVector(get(to), get(block)),
    set(mask, wasm.equalBytes(get(block), wasm.bytesOf(NEWLINE)))
  ]
  const stopInside = [set(to, sub(get(to), sub(get(at), get(end)))), set(at, get(end)), stop(1, get(lines))]
  const body = [
    loop(
      when(wasm.isZero(get(inside)), when(wasm.atLeast(get(at), get(end)), stop(0, get(lines))), writePrefix),
      set(inside, i32(0)),
      loop(
        when(wasm.atLeast(get(at), get(end)), stopInside),
        copyBlock,
        when(wasm.isZero(get(mask)), set(at, add(get(at), i32(16))), set(to, add(get(to), i32(16))), again(1))
      ),
      set(mask, add(wasm.trailingZeros(get(mask)), i32(1))),
      set(at, add(get(at), get(mask))),
      set(to, add(get(to), get(mask))),
      when(tee(lines, sub(get(lines), i32(1))), again(1)),
      stop(0, i32(0))
    ),
    wasm.trap
  ]
  return { name: 'interleave', parameters: 7, locals: 3, vectors: 1, body }
}
