// One request → one answer: the route, its parameters, the handler, and every error in Elasticsearch's form.

import { ApiError, illegalArgument } from '../api-error.ts'
import type { ApiAnswer } from './api-request.ts'
import { reshape } from './filter-path.ts'
import { RequestParams } from './request-params.ts'
import { ANY_PARAM, COMMON_PARAMS, type Route, type Router } from './router.ts'

export interface RawRequest {
  readonly method: string
  /** Path with query, as sent. */
  readonly url: string
  readonly contentType: string | null
  readonly body: Buffer
}

/** Never throws: what goes wrong is an answer too. `onBug` hears of what should not have happened. */
export async function answerRequest(router: Router, raw: RawRequest, onBug: (error: unknown) => void): Promise<ApiAnswer> {
  try {
    return await run(router, raw)
  } catch (error) {
    return errorAnswer(error, onBug)
  }
}

export function errorAnswer(error: unknown, onBug: (error: unknown) => void): ApiAnswer {
  if (error instanceof ApiError) return { status: error.status, body: JSON.stringify(error.toBody()) }
  // Input nested so deep that a walk over it ran out of stack.
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return errorAnswer(illegalArgument('the request is nested too deeply'), onBug)
  }
  onBug(error)
  const reason = error instanceof Error ? error.message : String(error)
  return { status: 500, body: JSON.stringify(new ApiError(500, 'exception', reason).toBody()) }
}

async function run(router: Router, raw: RawRequest): Promise<ApiAnswer> {
  const question = raw.url.indexOf('?')
  const path = question === -1 ? raw.url : raw.url.slice(0, question)
  const params = new RequestParams(question === -1 ? '' : raw.url.slice(question + 1))
  checkContentType(raw)
  const { route, parts } = router.find(raw.method, path)
  checkParams(route, path, params)
  const answer = await route.handler({ method: raw.method, path, parts, params, body: raw.body })
  const paths = params.text('filter_path')
  const pretty = params.flag('pretty')
  if (answer.body === null || answer.contentType !== undefined || (paths === null && !pretty)) return answer
  return { status: answer.status, body: `${reshape(answer.body, paths, pretty)}${pretty ? '\n' : ''}` }
}

const JSON_TYPE = /^(?:application\/(?:json|x-ndjson|vnd\.elasticsearch\+(?:json|x-ndjson)))\s*(?:;|$)/i

function checkContentType({ body, contentType }: RawRequest): void {
  if (body.length === 0 || (contentType !== null && JSON_TYPE.test(contentType))) return
  const reason = contentType === null ? 'Content-Type header is missing' : `Content-Type header [${contentType}] is not supported`
  throw new ApiError(406, 'media_type_header_exception', reason)
}

function checkParams(route: Route, path: string, params: RequestParams): void {
  if (route.params.includes(ANY_PARAM)) return
  const unknown = params.names().filter((name) => !COMMON_PARAMS.has(name) && !route.params.includes(name))
  if (unknown.length === 0) return
  const list = unknown.map((name) => `[${name}]`).join(', ')
  throw illegalArgument(`request [${path}] contains unrecognized parameter${unknown.length > 1 ? 's' : ''}: ${list}`)
}
