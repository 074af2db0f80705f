// `detailed-results` of a bulk: what was done with its documents, and how large they were.

import { emptyDictionary } from '../core/dictionary.ts'
import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import type { BulkItem } from './bulk-answer.ts'

const NEWLINE = 10

/** Elastic Rally's additional meta-data; the sizes are those of the lines, without their newlines. */
export function bulkDetails(document: JsonObject, items: readonly BulkItem[], body: Buffer): JsonObject {
  const ingestTook = document['ingest_took']
  return {
    ops: countOperations(items),
    shards_histogram: countShards(items),
    ...sizesOf(body),
    ...(ingestTook === undefined ? {} : { ingest_took: ingestTook })
  }
}

/** By action: how many items, and how many with each result (`created`, `updated` …). */
function countOperations(items: readonly BulkItem[]): JsonObject {
  const operations = emptyDictionary<Record<string, number>>()
  for (const { action, data } of items) {
    const counts = (operations[action] ??= emptyDictionary<number>())
    const { result } = data
    for (const key of ['item-count', ...(typeof result === 'string' ? [result] : [])]) counts[key] = (counts[key] ?? 0) + 1
  }
  return operations
}

function countShards(items: readonly BulkItem[]): JsonValue {
  const histogram = new Map<string, { count: number; shards: JsonObject }>()
  for (const { data } of items) {
    const shards = data['_shards']
    if (shards === undefined || !isObject(shards)) continue
    const key = ['total', 'successful', 'failed'].map((name) => numberOf(shards[name]) ?? 0).join('-')
    const entry = histogram.get(key) ?? { count: 0, shards }
    entry.count++
    histogram.set(key, entry)
  }
  return [...histogram.values()].map(({ count, shards }) => ({ 'item-count': count, shards }))
}

/** Every other line is a document, the first is not. */
function sizesOf(body: Buffer): JsonObject {
  let total = 0
  let documents = 0
  let isDocument = false
  for (let at = 0; at < body.length; isDocument = !isDocument) {
    const newline = body.indexOf(NEWLINE, at)
    const end = newline === -1 ? body.length : newline
    total += end - at
    if (isDocument) documents += end - at
    at = end + 1
  }
  return { 'bulk-request-size-bytes': total, 'total-document-size-bytes': documents }
}
