// Where the frames of a .zst file begin and end, and how much each can hold at most: the WASM decoder takes one frame
// at a time into memory that must be there before.

export interface ZstdFrame {
  readonly bytes: Buffer
  /** Upper bound of what comes out. */
  readonly maxContentBytes: number
}

const MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const MAX_BLOCK_BYTES = 128 * 1024
/** A WASM memory ends at 4 GiB, and the input is in it too. */
const MAX_FRAME_BYTES = 1.8e9

/** Throws Error for what is no zstd, cut off, or too large for this decoder. */
export function* zstdFrames(file: Buffer): Generator<ZstdFrame> {
  for (let at = 0; at < file.length;) {
    const magic = uint(file, at, 4)
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      at += 8 + uint(file, at + 4, 4)
      continue
    }
    if (magic !== MAGIC) throw new Error('not in zstd format')
    const { end, blocks } = frameEnd(file, at)
    const maxContentBytes = blocks * MAX_BLOCK_BYTES
    if (maxContentBytes > MAX_FRAME_BYTES) throw new Error('too large without the zstd program: install it')
    yield { bytes: file.subarray(at, end), maxContentBytes }
    at = end
  }
}

function frameEnd(file: Buffer, start: number): { end: number; blocks: number } {
  const descriptor = uint(file, start + 4, 1)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const hasChecksum = (descriptor & 0x04) !== 0
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0
  let at = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes + contentSizeBytes
  for (let blocks = 1; ; blocks++) {
    const header = uint(file, at, 3)
    const isRepeatedByte = ((header >>> 1) & 3) === 1
    at += 3 + (isRepeatedByte ? 1 : header >>> 3)
    if ((header & 1) === 0) continue
    const end = at + (hasChecksum ? 4 : 0)
    if (end > file.length) throw new Error('unexpected end of file')
    return { end, blocks }
  }
}

function uint(file: Buffer, at: number, bytes: number): number {
  if (at + bytes > file.length) throw new Error('unexpected end of file')
  return file.readUIntLE(at, bytes)
}
