// What a search answer says of itself before its hits.

import { isObject, numberOf, type JsonObject } from '../core/json.ts'
import { parseJson } from '../core/json-parse.ts'
import type { TargetAnswer } from '../target/request.ts'
import { beginning, failed } from './failure.ts'
import type { OperationResult } from './operation.ts'

/** Bytes in which Elasticsearch and OpenSearch have said `timed_out` and `_shards`, but for long scroll ids. */
const USUAL_BYTES = 256
const MOST_BYTES = 4096

/** How Elasticsearch and OpenSearch begin an answer that covers all data: one look instead of five. */
const WHOLE = /^\{"took":\d+,"timed_out":false,"_shards":\{"total":\d+,"successful":\d+,"skipped":\d+,"failed":0\}/

/** Why the answer covers only a part of the data, or null: by looking at its first bytes, without parsing. */
export function partialReason(answer: TargetAnswer): string | null {
  const text = answer.head.toString('latin1', 0, USUAL_BYTES)
  if (WHOLE.test(text)) return null
  return reasonIn(isEnough(text) ? text : answer.body.toString('latin1', 0, MOST_BYTES))
}

/** Whether it is the whole answer, or what we look for is in it, number and all. */
function isEnough(text: string): boolean {
  if (text.length < USUAL_BYTES) return true
  const at = text.indexOf('"failed"')
  return at !== -1 && at + NUMBER_BYTES < text.length
}

const NUMBER_BYTES = 32

function reasonIn(text: string): string | null {
  const hits = text.indexOf('"hits"')
  const end = hits === -1 ? text.length : hits
  const timedOut = valueAt(text, '"timed_out"', 0, end)
  if (timedOut !== -1 && text.startsWith('true', timedOut)) return 'the search timed out on the server'
  const shards = text.indexOf('"_shards"')
  if (shards === -1 || shards > end) return null
  const missing = numberAt(text, valueAt(text, '"failed"', shards, end))
  if (missing === null || missing === '0') return null
  const all = numberAt(text, valueAt(text, '"total"', shards, end))
  return `${missing}${all === null ? '' : ` of ${all}`} shards failed`
}

/** An answer with status 200 that leaves out a part of the data is no success. */
export function partialShards(answer: TargetAnswer, reason: string): OperationResult {
  const body = beginning(answer.body.toString('utf8'))
  return failed({ errorClass: 'partial-shards', errorType: 'api', httpStatus: answer.status, description: reason, body }, answer.wireBytes)
}

function numberAt(text: string, at: number): string | null {
  return at === -1 ? null : (/^\d+/.exec(text.slice(at, at + NUMBER_BYTES))?.[0] ?? null)
}

/** Where the value of `key` begins, between `from` and `end`, or −1. */
function valueAt(text: string, key: string, from: number, end: number): number {
  const at = text.indexOf(key, from)
  if (at === -1 || at >= end) return -1
  let value = at + key.length
  while (text[value] === ' ' || text[value] === ':') value++
  return value
}

/**
 * The fields of a search answer that come before the hits themselves; the hits are not parsed.
 * Throws JsonSyntaxError for an answer that is no JSON.
 */
export function parseSearchAnswer(text: string): JsonObject {
  // A quote inside a string is escaped, so this is the list and nothing else.
  const list = /"hits"\s*:\s*\[/.exec(text)
  const document = parseJson(list === null ? text : `${text.slice(0, list.index)}"hits":[]}}`)
  return isObject(document) ? document : {}
}

/** Elastic Rally's figures: hits 0 and relation `eq` where the answer has none. */
export function hitsOf(answer: JsonObject): { hits: number; relation: string } {
  const outer = answer['hits']
  const total = isObject(outer) ? outer['total'] : undefined
  if (isObject(total)) {
    return { hits: numberOf(total['value']) ?? 0, relation: typeof total['relation'] === 'string' ? total['relation'] : 'eq' }
  }
  return { hits: numberOf(total) ?? 0, relation: 'eq' }
}

/** Whether the list of hits is empty (or missing). */
export function hasNoHits(text: string): boolean {
  const list = /"hits"\s*:\s*\[\s*(.)/.exec(text)
  return list === null || list[1] === ']'
}

/**
 * The sort values of the last hit as the server wrote them, `[1,"a"]`, or null. The last `"sort"` of the answer is the
 * last hit's: it stands behind the hit's own fields.
 */
export function lastSort(text: string): string | null {
  const key = /^"sort"\s*:\s*\[/
  for (let at = text.lastIndexOf('"sort"'); at !== -1; at = at === 0 ? -1 : text.lastIndexOf('"sort"', at - 1)) {
    const match = key.exec(text.slice(at, at + 64))
    if (match !== null) return listAt(text, at + match[0].length - 1)
  }
  return null
}

/** The list that begins at `from`, with its brackets; null if it does not end. */
function listAt(text: string, from: number): string | null {
  let depth = 0
  let inString = false
  for (let at = from; at < text.length; at++) {
    const letter = text[at]
    if (inString) {
      if (letter === '\\') at++
      else if (letter === '"') inString = false
    } else if (letter === '"') inString = true
    else if (letter === '[' || letter === '{') depth++
    else if ((letter === ']' || letter === '}') && --depth === 0) return text.slice(from, at + 1)
  }
  return null
}
