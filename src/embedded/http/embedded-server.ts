// The HTTP side of the node: sockets and bytes in, answers out; and, when told to, late, wrong or not at all.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { systemClock } from '../../core/clock.ts'
import type { DeadlineQueue } from '../calibration/deadline-queue.ts'
import type { Fate, Timetable } from '../calibration/timetable.ts'
import type { TruthLog } from '../calibration/truth-log.ts'
import { answerRequest, errorAnswer } from './answer-request.ts'
import type { ApiAnswer } from './api-request.ts'
import { hasBody, MAX_BODY_BYTES, readBody } from './read-body.ts'
import type { Router } from './router.ts'

export interface ServerParts {
  readonly router: Router
  /** null: every request is answered as soon as it can be. */
  readonly calibration: Calibration | null
  /** Hears of errors that are bugs of the node. */
  readonly onBug: (error: unknown) => void
}

export interface Calibration {
  readonly timetable: Timetable
  readonly deadlines: DeadlineQueue
  readonly truth: TruthLog
  /** Every request gets the same small answer. */
  readonly isFixed: boolean
}

const JSON_TYPE = 'application/json'
const FIXED_ANSWER = Buffer.from(
  '{"took":0,"timed_out":false,"errors":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"max_score":1.0,"hits":[]}}'
)
const FAILURE_TYPE: Readonly<Record<number, string>> = { 429: 'es_rejected_execution_exception', 503: 'unavailable_shards_exception' }

export function createEmbeddedServer(parts: ServerParts): Server {
  const server = createServer((request, response) => {
    const arrivalMs = systemClock.monotonicMs()
    const { calibration } = parts
    if (calibration === null || isControl(request)) void serve(parts, request, response)
    else serveLate(parts, calibration, { request, response, fate: calibration.timetable.admit(arrivalMs), arrivalMs })
  })
  // A race pauses between tasks: an idle connection stays open as long as its client wants it.
  server.keepAliveTimeout = 0
  server.on('clientError', (_, socket) => {
    if (!socket.writable) return
    const body = '{"error":{"type":"illegal_argument_exception","reason":"malformed HTTP request"},"status":400}'
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    )
  })
  return server
}

/** What a race asks around its load, and our own switches, are never late. */
function isControl({ method, url = '' }: IncomingMessage): boolean {
  if (method === 'HEAD') return true
  return url === '/' || url.startsWith('/_embedded') || url.startsWith('/_cluster') || url.startsWith('/_nodes') || url.includes('/_stats')
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<number> {
  const answer = await answerOf(parts, request)
  send(request, response, answer)
  return answer.status
}

async function answerOf({ router, onBug }: ServerParts, request: IncomingMessage): Promise<ApiAnswer> {
  try {
    const body = await readBody(request, MAX_BODY_BYTES)
    const contentType = request.headers['content-type'] ?? null
    return await answerRequest(router, { method: request.method ?? 'GET', url: request.url ?? '/', contentType, body }, onBug)
  } catch (error) {
    return errorAnswer(error, onBug)
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, contentType }: ApiAnswer): void {
  if (response.destroyed) return
  // The rest of a body that is not wanted is not read either.
  if (!request.complete) response.setHeader('connection', 'close')
  const bytes = Buffer.from(body ?? '')
  response.writeHead(status, { 'content-type': contentType ?? JSON_TYPE, 'content-length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

interface LateRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly fate: Fate
  readonly arrivalMs: number
}

function serveLate(parts: ServerParts, calibration: Calibration, late: LateRequest): void {
  const { request, response, fate } = late
  const { deadlines, truth, isFixed } = calibration
  const record = (status: number): void => truth.add(late.arrivalMs, systemClock.monotonicMs(), fate.delayMs, status)
  if (fate.kind === 'hang') {
    request.resume()
    record(0)
    return
  }
  if (fate.kind === 'reset') {
    deadlines.at(fate.answerAtMs, () => {
      record(0)
      response.destroy()
    })
    return
  }
  if (fate.status !== null || isFixed) {
    const status = fate.status ?? 200
    const bytes = fate.status === null ? FIXED_ANSWER : failure(fate.status)
    whenComplete(request, () =>
      deadlines.at(fate.answerAtMs, () => {
        response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': bytes.length })
        response.end(bytes)
        record(status)
      })
    )
    return
  }
  void answerOf(parts, request).then((answer) =>
    deadlines.at(fate.answerAtMs, () => {
      send(request, response, answer)
      record(answer.status)
    })
  )
}

function whenComplete(request: IncomingMessage, then: () => void): void {
  if (hasBody(request)) request.on('end', then)
  else then()
  request.resume()
}

function failure(status: number): Buffer {
  const cause = { type: FAILURE_TYPE[status] ?? 'exception', reason: `told to answer ${status}` }
  return Buffer.from(JSON.stringify({ error: { root_cause: [cause], ...cause }, status }))
}
