// The code of the two loops of line-loops.ts. Each step takes 16 bytes, and the mask of the newlines among them.

import * as wasm from './wasm-code.ts'

const NEWLINE = 10
/** Of 64 KiB: all that a bulk of a few thousand documents needs. */
const FIRST_PAGES = 16

/** Addresses at which `interleave` leaves where it stopped reading and writing, and whether inside a line. */
export const STOPPED_AT = 0
export const WRITTEN_TO = 4
export const INSIDE_LINE = 8

/** The module: memory, `skip` and `interleave`, as line-loops.ts describes them. */
export function assembleLineLoops(): Uint8Array<ArrayBuffer> {
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
