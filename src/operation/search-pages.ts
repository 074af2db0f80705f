// What the searches over several pages share.

import { RallyError } from '../core/errors.ts'
import { numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import type { OperationResult } from './operation.ts'
import { shown } from './python-values.ts'
import { hitsOf } from './search-answer.ts'

/** How many pages at most: a number, or `all`. Throws RallyError('track'). */
export function pageLimit(params: JsonObject, operation: string): number {
  const pages = params['pages'] ?? null
  if (pages === 'all') return Number.POSITIVE_INFINITY
  const number = numberOf(pages) ?? (typeof pages === 'string' && pages.trim() !== '' ? Number(pages) : Number.NaN)
  if (Number.isFinite(number) && number >= 1) return Math.floor(number)
  throw new RallyError(
    'track',
    `operation '${operation}' needs 'pages': a number of 1 or more, or "all"${pages === null ? '' : `, not ${shown(pages)}`}`
  )
}

/** Sums of the pages so far, with Elastic Rally's keys. */
export class PageSums {
  #hits: number | null = null
  #relation = 'eq'
  #timedOut = false
  #tookMs = 0
  #bytes = 0
  #pages = 0

  /** Hits of the first page; later pages do not change them. */
  get hits(): number {
    return this.#hits ?? 0
  }

  get pages(): number {
    return this.#pages
  }

  add(answer: JsonObject, wireBytes: number): void {
    if (this.#hits === null) {
      const { hits, relation } = hitsOf(answer)
      this.#hits = hits
      this.#relation = relation
    }
    this.#timedOut ||= answer['timed_out'] === true
    this.#tookMs += numberOf(answer['took']) ?? 0
    this.#bytes += wireBytes
    this.#pages++
  }

  result(extra: JsonObject = {}): OperationResult {
    const meta: Record<string, JsonValue> = {
      ...extra,
      hits: this.hits,
      hits_relation: this.#relation,
      timed_out: this.#timedOut,
      took: this.#tookMs
    }
    return { weight: this.#pages, unit: 'pages', success: true, failure: null, bytes: this.#bytes, meta }
  }
}
