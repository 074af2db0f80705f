// paginated-search: page after page with `search_after`, the sort values of the last hit.

import { RallyError } from '../core/errors.ts'
import { isObject, numberOf, type JsonObject } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import type { TargetRequest } from '../target/request.ts'
import { defineOperation, sendOk } from './define-operation.ts'
import { truthy } from './python-values.ts'
import { requestParts } from './request-parts.ts'
import { lastSort, parseSearchAnswer, partialReason, partialShards } from './search-answer.ts'
import { PageSums, pageLimit } from './search-pages.ts'
import { searchRequest } from './search-request.ts'

interface Pages {
  readonly first: TargetRequest
  /** The body of the first page but for its last brace. */
  readonly bodyStart: string
  readonly size: number
  readonly limit: number
  readonly ignore: readonly number[]
}

/** Where the track does not say (Elastic Rally's documentation; its code divides by nothing there). */
const DEFAULT_SIZE = 10

export const paginatedSearch = defineOperation<Pages>({
  name: 'paginated-search',
  isAdmin: false,
  isRetried: false,
  weighsPages: true,

  encode(params, operation) {
    if (truthy(params['with-point-in-time-from'])) {
      throw new RallyError('track', `operation '${operation}': 'with-point-in-time-from' is only allowed inside a composite operation`)
    }
    const size = numberOf(params['results-per-page']) ?? DEFAULT_SIZE
    const given = isObject(params['body']) ? params['body'] : {}
    if (!truthy(given['sort'])) {
      throw new RallyError('track', `operation '${operation}' needs a 'sort' in its body to find the next page`)
    }
    const body: JsonObject = { ...given, size }
    return {
      first: searchRequest(params, { keep: 'all', body }),
      bodyStart: printJson(body).slice(0, -1),
      size,
      limit: pageLimit(params, operation),
      ignore: requestParts(params).ignore
    }
  },

  async execute(client, { first, bodyStart, size, limit, ignore }) {
    const sums = new PageSums()
    for (let request = first; ;) {
      const answer = await sendOk(client, request, ignore)
      const text = answer.body.toString('utf8')
      const partial = partialReason(answer)
      if (partial !== null) return partialShards(answer, partial)
      sums.add(parseSearchAnswer(text), answer.wireBytes)
      const sort = lastSort(text)
      if (sums.pages >= limit || sums.hits / size <= sums.pages || sort === null) return sums.result({ pages: sums.pages })
      request = { ...first, body: Buffer.from(`${bodyStart},"search_after":${sort}}`) }
    }
  }
})
