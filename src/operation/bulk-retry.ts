// The documents of a bulk that the server had no room for (429), as a bulk of their own.

import type { BulkItem } from './bulk-answer.ts'

const NEWLINE = 10
const TOO_MANY_REQUESTS = 429

export function hasRoomErrors(items: readonly BulkItem[]): boolean {
  return items.some(({ status }) => status === TOO_MANY_REQUESTS)
}

/** The lines of `body` whose items failed with 429; items stand in the order of the actions. */
export function retryBody(body: Buffer, items: readonly BulkItem[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const { action, status } of items) {
    // A delete has no document line.
    const end = afterLines(body, at, action === 'delete' ? 1 : 2)
    if (status === TOO_MANY_REQUESTS) parts.push(body.subarray(at, end))
    at = end
  }
  return Buffer.concat(parts)
}

function afterLines(body: Buffer, from: number, lines: number): number {
  let at = from
  for (let i = 0; i < lines; i++) {
    const newline = body.indexOf(NEWLINE, at)
    if (newline === -1) return body.length
    at = newline + 1
  }
  return at
}
