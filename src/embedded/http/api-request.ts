// A request as handlers see it, and what they answer.

import { isObject, type JsonObject } from '../../core/json.ts'
import { ApiError } from '../api-error.ts'
import type { RequestParams } from './request-params.ts'

export interface ApiRequest {
  readonly method: string
  /** Path without query, as sent. */
  readonly path: string
  /** Placeholders of the route: `index`, `id` …; decoded. */
  readonly parts: Readonly<Record<string, string>>
  readonly params: RequestParams
  /** Inflated. */
  readonly body: Buffer
}

export interface ApiAnswer {
  readonly status: number
  /** JSON text; null: none. */
  readonly body: string | null
  /** Default JSON. */
  readonly contentType?: string
}

export function answer(body: JsonObject, status = 200): ApiAnswer {
  return { status, body: JSON.stringify(body) }
}

export function answerText(body: string, status = 200): ApiAnswer {
  return { status, body }
}

/** A part that the route names for certain. */
export function part(request: ApiRequest, name: string): string {
  return request.parts[name] ?? ''
}

/** The body as a JSON object; `{}` if there is none. Throws ApiError. */
export function jsonBody(request: ApiRequest): JsonObject {
  if (request.body.length === 0) return {}
  return parseObject(request.body.toString(), 'request body')
}

/** Throws ApiError (400) unless the text is one JSON object. */
export function parseObject(text: string, what: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ApiError(400, 'x_content_parse_exception', `${what} is not JSON: ${(error as Error).message}`)
  }
  if (!isObject(value)) throw new ApiError(400, 'parsing_exception', `${what} must be a JSON object`)
  return value
}
