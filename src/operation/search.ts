// search: one `GET /{index}/_search`, made once and sent again and again.

import { numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { isErrorStatus, type TargetAnswer, type TargetRequest } from '../target/request.ts'
import { assertionsOf, checkAssertions, type Assertion } from './assertions.ts'
import { defineOperation, done } from './define-operation.ts'
import { elasticParams } from './elastic-params.ts'
import { apiFailure, failed } from './failure.ts'
import { fixedSource } from './fixed-source.ts'
import type { OperationResult, OperationType, ParamSource, RequestParams, RunContext, SourceContext } from './operation.ts'
import { truthy } from './python-values.ts'
import { requestParts } from './request-parts.ts'
import { scrollDefinition } from './scroll-search.ts'
import { hitsOf, parseSearchAnswer, partialReason, partialShards } from './search-answer.ts'
import { searchRequest } from './search-request.ts'
import { runSingle, singleExchange } from './single-exchange.ts'

/** With `pages`, a search is a scroll (deprecated in Elastic Rally, and still done). */
const paged = defineOperation({ ...scrollDefinition, name: 'search' })

interface SearchRequest {
  readonly request: TargetRequest
  /** As the user of a serverless project: the request cache is off unless the track says so. */
  readonly serverlessRequest: TargetRequest
  readonly detailed: boolean
  readonly ignore: readonly number[]
  readonly assertions: readonly Assertion[]
  readonly operation: string
}

const single = singleExchange({
  request: (params, { target: { isServerless, isServerlessOperator } }) => {
    if (!isSingle(params)) return null
    return isServerless && !isServerlessOperator ? params.serverlessRequest : params.request
  },
  judge: (answer, params, context) => searchResult(answer, params as SearchRequest, context)
})

export const search: OperationType = {
  name: 'search',
  isAdmin: false,
  createSource: (context) => (truthy(context.operation.params['pages']) ? paged.createSource(context) : singleSource(context)),
  run: (client, params, context) => (isSingle(params) ? runSingle(single, client, params, context) : paged.run(client, params, context)),
  single
}

function isSingle(params: RequestParams): params is SearchRequest {
  return 'request' in params
}

function singleSource({ operation, track }: SourceContext): ParamSource {
  const params = elasticParams(operation, track)
  return fixedSource(encode(params, operation.name))
}

function encode(params: JsonObject, operation: string): SearchRequest {
  const detailed = truthy(params['detailed-results'])
  const keep = detailed ? 'all' : 'head'
  const request = searchRequest(params, { keep })
  const serverlessRequest = (params['cache'] ?? null) === null ? searchRequest({ ...params, cache: false }, { keep }) : request
  const assertions = assertionsOf(params, operation)
  return { request, serverlessRequest, detailed, ignore: requestParts(params).ignore, assertions, operation }
}

function searchResult(answer: TargetAnswer, params: SearchRequest, context: RunContext): OperationResult {
  if (isErrorStatus(answer.status)) {
    return params.ignore.includes(answer.status) ? done(answer.wireBytes) : failed(apiFailure(answer), answer.wireBytes)
  }
  const partial = partialReason(answer)
  if (partial !== null) return partialShards(answer, partial)
  if (!params.detailed) return done(answer.wireBytes)
  const result = detailedResult(answer)
  checkAssertions(params.assertions, params.operation, result, context)
  return result
}

function detailedResult(answer: TargetAnswer): OperationResult {
  const document = parseSearchAnswer(answer.body.toString('utf8'))
  const { hits, relation } = hitsOf(document)
  const meta: Record<string, JsonValue> = {
    hits,
    hits_relation: relation,
    timed_out: document['timed_out'] ?? null,
    took: numberOf(document['took'])
  }
  for (const [key, name] of [
    ['_shards', 'shards'],
    ['num_reduce_phases', 'num_reduce_phases'],
    ['_clusters', 'clusters']
  ] as const) {
    const value = document[key]
    if (value !== undefined) meta[name] = value
  }
  return done(answer.wireBytes, 1, meta)
}
