// What tells that bytes are the ones they were.

import { createHash } from 'node:crypto'

/** 64 hexadecimal digits. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
