// What the parameters common to many operations say about a request: query, headers, timeout, forgiven statuses.

import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'

export interface RequestParts {
  readonly query: JsonObject
  /** Absent: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Absent: the client's. */
  readonly timeoutMs?: number
  /** Statuses that count as success though they are errors. */
  readonly ignore: readonly number[]
}

/** `request-params`, `headers`, `opaque-id`, `request-timeout` (s) and `ignore` (beside or inside `request-params`). */
export function requestParts(params: JsonObject): RequestParts {
  const { ignore: nested, ...query } = isObject(params['request-params']) ? params['request-params'] : {}
  const headers = headersOf(params)
  const timeoutS = numberOf(params['request-timeout'])
  return {
    query,
    ...(headers === null ? {} : { headers }),
    ...(timeoutS === null ? {} : { timeoutMs: timeoutS * 1000 }),
    ignore: statusesOf(nested ?? params['ignore'] ?? null)
  }
}

/** The part of it that a TargetRequest takes. */
export function sendOptions(parts: RequestParts): { headers?: Readonly<Record<string, string>>; timeoutMs?: number } {
  return {
    ...(parts.headers === undefined ? {} : { headers: parts.headers }),
    ...(parts.timeoutMs === undefined ? {} : { timeoutMs: parts.timeoutMs })
  }
}

function headersOf(params: JsonObject): Record<string, string> | null {
  const headers: Record<string, string> = {}
  if (isObject(params['headers'])) {
    for (const [name, value] of Object.entries(params['headers'])) headers[name.toLowerCase()] = asText(value)
  }
  const opaqueId = params['opaque-id'] ?? null
  if (opaqueId !== null) headers['x-opaque-id'] = asText(opaqueId)
  if (params['response-compression-enabled'] === false) headers['accept-encoding'] = 'identity'
  return Object.keys(headers).length === 0 ? null : headers
}

function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : String(numberOf(value) ?? JSON.stringify(value))
}

function statusesOf(value: JsonValue): number[] {
  const items: readonly JsonValue[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value]
  return items.map((item) => numberOf(item) ?? Number(item ?? Number.NaN)).filter((status) => status >= 100)
}
