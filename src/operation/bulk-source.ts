// The bulks of one client, as requests.

import { RallyError } from '../core/errors.ts'
import { numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { BulkReader, planBulks } from '../corpus/bulk-reader.ts'
import type { TargetRequest } from '../target/request.ts'
import type { Operation } from '../track/track.ts'
import { assertionsOf, type Assertion } from './assertions.ts'
import { BulkMemory } from './bulk-memory.ts'
import { checkBulk } from './bulk-settings.ts'
import type { ParamSource, SourceContext } from './operation.ts'
import { truthy } from './python-values.ts'
import { queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'

/** One bulk, ready to be sent. */
export interface BulkRequest extends BulkOptions {
  readonly request: TargetRequest
  readonly documents: number
  /** Index or data stream of the documents; null: their action lines say. */
  readonly target: string | null
}

/** What is the same for all bulks of an operation. */
interface BulkOptions {
  readonly operation: string
  readonly isDetailed: boolean
  /** How often documents that the server had no room for are sent again. */
  readonly retriesOn429: number
  readonly retryWaitMs: number
  readonly assertions: readonly Assertion[]
}

/** Checks everything at once and touches no file before the first `next`; throws RallyError('track'). */
export function bulkSource(context: SourceContext): ParamSource {
  const { track, operation, clientIndex, clients, random, dataPath } = context
  checkParamSource(operation)
  const { settings, corpora } = checkBulk(track, operation, clients)
  const options = optionsOf(operation)
  const template = requestTemplate(operation.params)
  const plan = planBulks(settings, corpora, { first: clientIndex, last: clientIndex, clients })
  const memory = new BulkMemory()
  const reader = new BulkReader(plan, { pathOf: dataPath, randomFor: () => random, memory: memory.take })
  return {
    // Also a looped source: the task's time or another task ends it, as in Elastic Rally.
    infinite: false,
    expectedWeight: settings.bulkSize,
    next: (): BulkRequest | null => {
      const bulk = reader.next()
      if (bulk === null) return null
      const { body, documents, set } = bulk
      return { ...options, request: { ...template, body, memory: memory.use }, documents, target: set.targetIndex ?? set.targetDataStream }
    },
    percentCompleted: () => reader.percentCompleted(),
    close: () => reader.close()
  }
}

function checkParamSource({ name, paramSource }: Operation): void {
  if (paramSource === null || paramSource === 'file-reader') return
  throw new RallyError('track', `operation [${name}]: parameter source [${paramSource}] is not known`, {
    hint: "a track's own parameter sources are not supported yet; leave param-source out to read the corpora"
  })
}

function optionsOf({ name, params }: Operation): BulkOptions {
  return {
    operation: name,
    isDetailed: truthy(params['detailed-results']),
    retriesOn429: numberOf(params['retries_on_429']) ?? 0,
    retryWaitMs: (numberOf(params['retry-wait-period']) ?? 0) * 1000,
    assertions: assertionsOf(params, name)
  }
}

const QUERY_KEYS = ['timeout', 'pipeline', 'refresh'] as const

function requestTemplate(params: JsonObject): Omit<TargetRequest, 'body'> {
  const parts = requestParts(params)
  const own: Record<string, JsonValue> = {}
  for (const key of QUERY_KEYS) if ((params[key] ?? null) !== null) own[key] = params[key] ?? null
  const path = `/_bulk${queryString({ ...parts.query, ...own })}`
  return { method: 'PUT', path, contentType: 'application/x-ndjson', keep: 'all', ...sendOptions(parts) }
}
