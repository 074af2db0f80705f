// put-settings: settings of the cluster.

import { printJson } from '../core/json-print.ts'
import type { TargetRequest } from '../target/request.ts'
import { defineOperation, done, mandatory, sendOk } from './define-operation.ts'
import { requestParts, sendOptions } from './request-parts.ts'

export const putSettings = defineOperation<TargetRequest>({
  name: 'put-settings',
  isAdmin: true,
  isRetried: true,

  encode(params, operation) {
    const body = Buffer.from(printJson(mandatory(params, 'body', operation)))
    return { method: 'PUT', path: '/_cluster/settings', body, ...sendOptions(requestParts(params)), keep: 'none' }
  },

  async execute(client, request) {
    return done((await sendOk(client, request)).wireBytes)
  }
})
