// Answers and transport errors → the failure of an operation, with Elastic Rally's words for types.

import { isObject, JsonSyntaxError, type JsonObject, type JsonValue } from '../core/json.ts'
import { TransportError, type TargetAnswer, type TransportFailure } from '../target/request.ts'
import type { Failure, OperationResult } from './operation.ts'

const MAX_BODY_BYTES = 4096

/** An answer that says no, where an operation goes no further. */
export class ApiError extends Error {
  readonly answer: TargetAnswer
  constructor(answer: TargetAnswer) {
    super(`HTTP ${answer.status}`)
    this.name = 'ApiError'
    this.answer = answer
  }
}

/** The result of an operation that an exception ended; rethrows what neither the target nor the way to it did. */
export function failedResult(error: unknown): OperationResult {
  if (error instanceof JsonSyntaxError) return failed(unreadable(error), 0)
  if (error instanceof ApiError) return failed(apiFailure(error.answer), error.answer.wireBytes)
  if (error instanceof TransportError) return failed(transportFailure(error), 0)
  throw error
}

export function failed(failure: Failure, bytes: number): OperationResult {
  return { weight: 0, unit: 'ops', success: false, failure, bytes }
}

const TRANSPORT_WORDS: Partial<Record<TransportFailure, string>> = { timeout: 'network connection timed out' }

export function transportFailure(error: TransportError): Failure {
  const words = TRANSPORT_WORDS[error.failure]
  return {
    errorClass: error.failure === 'other' ? 'transport' : error.failure,
    errorType: 'transport',
    httpStatus: null,
    description: words === undefined ? error.message : `${words} (${error.message})`,
    body: null
  }
}

export function apiFailure(answer: TargetAnswer): Failure {
  const text = answer.body.toString('utf8')
  return {
    errorClass: `http-${answer.status}`,
    errorType: 'api',
    httpStatus: answer.status,
    description: describe(answer.status, text),
    body: text === '' ? null : beginning(text)
  }
}

function unreadable(error: JsonSyntaxError): Failure {
  const description = `the answer is not the JSON that was expected: ${error.message}`
  return { errorClass: 'unreadable', errorType: 'api', httpStatus: null, description, body: null }
}

/** An answer that came, but does not say what the operation waits for. */
export function unmet(answer: TargetAnswer, description: string): Failure {
  const body = beginning(answer.body.toString('utf8'))
  return { errorClass: 'unmet', errorType: 'api', httpStatus: answer.status, description, body }
}

/** At most 4 KiB of a text. */
export function beginning(text: string): string {
  return Buffer.byteLength(text) <= MAX_BODY_BYTES
    ? text
    : Buffer.from(text)
        .subarray(0, MAX_BODY_BYTES)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')
}

/** `index_not_found_exception (no such index [x])` from an error body, else the status and the first line. */
function describe(status: number, text: string): string {
  const document = documentOf(text)
  const error = document?.['error'] ?? null
  if (typeof error === 'string') return error
  if (isObject(error) && typeof error['type'] === 'string') {
    const reason = reasonOf(error)
    return reason === null ? error['type'] : `${error['type']} (${reason})`
  }
  if (document !== null) return `HTTP ${status}`
  const line = text.trimStart().split('\n', 1)[0]?.trim() ?? ''
  return line === '' ? `HTTP ${status}` : `HTTP ${status} (${line.slice(0, 200)})`
}

// The engine's own parser: in a storm of errors its speed counts, and no number here needs its text.
function documentOf(text: string): JsonObject | null {
  try {
    const document = JSON.parse(text) as JsonValue
    return isObject(document) ? document : null
  } catch {
    return null
  }
}

// `all shards failed` says less than the cause below it.
function reasonOf(error: Readonly<Record<string, JsonValue>>): string | null {
  const roots = error['root_cause']
  const root = Array.isArray(roots) ? (roots[0] as JsonValue | undefined) : undefined
  const own = typeof error['reason'] === 'string' ? error['reason'] : null
  const deeper = root !== undefined && isObject(root) && typeof root['reason'] === 'string' ? root['reason'] : null
  if (own === null || deeper === null || own === deeper) return own ?? deeper
  return `${own}: ${deeper}`
}
