// What the answer to a bulk says, with Elastic Rally's counting and words.

import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import type { TargetAnswer } from '../target/request.ts'

/** One item of the answer: what was done with one document. */
export interface BulkItem {
  /** `index`, `create`, `update`, `delete`. */
  readonly action: string
  readonly data: JsonObject
  readonly status: number
  readonly isFailed: boolean
}

/** Whether documents failed, by the first bytes; null: they do not tell, look at the whole. */
export function errorsFlag(head: Buffer): boolean | null {
  const found = /^[^[]*?"errors"\s*:\s*(true|false)/.exec(head.toString('latin1', 0, HEAD_BYTES))
  return found === null ? null : found[1] === 'true'
}

const HEAD_BYTES = 512

/** The whole answer; throws Error for what is no JSON object. */
export function parseBulkAnswer(answer: TargetAnswer): JsonObject {
  // The engine's own parser: in a storm of errors its speed counts, and no number here needs its text.
  const document = JSON.parse(answer.body.toString('utf8')) as JsonValue
  if (!isObject(document)) throw new Error('it is no JSON object')
  return document
}

export function itemsOf(document: JsonObject): BulkItem[] {
  const items = document['items']
  return Array.isArray(items) ? items.map(itemOf) : []
}

/** An item failed if its status says so, or if one of its shard copies did. */
function itemOf(item: JsonValue): BulkItem {
  const [action = '', value = null] = isObject(item) ? (Object.entries(item)[0] ?? []) : []
  const data = isObject(value) ? value : {}
  const shards = data['_shards']
  const status = numberOf(data['status']) ?? 0
  const failedShards = shards !== undefined && isObject(shards) ? (numberOf(shards['failed']) ?? 0) : 0
  return { action, data, status, isFailed: status > 299 || failedShards > 0 }
}

const MAX_REASONS = 5

/** `HTTP status: 400, message: …` of up to five kinds of errors; if there are more, how many of each status. */
export function describeErrors(items: readonly BulkItem[]): string {
  const kinds = new Map<string, { readonly status: number; readonly reason: string | null }>()
  for (const { data, status, isFailed } of items) {
    if (!isFailed) continue
    const reason = reasonOf(data['error'])
    kinds.set(`${status} ${reason}`, { status, reason })
  }
  const sorted = [...kinds.values()].sort((a, b) => a.status - b.status || compareTexts(a.reason ?? '', b.reason ?? ''))
  const words = sorted
    .slice(0, MAX_REASONS)
    .map(({ status, reason }) => (reason === null ? `HTTP status: ${status}` : `HTTP status: ${status}, message: ${reason}`))
  if (sorted.length > MAX_REASONS) words.push(`TRUNCATED ${countByStatus(sorted)}`)
  return words.join(' | ')
}

function reasonOf(error: JsonValue | undefined): string | null {
  if (error === undefined || error === null) return null
  if (!isObject(error)) return typeof error === 'string' ? error : printJson(error)
  const { reason } = error
  return typeof reason === 'string' ? reason : null
}

function countByStatus(kinds: readonly { readonly status: number }[]): string {
  const counts = new Map<number, number>()
  for (const { status } of kinds) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts].map(([status, count]) => `${count}x${status}`).join(', ')
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
