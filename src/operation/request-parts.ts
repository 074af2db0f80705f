// What the parameters common to many operations say about a request: query, headers, timeout, forgiven statuses.

import { RallyError } from '../core/errors.ts'
import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import { HEADER_NAME, NOT_IN_HEADER } from '../target/request.ts'

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
  for (const [name, value] of Object.entries(headers)) checkHeader(name, value)
  if (params['response-compression-enabled'] === false) headers['accept-encoding'] = 'identity'
  return Object.keys(headers).length === 0 ? null : headers
}

/** No HTTP library sends anything else. */
function checkHeader(name: string, value: string): void {
  if (!HEADER_NAME.test(name)) throw new RallyError('track', `[${name}] is no name that a header may have`)
  const wrong = NOT_IN_HEADER.exec(value)?.[0]
  if (wrong === undefined) return
  const codePoint = wrong.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
  throw new RallyError('track', `header [${name}] must not hold the character U+${codePoint}: ${JSON.stringify(value)}`, {
    hint: 'a header holds characters up to U+00FF and no line ends'
  })
}

function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : String(numberOf(value) ?? JSON.stringify(value))
}

function statusesOf(value: JsonValue): number[] {
  const items: readonly JsonValue[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value]
  return items.map((item) => numberOf(item) ?? Number(item ?? Number.NaN)).filter((status) => status >= 100)
}
