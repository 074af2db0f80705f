// search: one `GET /{index}/_search`, made once and sent again and again.

import { numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import type { TargetAnswer, TargetClient, TargetRequest } from '../target/request.ts'
import { assertionsOf, checkAssertions, type Assertion } from './assertions.ts'
import { defineOperation } from './define-operation.ts'
import { elasticParams } from './elastic-params.ts'
import { apiFailure, failed, failedResult } from './failure.ts'
import { fixedSource } from './fixed-source.ts'
import type { OperationResult, OperationType, ParamSource, RunContext, SourceContext } from './operation.ts'
import { truthy } from './python-values.ts'
import { requestParts } from './request-parts.ts'
import { scrollDefinition } from './scroll-search.ts'
import { hitsOf, parseSearchAnswer, partialReason, partialShards } from './search-answer.ts'
import { searchRequest } from './search-request.ts'

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

export const search: OperationType = {
  name: 'search',
  isAdmin: false,
  createSource: (context) => (truthy(context.operation.params['pages']) ? paged.createSource(context) : singleSource(context)),
  run: (client, params, context) =>
    'request' in params ? runSearch(client, params as SearchRequest, context) : paged.run(client, params, context)
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

async function runSearch(client: TargetClient, params: SearchRequest, context: RunContext): Promise<OperationResult> {
  const { request, serverlessRequest, detailed, ignore } = params
  const { isServerless, isServerlessOperator } = context.target
  try {
    const answer = await client.send(isServerless && !isServerlessOperator ? serverlessRequest : request)
    if (answer.status >= 400) {
      if (ignore.includes(answer.status)) return { weight: 1, unit: 'ops', success: true, failure: null, bytes: answer.wireBytes }
      return failed(apiFailure(answer), answer.wireBytes)
    }
    const partial = partialReason(answer)
    if (partial !== null) return partialShards(answer, partial)
    if (detailed) {
      const result = detailedResult(answer)
      checkAssertions(params.assertions, params.operation, result, context)
      return result
    }
    return { weight: 1, unit: 'ops', success: true, failure: null, bytes: answer.wireBytes }
  } catch (error) {
    return failedResult(error)
  }
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
  return { weight: 1, unit: 'ops', success: true, failure: null, bytes: answer.wireBytes, meta }
}
