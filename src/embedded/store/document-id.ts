// Ids of documents, given or made up.

import { randomBytes } from 'node:crypto'
import { illegalArgument } from '../api-error.ts'

export interface DocumentId {
  readonly id: string
  /** Made by us just now: no document can have it. */
  readonly isNew: boolean
  /** Chooses the shard instead of the id. */
  readonly routing: string | null
}

const MAX_ID_BYTES = 512
const prefix = randomBytes(9).toString('base64url')
let counter = 0

/** A given id, checked; or a new one if `id` is null. */
export function documentId(id: string | null, routing: string | null = null): DocumentId {
  if (id === null) return { id: `${prefix}${(counter++).toString(36).padStart(8, '0')}`, isNew: true, routing }
  if (id === '') throw illegalArgument('if _id is specified it must not be empty')
  if (Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw illegalArgument(`id [${id}] is too long, must be no longer than ${MAX_ID_BYTES} bytes but was: ${Buffer.byteLength(id)}`)
  }
  return { id, isNew: false, routing }
}

/** Twenty-two characters, as index UUIDs have. */
export function newUuid(): string {
  return randomBytes(16).toString('base64url')
}
