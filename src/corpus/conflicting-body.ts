// Documents, one a line → a bulk body with an action line of its own before each. Rare, so plain JavaScript does.

import type { ConflictingLines } from './action-lines.ts'

const NEWLINE = 10
const UPDATE_HEAD = '{"doc":'
const UPDATE_TAIL = '}\n'

/** An update takes its document inside `doc`, on one line. Ends early if the ids do. */
export function withConflictingLines(documents: Buffer, actions: ConflictingLines): Buffer {
  const parts: (string | Buffer)[] = []
  for (let at = 0; at < documents.length;) {
    const newline = documents.indexOf(NEWLINE, at)
    const end = newline === -1 ? documents.length : newline + 1
    const action = actions.next()
    if (action === null) break
    parts.push(action.line)
    if (action.action === 'update') parts.push(UPDATE_HEAD, stripped(documents, at, end), UPDATE_TAIL)
    else parts.push(documents.subarray(at, end))
    at = end
  }
  return joined(parts)
}

/** Without white space at both ends, as Python's `bytes.strip`. */
function stripped(bytes: Buffer, from: number, to: number): Buffer {
  let begin = from
  let end = to
  while (begin < end && isSpace(bytes[begin])) begin++
  while (end > begin && isSpace(bytes[end - 1])) end--
  return bytes.subarray(begin, end)
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)
}

/** One buffer; texts as UTF-8. Buffer.concat over thousands of small buffers is ten times as slow. */
function joined(parts: readonly (string | Buffer)[]): Buffer {
  const size = parts.reduce((sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : part.length), 0)
  const all = Buffer.allocUnsafeSlow(size)
  let at = 0
  for (const part of parts) at += typeof part === 'string' ? all.write(part, at) : part.copy(all, at)
  return all
}
