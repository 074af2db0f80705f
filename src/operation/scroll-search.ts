// scroll-search: one snapshot of the results, page after page, and the scroll cleared at the end.

import { numberOf, type JsonObject } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import type { TargetClient, TargetRequest } from '../target/request.ts'
import { TransportError } from '../target/request.ts'
import { defineOperation, sendOk, type Definition } from './define-operation.ts'
import type { OperationResult } from './operation.ts'
import { truthy } from './python-values.ts'
import { queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'
import { hasNoHits, parseSearchAnswer, partialReason, partialShards } from './search-answer.ts'
import { PageSums, pageLimit } from './search-pages.ts'
import { searchRequest } from './search-request.ts'

const KEEP_ALIVE = '10s'

export interface Scroll {
  readonly first: TargetRequest
  /** Of the later pages, but for the body. */
  readonly next: TargetRequest
  /** Null: the server's default. */
  readonly size: number | null
  readonly limit: number
  readonly ignore: readonly number[]
}

export const scrollDefinition: Definition<Scroll> = {
  name: 'scroll-search',
  isAdmin: false,
  isRetried: false,
  weighsPages: true,

  encode(params, operation) {
    const parts = requestParts(params)
    const size = truthy(params['results-per-page']) ? numberOf(params['results-per-page']) : null
    const query: JsonObject = { sort: '_doc', scroll: KEEP_ALIVE, ...(size === null ? {} : { size }) }
    return {
      first: searchRequest(params, { keep: 'all', query }),
      next: { method: 'GET', path: `/_search/scroll${queryString(parts.query)}`, body: null, ...sendOptions(parts), keep: 'all' },
      size,
      limit: pageLimit(params, operation),
      ignore: parts.ignore
    }
  },

  async execute(client, scroll) {
    const state: ScrollState = { id: null, sums: new PageSums() }
    try {
      return await scrollThrough(client, scroll, state)
    } finally {
      if (state.id !== null) await clearScroll(client, state.id)
    }
  }
}

export const scrollSearch = defineOperation(scrollDefinition)

interface ScrollState {
  id: string | null
  readonly sums: PageSums
}

async function scrollThrough(client: TargetClient, scroll: Scroll, state: ScrollState): Promise<OperationResult> {
  const { sums } = state
  for (let request = scroll.first; ;) {
    const answer = await sendOk(client, request, scroll.ignore)
    const partial = partialReason(answer)
    const text = answer.body.toString('utf8')
    const document = parseSearchAnswer(text)
    if (typeof document['_scroll_id'] === 'string') state.id = document['_scroll_id']
    if (partial !== null) return partialShards(answer, partial)
    const isFirst = sums.pages === 0
    sums.add(document, answer.wireBytes)
    const isEnd = isFirst ? sums.hits === 0 || (scroll.size !== null && sums.hits < scroll.size) : hasNoHits(text)
    if (isEnd || sums.pages >= scroll.limit || state.id === null) return sums.result({ pages: sums.pages })
    request = { ...scroll.next, body: Buffer.from(printJson({ scroll_id: state.id, scroll: KEEP_ALIVE })) }
  }
}

// The results are in: a scroll that cannot be cleared ends by itself after its 10 s.
async function clearScroll(client: TargetClient, id: string): Promise<void> {
  const body = Buffer.from(printJson({ scroll_id: [id] }))
  try {
    await client.send({ method: 'DELETE', path: '/_search/scroll', body, keep: 'none' })
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
  }
}
