// create-index: one `PUT /{index}` after the other.

import type { JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import type { TargetRequest } from '../target/request.ts'
import { defineOperation, done, sendOk } from './define-operation.ts'
import { pathPart, queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'

export const createIndex = defineOperation<readonly TargetRequest[]>({
  name: 'create-index',
  isAdmin: true,
  isRetried: true,

  encode(params) {
    const parts = requestParts(params)
    return (params['indices'] as readonly (readonly [JsonValue, JsonValue])[]).map(([name, body]) => ({
      method: 'PUT',
      path: `/${pathPart(name)}${queryString(parts.query)}`,
      body: body === null ? null : Buffer.from(printJson(body)),
      ...sendOptions(parts),
      keep: 'none'
    }))
  },

  async execute(client, requests) {
    let bytes = 0
    for (const request of requests) bytes += (await sendOk(client, request)).wireBytes
    return done(bytes, requests.length)
  }
})
