// raw-request: any method and path.

import { RallyError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import { isErrorStatus, type TargetRequest } from '../target/request.ts'
import { done } from './define-operation.ts'
import { elasticParams } from './elastic-params.ts'
import { apiFailure, failed } from './failure.ts'
import { fixedSource } from './fixed-source.ts'
import type { OperationType } from './operation.ts'
import { queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'
import { runSingle, singleExchange } from './single-exchange.ts'

interface RawRequest {
  readonly request: TargetRequest
  readonly ignore: readonly number[]
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const

const single = singleExchange({
  request: (params) => (params as RawRequest).request,
  judge: (answer, params) => {
    if (isRefused(answer.status, params as RawRequest)) return failed(apiFailure(answer), answer.wireBytes)
    return done(answer.wireBytes)
  }
})

/** HEAD asks whether something is there: for Elastic's client 404 answers that. */
function isRefused(status: number, { request, ignore }: RawRequest): boolean {
  return isErrorStatus(status) && !ignore.includes(status) && !(status === 404 && request.method === 'HEAD')
}

export const rawRequest: OperationType = {
  name: 'raw-request',
  isAdmin: false,
  createSource: ({ operation, track }) => fixedSource(encode(operation.name, elasticParams(operation, track))),
  run: (client, params, context) => runSingle(single, client, params, context),
  single
}

function encode(name: string, params: JsonObject): RawRequest {
  const { path } = params
  if (typeof path !== 'string' || path === '')
    throw new RallyError('track', `the mandatory parameter 'path' of operation '${name}' is missing`)
  if (!path.startsWith('/')) {
    throw new RallyError('track', `the path of operation '${name}' must begin with a slash: ${path}`, { hint: `write "/${path}"` })
  }
  const asked = typeof params['method'] === 'string' ? params['method'].toUpperCase() : 'GET'
  const method = METHODS.find((known) => known === asked)
  if (method === undefined) {
    throw new RallyError('track', `unknown HTTP method '${asked}' in operation '${name}'`, { hint: `use one of ${METHODS.join(', ')}` })
  }
  const parts = requestParts(params)
  const query = queryString(parts.query)
  const isBulk = path.split('?')[0]?.endsWith('/_bulk') === true
  const request: TargetRequest = Object.freeze({
    method,
    path: encodePath(query === '' ? path : path.includes('?') ? `${path}&${query.slice(1)}` : path + query),
    body: bodyOf(params, isBulk),
    ...(isBulk ? { contentType: 'application/x-ndjson' } : {}),
    ...sendOptions(parts),
    keep: 'none' as const
  })
  return { request, ignore: parts.ignore }
}

// What a path may not hold is escaped, what is escaped already stays.
function encodePath(path: string): string {
  return path.replaceAll(/[^!-~]+/g, (text) => encodeURIComponent(Buffer.from(text).toString()))
}

/** As Elastic's client: JSON; for a bulk path one line for each item of a list, always ended by a newline. */
function bodyOf(params: JsonObject, isBulk: boolean): Buffer | null {
  const body = params['body'] ?? null
  if (body === null || body === '') return null
  if (!isBulk) return Buffer.from(typeof body === 'string' ? body : printJson(body))
  const lines = Array.isArray(body) ? body : [body]
  return Buffer.from(lines.map((line: JsonValue) => withNewline(typeof line === 'string' ? line : printJson(line))).join(''))
}

function withNewline(line: string): string {
  return line.endsWith('\n') ? line : `${line}\n`
}
