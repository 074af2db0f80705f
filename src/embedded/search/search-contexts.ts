// What lives between two requests: scrolls and points in time. Each holds its views and forgets them after its keep-alive.

import { randomBytes } from 'node:crypto'
import { systemClock } from '../../core/clock.ts'
import { ApiError } from '../api-error.ts'
import type { IndexView } from '../store/embedded-index.ts'
import type { Cursor } from './execute-search.ts'
import { contextMissing, type SearchRequest } from './search-request.ts'

export interface SearchContext {
  readonly id: string
  readonly views: readonly IndexView[]
  /** null: a point in time. */
  readonly scroll: { readonly request: SearchRequest; cursor: Cursor | null } | null
  expiresAtMs: number
}

const MAX_OPEN = 500
const MAX_KEEP_ALIVE_MS = 24 * 3_600_000

export class SearchContexts {
  readonly #open = new Map<string, SearchContext>()

  get size(): number {
    this.#forgetExpired()
    return this.#open.size
  }

  /** Throws ApiError (429) when too many are open. */
  add(views: readonly IndexView[], keepAliveMs: number, scroll: SearchContext['scroll']): SearchContext {
    this.#forgetExpired()
    if (this.#open.size >= MAX_OPEN) {
      const reason = `Trying to create too many scroll contexts. Must be less than or equal to: [${MAX_OPEN}].`
      throw new ApiError(429, 'too_many_scroll_contexts_exception', reason)
    }
    const context: SearchContext = { id: randomBytes(24).toString('base64url'), views, scroll, expiresAtMs: deadline(keepAliveMs) }
    this.#open.set(context.id, context)
    return context
  }

  /** Finds a context and keeps it alive for so long from now (null: as it was); throws ApiError (404). */
  touch(id: string, keepAliveMs: number | null): SearchContext {
    this.#forgetExpired()
    const context = this.#open.get(id)
    if (context === undefined) throw contextMissing(id)
    if (keepAliveMs !== null) context.expiresAtMs = deadline(keepAliveMs)
    return context
  }

  /** Whether there was such a context. */
  remove(id: string): boolean {
    return this.#open.delete(id)
  }

  removeAll(): number {
    const count = this.#open.size
    this.#open.clear()
    return count
  }

  #forgetExpired(): void {
    const nowMs = systemClock.monotonicMs()
    for (const [id, { expiresAtMs }] of this.#open) if (expiresAtMs < nowMs) this.#open.delete(id)
  }
}

function deadline(keepAliveMs: number): number {
  if (!(keepAliveMs > 0)) throw new ApiError(400, 'illegal_argument_exception', 'keep alive must be positive')
  if (keepAliveMs > MAX_KEEP_ALIVE_MS) {
    throw new ApiError(
      400,
      'illegal_argument_exception',
      `Keep alive for request (${keepAliveMs}ms) is too large. It must be less than (1d).`
    )
  }
  return systemClock.monotonicMs() + keepAliveMs
}
