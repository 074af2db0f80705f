// search: one `GET /{index}/_search`, made once and sent again and again.

import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import type { TargetAnswer, TargetClient, TargetRequest } from '../target/request.ts'
import { elasticParams } from './elastic-params.ts'
import { apiFailure, beginning, failed, failedResult } from './failure.ts'
import { fixedSource } from './fixed-source.ts'
import type { OperationResult, OperationType, RequestParams, RunContext } from './operation.ts'
import { truthy } from './python-values.ts'
import { pathPart, queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'
import { hitsOf, parseSearchAnswer, partialReason } from './search-answer.ts'

interface SearchRequest {
  readonly request: TargetRequest
  /** As the user of a serverless project: the request cache is off unless the track says so. */
  readonly serverlessRequest: TargetRequest
  readonly detailed: boolean
  readonly ignore: readonly number[]
}

export const search: OperationType = {
  name: 'search',
  isAdmin: false,
  createSource: ({ operation, track }) => fixedSource(encode(elasticParams(operation, track))),
  run: runSearch
}

function encode(params: JsonObject): SearchRequest {
  const detailed = truthy(params['detailed-results'])
  const keep = detailed ? 'all' : 'head'
  const request = searchRequest(params, { keep })
  const serverlessRequest = (params['cache'] ?? null) === null ? searchRequest({ ...params, cache: false }, { keep }) : request
  return { request, serverlessRequest, detailed, ignore: requestParts(params).ignore }
}

/** The request for the first (or only) page; `extra` goes into the query string. */
export function searchRequest(params: JsonObject, options: { keep: 'head' | 'all'; query?: JsonObject; body?: JsonObject }): TargetRequest {
  const parts = requestParts(params)
  const cache = params['cache'] ?? null
  const query = { ...parts.query, ...(cache === null ? {} : { request_cache: truthy(cache) ? 'true' : 'false' }), ...options.query }
  const type = truthy(params['type']) ? `/${pathPart(params['type'] ?? null)}` : ''
  const target = truthy(params['index']) ? `/${pathPart(params['index'] ?? null)}${type}` : ''
  const body = options.body ?? withSize(params)
  return Object.freeze({
    method: 'GET' as const,
    path: `${target}/_search${queryString(query)}`,
    body: body === null ? null : Buffer.from(printJson(body)),
    ...sendOptions(parts),
    keep: options.keep
  })
}

function withSize(params: JsonObject): JsonValue {
  const body = params['body'] ?? null
  const size = params['results-per-page']
  if (!truthy(size)) return body
  return isObject(body) ? { ...body, size: size ?? null } : body
}

async function runSearch(client: TargetClient, params: RequestParams, context: RunContext): Promise<OperationResult> {
  const { request, serverlessRequest, detailed, ignore } = params as SearchRequest
  const { isServerless, isServerlessOperator } = context.target
  try {
    const answer = await client.send(isServerless && !isServerlessOperator ? serverlessRequest : request)
    if (answer.status >= 400) {
      if (ignore.includes(answer.status)) return { weight: 1, unit: 'ops', success: true, failure: null, bytes: answer.wireBytes }
      return failed(apiFailure(answer), answer.wireBytes)
    }
    const partial = partialReason(answer.body)
    if (partial !== null) return partialShards(answer, partial)
    if (detailed) return detailedResult(answer)
    return { weight: 1, unit: 'ops', success: true, failure: null, bytes: answer.wireBytes }
  } catch (error) {
    return failedResult(error)
  }
}

/** An answer with status 200 that leaves out a part of the data is no success. */
export function partialShards(answer: TargetAnswer, reason: string): OperationResult {
  const body = beginning(answer.body.toString('utf8'))
  return failed({ errorClass: 'partial-shards', errorType: 'api', httpStatus: answer.status, description: reason, body }, answer.wireBytes)
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
