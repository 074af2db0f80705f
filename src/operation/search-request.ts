// The `GET /{index}/_search` behind all searches.

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import type { TargetRequest } from '../target/request.ts'
import { truthy } from './python-values.ts'
import { pathPart, queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'

export interface SearchRequestOptions {
  readonly keep: 'head' | 'all'
  /** Into the query string, after the track's. */
  readonly query?: JsonObject
  /** Instead of the track's. */
  readonly body?: JsonObject
}

/** The request for the first (or only) page. */
export function searchRequest(params: JsonObject, options: SearchRequestOptions): TargetRequest {
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
