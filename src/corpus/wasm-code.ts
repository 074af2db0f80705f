// Just enough of an assembler for the two loops of line-loops.ts: expressions nest, `assemble` makes the module.

/** Bytes of code, nested as the expressions are. */
export type Code = number | readonly Code[]

export interface WasmFunction {
  readonly name: string
  /** All parameters, the result and the locals are i32, except `vectors` locals of 128 bits that come last. */
  readonly parameters: number
  readonly locals: number
  readonly vectors: number
  readonly body: Code
}

const I32 = 0x7f
const V128 = 0x7b
const EMPTY = 0x40

export const get = (local: number): Code => [0x20, unsigned(local)]
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)]
export const tee = (local: number, value: Code): Code => [value, 0x22, unsigned(local)]
export const i32 = (value: number): Code => [0x41, signed(value)]
export const add = (a: Code, b: Code): Code => [a, b, 0x6a]
export const sub = (a: Code, b: Code): Code => [a, b, 0x6b]
export const and = (a: Code, b: Code): Code => [a, b, 0x71]
export const isZero = (a: Code): Code => [a, 0x45]
export const lessSigned = (a: Code, b: Code): Code => [a, b, 0x48]
export const atLeast = (a: Code, b: Code): Code => [a, b, 0x4f]
export const above = (a: Code, b: Code): Code => [a, b, 0x4b]
export const trailingZeros = (a: Code): Code => [a, 0x68]
export const bitCount = (a: Code): Code => [a, 0x69]
export const store32 = (at: number, value: Code): Code => [i32(at), value, 0x36, 2, 0]
export const loadVector = (at: Code): Code => [at, 0xfd, 0x00, 0, 0]
export const storeVector = (at: Code, value: Code): Code => [at, value, 0xfd, 0x0b, 0, 0]
/** All 16 bytes the same. */
export const bytesOf = (byte: number): Code => [0xfd, 0x0c, Array<number>(16).fill(byte)]
/** One bit for each of 16 bytes: whether they are equal. */
export const equalBytes = (a: Code, b: Code): Code => [a, b, 0xfd, 0x23, 0xfd, unsigned(0x64)]
export const loop = (...body: readonly Code[]): Code => [0x03, EMPTY, body, 0x0b]
export const when = (condition: Code, ...body: readonly Code[]): Code => [condition, 0x04, EMPTY, body, 0x0b]
/** Again from the head of the `depth`-th loop around (every `when` counts too). */
export const again = (depth: number): Code => [0x0c, unsigned(depth)]
export const leave = (result: Code): Code => [result, 0x0f]
export const trap: Code = 0x00

/** A module that exports its functions and its memory, which starts with `pages` of 64 KiB. */
export function assemble(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map((f) => [0x60, vector(Array<Code>(f.parameters).fill(I32)), vector([I32])])
  const exports: Code[] = functions.map((f, index) => [name(f.name), 0x00, unsigned(index)])
  exports.push([name('memory'), 0x02, 0])
  const bodies = functions.map((f) => {
    const code = flat([
      vector([
        [unsigned(f.locals), I32],
        [unsigned(f.vectors), V128]
      ]),
      f.body,
      0x0b
    ])
    return [unsigned(code.length), code]
  })
  const sections: Code[] = [
    section(1, vector(types)),
    section(3, vector(functions.map((_, index) => unsigned(index)))),
    section(5, vector([[0x00, unsigned(pages)]])),
    section(7, vector(exports)),
    section(10, vector(bodies))
  ]
  return Uint8Array.from(flat([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, sections]))
}

function section(id: number, content: Code): Code {
  const bytes = flat(content)
  return [id, unsigned(bytes.length), bytes]
}

function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), items]
}

function name(text: string): Code {
  return vector([...Buffer.from(text)])
}

function flat(code: Code): number[] {
  return typeof code === 'number' ? [code] : code.flatMap(flat)
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? value : [(value & 0x7f) | 0x80, unsigned(value >>> 7)]
}

function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? value & 0x7f : [(value & 0x7f) | 0x80, signed(value >> 7)]
}
