// Text of one line ↔ a value. JSON.parse does the work; what it would let through and we do not is here.

import { isUtf8 } from 'node:buffer'
import { WireFault } from './wire-fault.ts'

const MAX_DEPTH = 100

/** Throws WireFault for what is no UTF-8, no JSON, nested too deeply, or names the key `__proto__`. */
export function parseLine(line: Buffer): unknown {
  if (!isUtf8(line)) throw new WireFault('a line is no UTF-8')
  return parseText(line.toString())
}

export function parseText(text: string): unknown {
  const value = parse(text)
  // Only a text that holds the word, or an escaped letter that may be one of its, is looked through.
  if (text.includes('__proto__') || text.includes('\\u00')) refusePrototypes(value)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new WireFault(`a line is no JSON: ${JSON.stringify(text.slice(0, 40))}`)
  }
}

/** Nobody's task is called `__proto__`; who sends that key wants to change objects that are not his. */
function refusePrototypes(root: unknown): void {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null) continue
    if (depth > MAX_DEPTH) throw new WireFault(`a message is nested deeper than ${MAX_DEPTH} levels`)
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__') throw new WireFault('a message has a key "__proto__"')
      open.push({ value: inner, depth: depth + 1 })
    }
  }
}
