// refresh: `POST /{index}/_refresh`, of all indices if none is named.

import type { TargetRequest } from '../target/request.ts'
import { defineOperation, done, sendOk } from './define-operation.ts'
import { truthy } from './python-values.ts'
import { pathPart, queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'

export const refresh = defineOperation<TargetRequest>({
  name: 'refresh',
  isAdmin: true,
  isRetried: true,

  encode(params) {
    const parts = requestParts(params)
    const target = truthy(params['index']) ? `/${pathPart(params['index'] ?? null)}` : ''
    return { method: 'POST', path: `${target}/_refresh${queryString(parts.query)}`, body: null, ...sendOptions(parts), keep: 'none' }
  },

  async execute(client, request) {
    return done((await sendOk(client, request)).wireBytes)
  }
})
