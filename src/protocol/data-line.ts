// Bulk bytes in a line of JSON. Most of such a line is base64, which needs no escapes and holds none: it is put into the line, and taken
// out of it, as it is, and only what stands around it passes through JSON. That is what a pull's speed depends on.
//
//   {"t":"data",…,"base64":"…"}      exactly so: `t` first, `base64` last, no blanks; any other order is read as any other message

import { WireFault } from './wire-fault.ts'

export interface DataMessage {
  readonly t: 'data'
  readonly base64: string
}

const HEAD = '{"t":"data",'
const KEY = ',"base64":"'
const TAIL = '"}'
/** What stands before the bytes is shorter, escapes included. */
const MAX_HEAD_BYTES = 16 * 1024
const QUOTE = 0x22
const BACKSLASH = 0x5c

export function isData(message: { readonly t: string }): message is DataMessage {
  return message.t === 'data' && typeof (message as Partial<DataMessage>).base64 === 'string'
}

/** Its line, with the newline. */
export function encodeData(message: DataMessage): Buffer {
  const { base64, ...rest } = message
  const around = JSON.stringify(rest)
  const head = `${around.slice(0, -1)}${KEY}`
  const headBytes = Buffer.byteLength(head)
  const line = Buffer.allocUnsafe(headBytes + base64.length + TAIL.length + 1)
  line.write(head, 0, 'utf8')
  line.write(base64, headBytes, 'latin1')
  line.write(`${TAIL}\n`, headBytes + base64.length, 'latin1')
  return line
}

/** The text around the bytes as JSON with none of them, and the bytes in base64; null: no line of this form. Throws WireFault. */
export function splitData(line: Buffer): { readonly around: Buffer; readonly base64: string } | null {
  if (line.length < HEAD.length || line.toString('latin1', 0, HEAD.length) !== HEAD) return null
  const at = line.subarray(0, MAX_HEAD_BYTES).indexOf(KEY)
  const end = line.length - TAIL.length
  if (at === -1 || line.toString('latin1', end) !== TAIL) return null
  const from = at + KEY.length
  // The first quote ends the text; were it not the last one, more would follow.
  if (line.indexOf(QUOTE, from) !== end) return null
  const escape = line.indexOf(BACKSLASH, from)
  if (escape !== -1) throw new WireFault('bytes in base64 have no escapes')
  return { around: Buffer.concat([line.subarray(0, from), line.subarray(end)]), base64: line.toString('latin1', from, end) }
}
