// What may name a node, and what may be its address.

import { isIP } from 'node:net'

// A PSK identity holds 128 bytes; a space would end the word in the line of a key.
export const NODE_ID = /^[!-~]{1,128}$/

/** Whether a text may be the id of a node. */
export function isNodeId(text: string): boolean {
  return NODE_ID.test(text)
}

/** `10.0.0.2`, `::1`; not a name. */
export function isIpAddress(text: string): boolean {
  return isIP(text) !== 0
}
