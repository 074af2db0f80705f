// delete-index: names and patterns, with the cluster's guard against patterns taken away meanwhile.

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { parseJson } from '../core/json-parse.ts'
import { printJson } from '../core/json-print.ts'
import type { TargetClient, TargetRequest } from '../target/request.ts'
import { defineOperation, done, sendOk } from './define-operation.ts'
import { failedResult } from './failure.ts'
import type { OperationResult } from './operation.ts'
import { truthy } from './python-values.ts'
import { pathPart, queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'

interface Deletion {
  /** Asks first; null: the answer 404 is taken instead. */
  readonly exists: TargetRequest | null
  readonly remove: TargetRequest
}

export const deleteIndex = defineOperation<readonly Deletion[]>({
  name: 'delete-index',
  isAdmin: true,
  isRetried: true,

  encode(params) {
    const parts = requestParts(params)
    const onlyIfExists = truthy(params['only-if-exists'])
    return (params['indices'] as readonly JsonValue[]).map((name) => {
      const common = { body: null, ...sendOptions(parts), keep: 'none' as const }
      return {
        exists: onlyIfExists ? { method: 'HEAD', path: `/${pathPart(name)}`, ...common } : null,
        remove: { method: 'DELETE', path: `/${pathPart(name)}${queryString(parts.query)}`, ...common }
      }
    })
  },

  async execute(client, deletions, { target }) {
    const prior = target.isServerless && !target.isServerlessOperator ? null : await allowPatterns(client)
    let result: OperationResult
    try {
      result = await removeAll(client, deletions)
    } catch (error) {
      result = failedResult(error)
    }
    if (prior !== null) await putGuard(client, prior.value)
    return result
  }
})

async function removeAll(client: TargetClient, deletions: readonly Deletion[]): Promise<OperationResult> {
  let count = 0
  let bytes = 0
  for (const { exists, remove } of deletions) {
    if (exists !== null && (await sendOk(client, exists, [404])).status === 404) continue
    bytes += (await sendOk(client, remove, exists === null ? [404] : [])).wireBytes
    count++
  }
  return done(bytes, count)
}

const GUARD = 'action.destructive_requires_name'

/** The guard's transient value before, to be put back. */
async function allowPatterns(client: TargetClient): Promise<{ readonly value: JsonValue }> {
  const answer = await sendOk(client, { method: 'GET', path: '/_cluster/settings?flat_settings=true', body: null, keep: 'all' })
  const settings = parseJson(answer.body.toString('utf8'))
  const transient: JsonObject = isObject(settings) && isObject(settings['transient']) ? settings['transient'] : {}
  await putGuard(client, false)
  return { value: transient[GUARD] ?? null }
}

async function putGuard(client: TargetClient, value: JsonValue): Promise<void> {
  const body = Buffer.from(printJson({ transient: { [GUARD]: value } }))
  await sendOk(client, { method: 'PUT', path: '/_cluster/settings', body, keep: 'none' })
}
