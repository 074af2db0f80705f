// What the embedded node answers when it cannot do as asked, worded and shaped as Elasticsearch does.

import type { JsonObject } from '../core/json.ts'

/** Type of errors that Elasticsearch shows as a bare text. */
export const PLAIN = ''

/** An answer with an error status; `details` stand beside type and reason. */
export class ApiError extends Error {
  readonly status: number
  readonly type: string
  readonly details: JsonObject
  readonly causedBy: ApiError | null
  /** What stands under `root_cause`; null: the error itself. */
  readonly rootCause: JsonObject | null

  constructor(
    status: number,
    type: string,
    reason: string,
    more: { details?: JsonObject; causedBy?: ApiError; rootCause?: JsonObject } = {}
  ) {
    super(reason)
    this.name = 'ApiError'
    this.status = status
    this.type = type
    this.details = more.details ?? {}
    this.causedBy = more.causedBy ?? null
    this.rootCause = more.rootCause ?? null
  }

  /** `{type, reason, …}` as it stands in a bulk item. */
  toJson(): JsonObject {
    const cause = this.causedBy === null ? {} : { caused_by: this.causedBy.toJson() }
    return { type: this.type, reason: this.message, ...this.details, ...cause }
  }

  /** The whole body of an error answer. */
  toBody(): JsonObject {
    if (this.type === PLAIN) return { error: this.message, status: this.status }
    const error = this.toJson()
    const root = this.rootCause ?? { type: this.type, reason: this.message, ...this.details }
    return { error: { root_cause: [root], ...error }, status: this.status }
  }
}

export function illegalArgument(reason: string): ApiError {
  return new ApiError(400, 'illegal_argument_exception', reason)
}

export function parsingError(reason: string): ApiError {
  return new ApiError(400, 'parsing_exception', reason)
}

/** Something Elasticsearch can do and this node cannot: `query [more_like_this]`. */
export function unsupported(feature: string): ApiError {
  return new ApiError(400, 'unsupported_operation_exception', `the embedded node does not support ${feature}`)
}

export function indexNotFound(name: string): ApiError {
  return new ApiError(404, 'index_not_found_exception', `no such index [${name}]`, {
    details: { 'resource.type': 'index_or_alias', 'resource.id': name, index_uuid: '_na_', index: name }
  })
}
