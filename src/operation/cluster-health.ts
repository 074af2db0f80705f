// cluster-health: succeeds when the cluster is as healthy as asked for.

import { isObject, numberOf, type JsonObject } from '../core/json.ts'
import { parseJson } from '../core/json-parse.ts'
import type { TargetAnswer, TargetRequest } from '../target/request.ts'
import { defineOperation, sendOk } from './define-operation.ts'
import type { OperationResult } from './operation.ts'
import { unmet } from './failure.ts'
import { truthy } from './python-values.ts'
import { pathPart, queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'

/** From worst to best; what is unknown is below all. */
const STATUSES = ['unknown', 'red', 'yellow', 'green']

interface Health {
  readonly request: TargetRequest
  readonly status: string
  readonly maxRelocating: number
}

export const clusterHealth = defineOperation<Health>({
  name: 'cluster-health',
  isAdmin: true,
  isRetried: true,

  encode(params) {
    const parts = requestParts(params)
    const { query } = parts
    const target = truthy(params['index']) ? `/${pathPart(params['index'] ?? null)}` : ''
    return {
      request: {
        method: 'GET',
        path: `/_cluster/health${target}${queryString(query)}`,
        body: null,
        ...sendOptions(parts),
        keep: 'all'
      },
      status: typeof query['wait_for_status'] === 'string' ? query['wait_for_status'] : 'unknown',
      maxRelocating: maxRelocating(query)
    }
  },

  async execute(client, health) {
    return judge(health, await sendOk(client, health.request))
  }
})

// The key counts, whatever its value.
function maxRelocating(query: JsonObject): number {
  if ('wait_for_no_relocating_shards' in query) return 0
  const given = query['wait_for_relocating_shards']
  return numberOf(given) ?? (typeof given === 'string' ? Number(given) : Number.POSITIVE_INFINITY)
}

function judge({ status, maxRelocating: most }: Health, answer: TargetAnswer): OperationResult {
  const document = parseJson(answer.body.toString('utf8'))
  const health = isObject(document) ? document : {}
  const is = typeof health['status'] === 'string' ? health['status'] : 'unknown'
  const relocating = numberOf(health['relocating_shards']) ?? 0
  const meta = { 'cluster-status': is, 'relocating-shards': relocating }
  const success = rank(is) >= rank(status) && relocating <= most
  const result = { weight: 1, unit: 'ops', success, bytes: answer.wireBytes, meta }
  if (success) return { ...result, failure: null }
  const wanted = status === 'unknown' ? '' : ` (wanted: ${status}${most === 0 ? ', none relocating' : ''})`
  return { ...result, failure: unmet(answer, `the cluster is ${is} with ${relocating} relocating shards${wanted}`) }
}

function rank(status: string): number {
  return Math.max(0, STATUSES.indexOf(status.toLowerCase()))
}
