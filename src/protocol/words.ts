// Texts of which more is asked than to be text, because they come to name something on a disk.

import { NODE_ID } from './node-address.ts'
import { matching } from './schema.ts'

export const raceId = matching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/)
export const nodeName = matching(NODE_ID)
export const sha256 = matching(/^[0-9a-f]{64}$/)
/** Relative, and never out of the folder it is relative to: no `..`, no `//`, no backslash, no control character. */
export const innerPath = matching(/^(?!\.{1,2}(?:\/|$))[^/\\\p{Cc}]{1,255}(?:\/(?!\.{1,2}(?:\/|$))[^/\\\p{Cc}]{1,255}){0,31}$/u)
/** Name or address of a machine. */
export const hostName = matching(/^[!-~]{1,255}$/)
/** In words, for a line or a cell of a table. */
export const shortText = matching(/^[^\p{Cc}]{0,1000}$/u)
